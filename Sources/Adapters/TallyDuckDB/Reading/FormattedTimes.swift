// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB
internal import Synchronization
internal import TallyModel
internal import TallyReading

/// Columns of text or whole numbers, in Parquet files and queries, that hold times of a declared pattern.
///
/// SQL hands their values to `tally_time` and its sisters as text, which our own reader reads as it reads a field of CSV. A
/// value that is no time of the pattern fails the query and stands in `failures`.
final class FormattedTimes: Sendable {
    private struct State {
        var columns: [TextColumn] = []
        var irregularTimes = 0
    }

    private let options: TextOptions
    private let zone: ZoneTable?
    /// The names of files by their absolute paths.
    private let names: ByName<String>
    private let state = Mutex(State())
    private let failures = ReadingFailures()
    private let number: Int64
    private static let known = NumberedTables<FormattedTimes>()

    /// Nil where no column has a pattern of its own.
    init?(_ options: TextOptions, _ zone: ZoneTable?, files: [(name: String, path: String)]) {
        guard !options.formats.isEmpty else { return nil }
        self.options = options
        self.zone = zone
        names = ByName(files.map { ($0.path, $0.name) })
        number = Self.known.next()
        Self.known.add(self, number)
    }

    deinit { Self.known.remove(number) }

    /// The times of a number in SQL; nil once nobody uses them.
    static func at(_ number: Int64) -> FormattedTimes? { known[number] }

    /// The pattern of a column, where its values are texts or whole numbers.
    func pattern(of name: String, _ native: NativeType) -> TimePattern? {
        switch native.dataType {
        case .string, .int32, .int64: options.ownFormat(of: name).flatMap(TimePattern.init)
        case .bool, .float32, .float64, .bytes, .timestamp, .date, .array, nil: nil
        }
    }

    /// Reads a column as times or days; nil where it has no pattern, or is read as something else.
    func plan(
        _ column: TableRun.Column, _ native: NativeType, as type: DataType, _ rounding: Timestamp.Rounding,
        _ day: DayEdge, in run: TableRun
    ) -> ColumnPlan? {
        guard type == .timestamp || type == .date, let pattern = pattern(of: column.name, native) else { return nil }
        func sql(_ function: FormattedTimeFunction, _ part: TextColumn.Part, _ day: DayEdge) -> SQL {
            let place = place(
                of: TextColumn(
                    name: column.name, type: type, pattern: pattern, rounding: rounding == .up ? .up : .down, day: day,
                    part: part))
            let row: SQL = run.givesPlaces ? "filename, file_row_number" : "NULL::VARCHAR, NULL::BIGINT"
            let text: SQL = "CAST(\(column.engineName.asIdentifier) AS VARCHAR)"
            return "\(function.rawValue.asIdentifier)(\(number)::BIGINT, \(place)::BIGINT, \(text), \(row))"
        }
        var plan = ColumnPlan(
            name: column.name, expression: sql(type == .date ? .date : .time, .values, day), type: type,
            time: ColumnPlanner.instants(type), isThere: false)
        if type == .timestamp, pattern.mayHoldNanoseconds {
            // What is cut is the same for the start of a day and for its end.
            plan.cuts = ("coalesce(\(sql(.cut, .cutNanoseconds, .start)), 0)", rounding)
        }
        return plan
    }

    private func place(of column: TextColumn) -> Int {
        state.withLock { state in
            if let known = state.columns.firstIndex(where: { $0.isSame(as: column) }) { return known }
            state.columns.append(column)
            return state.columns.count - 1
        }
    }

    /// Reads some texts; nil where a text is no time of the pattern.
    func read(_ texts: [FormattedTimeFunction.Text], _ place: Int) -> Column? {
        guard let column = state.withLock({ $0.columns.indices.contains(place) ? $0.columns[place] : nil }) else {
            return nil
        }
        let reading = TextValues(column, options: options, clock: zone?.clock)
        for text in texts {
            guard let problem = reading.take(text.bytes) else { continue }
            let file = text.file.map { names[$0] ?? $0 }
            failures.add(
                file: file ?? "", line: Int(text.row ?? -1) + 1, column: column.name, problem: problem,
                text: text.bytes ?? [])
        }
        let (values, irregular) = reading.finish()
        // A time that is read as the start and as the end of its day is counted once.
        if column.part == .values, column.day == .start { state.withLock { $0.irregularTimes += irregular } }
        return failures.isEmpty ? values : nil
    }

    /// Wall times since this was asked the last time that the clock of the zone skipped or showed twice.
    func takeIrregularTimes() -> Int {
        state.withLock { state in
            defer { state.irregularTimes = 0 }
            return state.irregularTimes
        }
    }

    /// What could not be read; nil where all could.
    func error(subject: String?) -> TallyError? { failures.error(subject: subject) }
}

extension TextColumn {
    /// Whether two questions are the same; names are compared by their bytes.
    fileprivate func isSame(as other: TextColumn) -> Bool {
        name.isSame(as: other.name) && type == other.type && rounding == other.rounding && day == other.day
            && part == other.part
    }
}

extension TableRun {
    /// Whether rows of the table tell the file and the place that they come from.
    fileprivate var givesPlaces: Bool {
        guard copies.isEmpty, !files.isEmpty, table.text.hasPrefix("read_parquet(") else { return false }
        let own = columns.map(\.engineName.lowercasedASCII)
        return !own.contains("filename") && !own.contains("file_row_number")
    }

    /// What a failed query over the run means: what could not be read, or DuckDB's own reason.
    func wrapped(_ failure: DuckFailure, _ action: String, subject: String?) -> TallyError {
        text?.wrapped(failure, action) ?? formats?.error(subject: subject) ?? failure.wrapped(action, subject: subject)
    }
}
