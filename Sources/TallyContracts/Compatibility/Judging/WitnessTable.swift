// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A made-up table to be judged by both contracts, with the side whose promises it is meant to keep.
struct WitnessTable: Sendable {
    /// One column with its values.
    struct Column: Sendable {
        let name: String
        let form: ColumnForm
        var values: [Value]
    }

    var columns: [Column]
    let count: Int
    var previousRows: Int?
    /// Tables of the contract that have no rows; whatever is looked for in the others is there.
    var emptyTables: Set<String> = []

    subscript(name: String) -> Column? { columns.first { $0.name.isSame(as: name) } }
}

/// A reason to refuse a table, by which a change finds its own refusals again.
enum Target: Sendable, Hashable {
    /// A promise is broken.
    case promise(String)
    /// The values of a column cannot be read as its type without loss.
    case reading(String)
    /// A column, or for nil the whole table, means something else to the reader than to the writer.
    case meaning(String?, String)
    /// The table is not there.
    case absent
    /// A name is reserved.
    case reserved(String)
    /// A column goes by another name.
    case renamed(String)

    /// Targets of columns are the same only if the names have the same bytes.
    static func == (left: Target, right: Target) -> Bool { left.key == right.key }

    func hash(into hasher: inout Hasher) { hasher.combine(key) }

    private var key: [ExactName?] {
        switch self {
        case .promise(let id): [ExactName("promise"), ExactName(id)]
        case .reading(let column): [ExactName("reading"), ExactName(column)]
        case .meaning(let column, let what): [ExactName("meaning"), column.map(ExactName.init), ExactName(what)]
        case .absent: [ExactName("absent")]
        case .reserved(let column): [ExactName("reserved"), ExactName(column)]
        case .renamed(let column): [ExactName("renamed"), ExactName(column)]
        }
    }

    /// The promise, where it is one.
    var promise: String? { if case .promise(let id) = self { id } else { nil } }
}

/// One thing that a contract has against a table.
struct Refusal: Sendable, Hashable {
    let target: Target
    let reason: String
    /// The first row that is refused by itself.
    var row: Int?
}

/// The judgement of a contract on a table.
struct TableJudgement: Sendable {
    var refusals: [Refusal] = []
    /// Promises that were not executed, with the reason.
    var unknown: [(promise: Promise, reason: String)] = []
    /// The type that is not known here, so that the table cannot be judged.
    var obstacle: String?
}
