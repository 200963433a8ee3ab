// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A name and a type: one column of a schema.
///
/// Names that differ in a byte are those of two columns.
public struct ColumnSchema: Sendable, Hashable {
    /// The column's name; case and composition of characters count.
    public let name: String
    /// The column's type.
    public let type: DataType

    /// Names a column.
    public init(name: String, type: DataType) {
        self.name = name
        self.type = type
    }

    /// Whether the types and all bytes of the names are the same.
    public static func == (left: ColumnSchema, right: ColumnSchema) -> Bool {
        left.type == right.type && left.name.isSame(as: right.name)
    }

    /// Hashes the bytes of the name, and the type.
    public func hash(into hasher: inout Hasher) {
        for byte in name.utf8 { hasher.combine(byte) }
        hasher.combine(type)
    }
}

extension Sequence<ColumnSchema> {
    /// The columns sorted by the bytes of their names.
    package var sortedByName: [ColumnSchema] {
        sorted { left, right in
            left.name == right.name
                ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8) : left.name < right.name
        }
    }
}

/// Rows as named columns of one length: the value that crosses every border of the data plane.
public struct Batch: Sendable, Hashable {
    /// Names and types, in order.
    public let schema: [ColumnSchema]
    /// One column for each entry of the schema.
    public let columns: [Column]
    /// The number of rows; also known for a batch without columns.
    public let count: Int

    /// Puts columns under names; types and lengths must agree.
    public init(schema: [ColumnSchema], columns: [Column], count: Int) {
        precondition(schema.count == columns.count, "\(schema.count) names for \(columns.count) columns")
        for (entry, column) in zip(schema, columns) {
            precondition(column.count == count, "column \(entry.name) has \(column.count) rows of \(count)")
            precondition(column.type == entry.type, "column \(entry.name) is \(column.type), not \(entry.type)")
        }
        self.schema = schema
        self.columns = columns
        self.count = count
    }

    /// Builds a batch from name and column pairs of one length.
    public init(_ named: [(String, Column)]) {
        self.init(
            schema: named.map { ColumnSchema(name: $0.0, type: $0.1.type) }, columns: named.map(\.1),
            count: named.first?.1.count ?? 0)
    }

    /// The first column of a name; nil when there is none.
    public subscript(name: String) -> Column? {
        schema.firstIndex { $0.name.isSame(as: name) }.map { columns[$0] }
    }

    /// The rows of `range`.
    public func slice(_ range: Range<Int>) -> Batch {
        range == 0..<count
            ? self : Batch(schema: schema, columns: columns.map { $0.slice(range) }, count: range.count)
    }

    /// The values of one row, in the order of the schema.
    public func row(_ index: Int) -> [Value] { columns.map { $0[index] } }
}
