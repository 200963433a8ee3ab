// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Finds the number of spine rows that fit into a budget.
enum PartSize {
    /// Fewer rows than this a part would read the sources again and again for nothing.
    static let smallestPart = 1_024

    /// The rows whose spine, matches and results fit into `bytes`; `E-out-of-budget` when not even a small part does.
    static func rows(within bytes: Int, columns: TrainingColumns, joins: [ViewJoin]) throws(TallyError) -> Int {
        // The spine is held twice while its batches are joined up, the results once more while they are cut into slices.
        let carried = columns.schema.reduce(0) { $0 + width(of: $1.type) } * 3
        let results = joins.reduce(0) { $0 + $1.columns.made.reduce(32) { $0 + width(of: $1.type) } }
        let slots =
            joins.map { join in 48 + join.columns.made.reduce(0) { $0 + max(8, width(of: $1.type)) } }.max() ?? 0
        let rows = bytes / (carried + results + slots)
        guard rows >= smallestPart else {
            throw TallyError(
                .outOfBudget,
                "the memory budget holds \(rows) spine rows at once, and at least \(smallestPart) are needed",
                help: "give at least --memory \((carried + results + slots) * smallestPart * 4 / 1_000_000 + 1)MB")
        }
        return rows
    }

    /// A value's bytes with its share of validity and offsets; what has no fixed size is estimated.
    private static func width(of type: DataType) -> Int {
        switch type {
        case .bool: 2
        case .int32, .float32, .date: 5
        case .int64, .float64, .timestamp: 9
        case .string, .bytes: 48
        case .array: 128
        }
    }
}
