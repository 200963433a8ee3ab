// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The removal of files that a killed decision left behind: files of rows that no verdict names.
///
/// A decision notes the files that it is about to write. The next one about the table removes those that no verdict names; a
/// file that was not noted stays, since its verdict may have been lost. The table is locked whenever this is called.
extension GateFolder {
    /// The note, which is there while a decision is made.
    static let note = "unfinished.json"

    private var notePath: String { "\(root)/\(path)/\(Self.note)" }

    /// Whether a decision is being made, or one was killed.
    var isUnfinished: Bool { FileName.exists(notePath) }

    /// Notes the files that a decision writes, or removes.
    func begin(_ files: [String]) throws(TallyError) {
        guard !files.isEmpty else { return }
        try makeFolder(path)
        let json = JSON.object([("files", .array(files.map { .string($0) }))])
        // After the power failed a file may stay that was not noted: `tally doctor` names it.
        try AtomicFile.write(Array(json.prettyText.utf8), to: notePath, waitsForDisk: false)
    }

    /// Removes those of the noted files that none of the verdicts names, and the note.
    func finish(_ verdicts: [GateVerdict]) {
        guard let bytes = (try? AtomicFile.read(notePath)) ?? nil else { return }
        let json = try? JSON(parsing: String(decoding: bytes, as: UTF8.self))
        let named = Set(verdicts.flatMap(\.files).map { ExactPath($0) })
        for file in (json?["files"]?.arrayValue ?? []).compactMap(\.stringValue)
        where holds(file) && !named.contains(ExactPath(file)) {
            FileName.remove(root + "/" + file)
        }
        FileName.remove(notePath)
    }

    /// Removes what a decision that was killed left; nothing while a verdict cannot be read.
    func finishKilled() {
        guard isUnfinished, let verdicts = try? verdicts() else { return }
        finish(verdicts)
    }
}
