// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Takes measures row by row: what is done where an engine does not know a measure, and the slow twin of those that do.
///
/// Memory grows with the number of different values for `distinct`, `surplus`, `staleKeys`, `orphans` and `quantile`.
public struct TableTally: Sendable {
    private var takers: [Taker]
    private let measures: [Measure]

    /// Prepares to take measures over a table with these columns; nil for one that needs more than its rows.
    ///
    /// `tables` gives the rows of other tables that `orphans` refers to.
    public init?(_ measures: [Measure], columns: [ColumnSchema], tables: [TableReference: [Batch]] = [:]) {
        var takers: [Taker] = []
        for measure in measures {
            guard let taker = Taker(measure, columns, tables) else { return nil }
            takers.append(taker)
        }
        self.takers = takers
        self.measures = measures
    }

    /// The columns of the table that a measure reads.
    public static func columns(of measure: Measure) -> Set<String> {
        switch measure {
        case .rows, .query: []
        case .nulls(let column), .minimum(let column), .maximum(let column), .sum(let column),
            .latest(let column, _), .longestGap(let column, _), .quantile(let column, _):
            [column]
        case .failures(let tests): Set(tests.flatMap(\.columns))
        case .distinct(let columns), .surplus(let columns), .orphans(let columns, _): Set(columns)
        case .staleKeys(let columns, let time, _, _): Set(columns + [time])
        case .lag(let from, let to, _): [from, to]
        }
    }

    /// Looks at some rows.
    public mutating func add(_ batch: Batch) {
        for index in takers.indices { takers[index].add(batch) }
    }

    /// The answers, in the order of the measures.
    public var values: [Measured] { zip(measures, takers).map { $1.value($0) } }
}

extension RowTest {
    /// The columns that the test names; those of an expression are known only once it is compiled.
    var columns: [String] {
        switch kind {
        case .notLaterThan(let other, _): [column, other].compactMap { $0 }
        case .required, .finite, .integers, .floats, .decimals, .whole, .multipleOf, .length, .pattern, .among,
            .notAmong, .items, .distinctItems, .fullItems, .unitLength, .expression:
            [column].compactMap { $0 }
        }
    }
}
