// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Times finer than microseconds: a file in memory holds them rounded up, with what was cut in a column of its own.
extension InMemoryEngine {
    /// The suffix of the int32 column that holds the nanoseconds cut from a time column: −999 to 0.
    public static let cutSuffix = "!cut"

    /// The columns of a file that anybody sees.
    static func visible(_ schema: [ColumnSchema]) -> [ColumnSchema] {
        schema.filter { !$0.name.hasSuffix(cutSuffix) }
    }

    /// A column of times as rounding leaves them.
    static func times(
        _ name: String, of rows: Batch, _ rounding: Timestamp.Rounding, day: DayEdge? = nil
    ) throws(TallyError) -> Column {
        let up = try column(name, as: .timestamp, of: rows, day: day)
        switch rounding {
        case .up: return up
        case .down:
            guard let cuts = cuts(name, of: rows, .up), case .int64(let instants) = up.storage else { return up }
            let down = instants.indices.map { instants[$0] - (cuts[$0] < 0 ? 1 : 0) }
            return Column(type: .timestamp, storage: .int64(down), validity: up.validity).zeroingNulls()
        }
    }

    /// The nanoseconds that rounding cuts from a column of times; nil when there are none.
    static func cuts(_ name: String, of rows: Batch, _ rounding: Timestamp.Rounding) -> [Int32]? {
        guard case .int32(let cuts)? = rows[name + cutSuffix]?.storage, let times = rows[name] else { return nil }
        return cuts.indices.map { row in
            guard times.validity[row], cuts[row] < 0 else { return 0 }
            return rounding == .up ? cuts[row] : cuts[row] + 1_000
        }
    }

    /// Returns the nanoseconds that rounding cuts in the columns that a view reads, once for each column and direction.
    static func allCuts(_ view: ViewJoin, _ rows: Batch) -> [(column: [Int32], rounding: Timestamp.Rounding)] {
        var wanted = view.columns.keys.map { ($0.name, Timestamp.Rounding.down) }
        wanted += view.columns.inputs.map { ($0.name, view.isTimeInput($0.name) ? .up : .down) }
        if let event = view.eventTime {
            wanted.append((event, .up))
            if case .column(let known) = view.knownTime { wanted.append((known, .up)) }
        }
        let asked = Set(wanted.map { ScanRequest.Column(name: $0.0, type: .timestamp, rounding: $0.1) })
        return asked.compactMap { column in
            cuts(column.name, of: rows, column.rounding).map { ($0, column.rounding) }
        }
    }

    /// A wanted column of a file; nil for cut nanoseconds where there are none.
    static func column(_ wanted: ScanRequest.Column, of rows: Batch) throws(TallyError) -> Column? {
        switch wanted.part {
        case .cutNanoseconds:
            return cuts(wanted.name, of: rows, wanted.rounding).map { Column(type: .int32, storage: .int32($0)) }
        case .value:
            guard wanted.type == .timestamp else { return try column(wanted.name, as: wanted.type, of: rows) }
            return try times(wanted.name, of: rows, wanted.rounding, day: wanted.day)
        }
    }
}
