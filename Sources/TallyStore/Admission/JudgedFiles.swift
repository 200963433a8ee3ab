// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The files of a source, divided into those with a verdict and those that enter for the first time.
struct JudgedFiles {
    /// A file that enters for the first time, and what its verdict goes by.
    struct NewFile {
        let file: SourceSnapshot.File
        let key: Fingerprint
        var path: String { file.path }
    }

    /// The verdicts that there are, by what they go by.
    var known: [Fingerprint: GateVerdict] = [:]
    /// The files that have none.
    private(set) var new: [NewFile] = []

    /// Reads the verdicts on the files of a source; throws `E-corrupt` for one that is not as it was written.
    init(_ prepared: PreparedSource, _ folder: GateFolder, making: Fingerprint?) throws(TallyError) {
        for (file, key) in prepared.keyedFiles(making) {
            if let verdict = try folder.verdict(key) {
                known[key] = verdict
            } else {
                new.append(NewFile(file: file, key: key))
            }
        }
    }

    /// The number of visible rows in the files with verdicts.
    var visibleRows: Int { known.values.reduce(0) { $0 + $1.visibleRows } }
}
