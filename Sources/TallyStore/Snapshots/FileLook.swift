// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The state of a table's files, found without reading them.
struct FileLook: Equatable {
    /// The files as the engine spells them, sorted by bytes, each once.
    let files: [String]
    private let filled: [String]
    /// The digest of every path and stamp.
    let digest: Fingerprint
    private let stamps: [FileStamp]
    /// Whether every file lies where a stamp tells each change.
    private let isKept: Bool

    /// Examines the files behind patterns; nil when they cannot be listed, an error that is left to the engine.
    init?(at patterns: [String], root: String) {
        guard let listing = try? FileGlob.list(patterns, root: root) else { return nil }
        files = listing.files
        var hasher = FingerprintHasher()
        var filled: [String] = []
        var stamps: [FileStamp] = []
        for file in files {
            guard let stamp = FileStamp(of: file.path(from: root)) else { return nil }
            hasher.update(Array("\(file)\u{0}\(stamp.text)\u{0}".utf8))
            stamps.append(stamp)
            if stamp.size > 0 { filled.append(file) }
        }
        self.filled = filled
        self.stamps = stamps
        let mounts = MountTable()
        isKept = zip(files, stamps).allSatisfy { file, stamp in
            mounts.keepsTimesOfChange(of: file.path(from: root), stamp)
        }
        digest = hasher.finish()
    }

    /// The files that a description names: an empty one of JSON lines has no rows, and no columns that others could lack.
    func files(of format: Source.FileFormat) -> [String] { format == .json ? filled : files }

    /// Whether the stamps of the files tell any later change: they lie where stamps do, and changed long enough ago.
    func isSettled(at now: Timestamp) -> Bool { isKept && stamps.allSatisfy { $0.isSettled(at: now) } }
}
