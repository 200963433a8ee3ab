// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A table that one contract admits and the other refuses, found by running the promises of both on it.
///
/// Its values are made up from the two contracts and are not real data. Columns have the names of the contract that
/// admits the table.
public struct Witness: Sendable, Hashable {
    /// A column of the table.
    public struct Column: Sendable, Hashable {
        /// The name in the admitting contract.
        public let name: String
        /// The type of its values.
        public let type: DataType
        /// The engine's name of the type, such as `BIGINT`.
        public let nativeType: String

        /// Describes a column.
        public init(name: String, type: DataType, nativeType: String) {
            self.name = name
            self.type = type
            self.nativeType = nativeType
        }
    }

    /// The table's name in the contracts.
    public let object: String
    /// The columns, in order; empty for a table that is not there.
    public let columns: [Column]
    /// The rows, each with a value for each column.
    public let rows: [[Value]]
    /// The contract that admits the table; the other one refuses it.
    public let admittedBy: ContractSide
    /// The reason of the refusing contract, in words.
    public let refusal: String
    /// The row that is refused by itself; nil when rows are refused together.
    public let refusedRow: Int?
    /// Promises of both contracts, alike in both, that could not be run here and are taken to be kept.
    public let assumed: [String]
    /// Other tables of the contract that are empty here; all others hold whatever is referred to.
    public let emptyTables: [String]
    /// The number of rows that the table had before; nil where that does not matter.
    public let previousRows: Int?
    /// The columns that the refusal is about, which the text has where rows are wide.
    let focus: Set<ExactName>

    /// The refused row by column name; the first row where rows are refused together, and empty without rows.
    public var row: [String: Value] {
        guard rows.indices.contains(refusedRow ?? 0) else { return [:] }
        return Dictionary(zip(columns.map(\.name), rows[refusedRow ?? 0])) { first, _ in first }
    }

    /// The table in one line: a row, or how many rows with the first two.
    public var text: String {
        guard !columns.isEmpty else { return "data without a table \(object)" }
        var words: String
        if let refusedRow, rows.indices.contains(refusedRow) {
            words = line(rows[refusedRow])
        } else if rows.count <= 2 {
            words = rows.isEmpty ? "a table without rows" : rows.map(line).joined(separator: " and ")
        } else {
            words =
                "\(Phrases.count(rows.count, "row")), such as " + rows.suffix(2).map(line).joined(separator: " and ")
        }
        if let previousRows { words += ", after \(Phrases.count(previousRows, "row"))" }
        if !emptyTables.isEmpty { words += ", with nothing in \(Phrases.names(emptyTables))" }
        return words
    }

    /// The most columns of which all are written out.
    private static let mostColumns = 8

    private func line(_ row: [Value]) -> String {
        let isWide = columns.count > Self.mostColumns
        let shown = zip(columns, row).filter { !isWide || focus.contains(ExactName($0.0.name)) }
        var cells = shown.map { "\($0.name): \($1.quoted(isNumber: $0.isNumber))" }
        if isWide { cells.append("and \(Phrases.count(columns.count - shown.count, "other value"))") }
        return "{" + cells.joined(separator: ", ") + "}"
    }
}

extension Witness.Column {
    /// Whether the column holds exact numbers, which are carried as texts.
    var isNumber: Bool {
        TableContext.Found(name: name, type: type, nativeType: nativeType, isText: false).isDecimal
    }
}
