// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A column of an Arrow schema.
///
/// Numbers of fields and cases are those of `Schema.fbs` in Arrow's "format" folder, metadata version V5.
struct ArrowField {
    let name: String
    let type: DataType
    /// Whether it is stored as the numbers of words, which stand in the one dictionary of the stream.
    var isDictionary = false
    var metadata: [(String, String)] = []

    /// The number of the one dictionary.
    static let dictionary: Int64 = 0

    /// The field as the schema has it.
    var table: FlatTable {
        var children: [FlatTable] = []
        if case .array(let element) = type { children = [ArrowField(name: "item", type: element).table] }
        let (number, details) = Self.kind(of: type)
        // Indices are whole numbers of eight bits with a sign.
        let encoding = FlatTable([
            .number(Self.dictionary, bytes: 8), .table(FlatTable([.number(8, bytes: 4), .flag(true)])),
        ])
        return FlatTable([
            .text(name), .flag(!isDictionary), .number(number, bytes: 1), .table(FlatTable(details)),
            isDictionary ? .table(encoding) : nil, .tables(children),
            metadata.isEmpty ? nil : .tables(Self.pairs(metadata)),
        ])
    }

    /// Names and texts as a schema and its fields carry them.
    static func pairs(_ metadata: [(String, String)]) -> [FlatTable] {
        metadata.map { name, text in FlatTable([.text(name), .text(text)]) }
    }

    /// The case of the union `Type`, and the fields of its table.
    private static func kind(of type: DataType) -> (Int64, [FlatTable.Field?]) {
        switch type {
        case .int32: (2, [.number(32, bytes: 4), .flag(true)])
        case .int64: (2, [.number(64, bytes: 4), .flag(true)])
        case .float32: (3, [.number(1, bytes: 2)])
        case .float64: (3, [.number(2, bytes: 2)])
        case .bytes: (4, [])
        case .string: (5, [])
        case .bool: (6, [])
        // Days, and microseconds in UTC.
        case .date: (8, [.number(0, bytes: 2)])
        case .timestamp: (10, [.number(2, bytes: 2), .text("UTC")])
        case .array: (12, [])
        }
    }
}
