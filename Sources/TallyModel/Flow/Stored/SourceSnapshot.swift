// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The files of a source at one moment, sorted by path, with size and digest (SEMANTICS 9).
public struct SourceSnapshot: Sendable, Hashable {
    /// One file of a source.
    public struct File: Sendable, Hashable {
        /// The path relative to the repository.
        public let path: String
        /// The size in bytes.
        public let size: Int64
        /// The digest of the bytes.
        public let digest: Fingerprint
        /// The time when the store first saw these bytes at this path; nil in the source's first snapshot (`assumed`).
        public let firstSeen: Timestamp?
        /// Size, times of modification and of change, device and inode when the digest was taken.
        ///
        /// An equal one spares reading the file again. Empty where a later change might leave no trace in it: the file had
        /// changed shortly before, or its file system keeps no time of change (decision 0027).
        public let stamp: String
        /// Since when the source held each of its rows; nil where it counts as a whole.
        public let rows: SeenRows?

        /// Describes a file.
        public init(
            path: String, size: Int64, digest: Fingerprint, firstSeen: Timestamp?, stamp: String, rows: SeenRows? = nil
        ) {
            self.rows = rows
            self.path = path
            self.size = size
            self.digest = digest
            self.firstSeen = firstSeen
            self.stamp = stamp
        }

        /// Names that differ only in Unicode normalisation are different files.
        public static func == (left: File, right: File) -> Bool {
            left.path.utf8.elementsEqual(right.path.utf8) && left.size == right.size && left.digest == right.digest
                && left.firstSeen == right.firstSeen && left.stamp == right.stamp && left.rows == right.rows
        }

        /// The same file, with what is known of its rows.
        public func with(_ rows: SeenRows?) -> File {
            File(path: path, size: size, digest: digest, firstSeen: firstSeen, stamp: stamp, rows: rows)
        }

        /// Hashes the digest, which tells files apart as far as their bytes do.
        public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
    }

    /// The source's name.
    public let source: String
    /// The time of the snapshot.
    public let takenAt: Timestamp
    /// The files, sorted by the bytes of their paths.
    public let files: [File]

    /// Rows that were in an earlier snapshot and not in the one after it, or in another form, since the first one; of files
    /// that count as a whole none is counted.
    public let withdrawn: Int

    /// Describes a snapshot; files are put in order.
    public init(source: String, takenAt: Timestamp, files: [File], withdrawn: Int = 0) {
        self.withdrawn = withdrawn
        self.source = source
        self.takenAt = takenAt
        self.files = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// The same snapshot with other files.
    public func with(files: [File]) -> SourceSnapshot {
        SourceSnapshot(source: source, takenAt: takenAt, files: files, withdrawn: withdrawn)
    }

    /// Names the content: the digest of paths, sizes and digests; times play no part.
    public var fingerprint: Fingerprint {
        let entries = files.map { file in
            JSON.object([
                ("path", .string(file.path)), ("size", .exact(file.size)), ("sha256", .string(file.digest.hex)),
            ])
        }
        return Fingerprint(of: .object([("files", .array(entries))]))
    }
}

extension SourceSnapshot {
    /// Throws `E-conflict` unless the snapshot was compared with the latest one and is taken later.
    ///
    /// `after` is the `takenAt` of the snapshot it was compared with, `latest` that of the latest one recorded.
    public func refuseUnless(after: Timestamp?, latest: Timestamp?) throws(TallyError) {
        guard after == latest, latest.map({ $0 < takenAt }) ?? true else {
            throw TallyError(
                .conflict, "another command recorded a snapshot at the same time", subject: "source \(source)",
                help: "run the command again")
        }
    }
}
