// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// What a table's files look like, without reading them.
struct FileLook: Equatable {
    /// The files as the engine spells them, sorted by bytes, each once.
    let files: [String]
    private let filled: [String]
    /// The digest of every path and stamp.
    let digest: Fingerprint
    private let latest: Int64

    /// A file that changed so shortly before a look may change again within the file system's clock tick.
    private static let settledAfter = TimeSpan(microseconds: 2_000_000)

    /// Looks at the files behind patterns; nil when only the engine can tell which they are.
    init?(at patterns: [String], root: String) {
        var paths: [[UInt8]: String] = [:]
        for pattern in patterns {
            guard let files = FileGlob.files(matching: pattern, root: root) else { return nil }
            // Keyed by bytes: names that differ only in Unicode normalisation are different files.
            for file in files { paths[Array(file.utf8)] = file }
        }
        files = paths.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
        var hasher = FingerprintHasher()
        var filled: [String] = []
        var latest = Int64.min
        for file in files {
            guard let stamp = FileStamp(of: file.hasPrefix("/") ? file : root + "/" + file) else { return nil }
            hasher.update(Array("\(file)\u{0}\(stamp.text)\u{0}".utf8))
            latest = max(latest, stamp.modifiedNanoseconds, stamp.changedNanoseconds)
            if stamp.size > 0 { filled.append(file) }
        }
        self.filled = filled
        self.latest = latest
        digest = hasher.finish()
    }

    /// The files that a description names: an empty one of JSON lines has no rows, and no columns that others could lack.
    func files(of format: Source.FileFormat) -> [String] { format == .json ? filled : files }

    /// Whether the files were last changed long enough before an instant for their stamps to tell any later change.
    func isSettled(at now: Timestamp) -> Bool {
        latest / 1_000 < now.microseconds - Self.settledAfter.microseconds
    }
}
