// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The head of a record of a file's rows: what was digested, and which snapshots its numbers mean.
///
/// A record says of each row of one file when the source first held it: once by content (entries, sorted by digest), so
/// that a later file can be compared with it, and once by place (spans), so that the file can be read with it. Its form
/// stands in `docs/formats.md`, "Rows that were seen".
public struct RowRecord: Sendable, Hashable {
    /// The secret that the digests depend on.
    public let key: DigestKey
    /// The columns that were digested, sorted by the bytes of their names.
    public let columns: [Column]
    /// The instants of the snapshots that first held rows, in order; nil for the source's first snapshot.
    public let snapshots: [Timestamp?]

    /// A digested column.
    public struct Column: Sendable, Hashable {
        /// The name, which is the same as another one where the bytes are.
        public let name: String
        /// The type as which its values were digested.
        public let type: String

        /// Describes a column.
        public init(name: String, type: String) {
            self.name = name
            self.type = type
        }

        /// Whether both are the same, byte by byte.
        public static func == (left: Column, right: Column) -> Bool {
            left.name.utf8.elementsEqual(right.name.utf8) && left.type.utf8.elementsEqual(right.type.utf8)
        }

        /// Hashes the name's bytes.
        public func hash(into hasher: inout Hasher) { for byte in name.utf8 { hasher.combine(byte) } }
    }

    /// Describes a record; columns and snapshots are put in order.
    public init(key: DigestKey, columns: [Column], snapshots: some Sequence<Timestamp?>) {
        self.key = key
        self.columns = columns.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.snapshots = Set(snapshots).sorted { left, right in
            guard let right else { return false }
            return left.map { $0 < right } ?? true
        }
    }

    /// The number of a snapshot in this record.
    public func number(of snapshot: Timestamp?) -> UInt32? { snapshots.firstIndex(of: snapshot).map { UInt32($0) } }

    var json: JSON {
        .object([
            ("key", .string(key.hex)),
            ("columns", .array(columns.map { .array([.string($0.name), .string($0.type)]) })),
            ("snapshots", .array(snapshots.map { $0.map { .exact($0.microseconds) } ?? .null })),
        ])
    }

    init?(_ json: JSON) {
        guard let key = json["key"]?.stringValue.flatMap({ DigestKey(hex: $0) }),
            let columns = json["columns"]?.arrayValue, let snapshots = json["snapshots"]?.arrayValue
        else { return nil }
        var read: [Column] = []
        for column in columns {
            guard case .array(let parts) = column, parts.count == 2, case .string(let name) = parts[0],
                case .string(let type) = parts[1]
            else { return nil }
            read.append(Column(name: name, type: type))
        }
        var instants: [Timestamp?] = []
        for snapshot in snapshots {
            if snapshot == .null {
                instants.append(nil)
            } else if let microseconds = snapshot.exactValue {
                instants.append(Timestamp(microseconds: microseconds))
            } else {
                return nil
            }
        }
        self.init(key: key, columns: read, snapshots: instants)
        guard self.columns == read, self.snapshots == instants else { return nil }
    }
}
