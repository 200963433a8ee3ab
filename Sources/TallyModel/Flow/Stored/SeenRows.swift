// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Since when a source held the rows of one of its files (SEMANTICS 1.8).
public struct SeenRows: Sendable, Hashable {
    /// The rows of a file that were first seen together.
    public struct Part: Sendable, Hashable {
        /// The snapshot that first held them; nil for the source's first one.
        public let firstSeen: Timestamp?
        /// How many there are.
        public let rows: Int
        /// The file that holds these rows alone; nil where the source's own file does.
        public let file: MadeFile?

        /// Describes rows.
        public init(firstSeen: Timestamp?, rows: Int, file: MadeFile?) {
            self.firstSeen = firstSeen
            self.rows = rows
            self.file = file
        }
    }

    /// A file that the store made, which never changes.
    public struct MadeFile: Sendable, Hashable {
        /// The path relative to the repository.
        public let path: String
        /// The size in bytes.
        public let size: Int64
        /// The digest of the bytes.
        public let digest: Fingerprint
        /// What the file system said of it when it was written; an equal one spares reading the file again.
        public let stamp: String

        /// Describes a file.
        public init(path: String, size: Int64, digest: Fingerprint, stamp: String) {
            (self.path, self.size, self.digest, self.stamp) = (path, size, digest, stamp)
        }

        /// The file as one of a snapshot.
        public func seen(_ firstSeen: Timestamp?) -> SourceSnapshot.File {
            SourceSnapshot.File(path: path, size: size, digest: digest, firstSeen: firstSeen, stamp: stamp)
        }
    }

    /// The file that says of each row what it holds and since when, by which later files are compared; nil where rows cannot
    /// be told apart, so that the file counts as a whole.
    public let record: MadeFile?
    /// The rows, those that were seen first before others; never empty.
    public let parts: [Part]

    /// Describes the rows of a file.
    public init(record: MadeFile?, parts: [Part]) {
        self.record = record
        self.parts = parts
    }

    /// All files that the store made for it.
    public var files: [MadeFile] { [record].compactMap(\.self) + parts.compactMap(\.file) }
}

extension SeenRows {
    /// An object of everything, times in microseconds.
    public var json: JSON {
        .object([
            ("record", record?.json ?? .null),
            (
                "parts",
                .array(
                    parts.map { part in
                        .object([
                            ("firstSeen", part.firstSeen.map { .exact($0.microseconds) } ?? .null),
                            ("rows", .exact(Int64(part.rows))), ("file", part.file?.json ?? .null),
                        ])
                    })
            ),
        ])
    }

    /// Reads the object that `json` writes; nil for anything else.
    public init?(json: JSON) {
        guard let written = json["record"],
            let entries = json["parts"]?.arrayValue, !entries.isEmpty
        else { return nil }
        let record = MadeFile(json: written)
        guard record != nil || written == .null else { return nil }
        var parts: [Part] = []
        for entry in entries {
            guard let seen = entry["firstSeen"], let rows = entry["rows"]?.countValue, let made = entry["file"] else {
                return nil
            }
            let firstSeen = seen.exactValue.map { Timestamp(microseconds: $0) }
            guard firstSeen != nil || seen == .null else { return nil }
            let file = MadeFile(json: made)
            guard file != nil || made == .null else { return nil }
            parts.append(Part(firstSeen: firstSeen, rows: rows, file: file))
        }
        guard parts.count == 1 || parts.allSatisfy({ $0.file != nil }) else { return nil }
        self.init(record: record, parts: parts)
    }
}

extension SeenRows.MadeFile {
    fileprivate var json: JSON {
        .object([
            ("path", .string(path)), ("size", .exact(size)), ("sha256", .string(digest.hex)), ("stamp", .string(stamp)),
        ])
    }

    fileprivate init?(json: JSON) {
        guard let path = json["path"]?.stringValue, let size = json["size"]?.exactValue,
            let digest = json["sha256"]?.stringValue.flatMap({ Fingerprint(hex: $0) }),
            let stamp = json["stamp"]?.stringValue
        else { return nil }
        self.init(path: path, size: size, digest: digest, stamp: stamp)
    }
}
