// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB
internal import Synchronization
internal import TallyModel
internal import TallyReading

/// Text files as a table that SQL can read: `TextReader` makes the values, DuckDB never casts one.
///
/// The columns are those that were asked for, as `c0`, `c1` and so on, each with the type it was asked for as. What cannot
/// be read fails the query when all rows were looked at, so that no consumer can take a null for it.
final class TextTable: Sendable {
    /// A file: its name in messages, where it lies, and what its folders say.
    struct File: Sendable {
        let name: String
        let path: String
        let partitions: [(name: String, value: String?)]
    }

    private struct State {
        /// How the columns are read, without the columns.
        let request: TextReader.Request
        var columns: [TextColumn] = []
        /// The places of the columns.
        var places: [TextColumn.Question: Int] = [:]
        var nextFile = 0
        var irregularTimes = 0
        /// The large file of which threads take pieces, by its number.
        var cutter: (file: Int, cutter: TextCutter)?
    }

    private let files: [File]
    private let format: Source.FileFormat
    /// Whether rows have to come in the order of the files.
    private let isOrdered: Bool
    private let subject: String?
    private let state: Mutex<State>
    /// The table's number in SQL.
    fileprivate let number: Int64
    private static let tables = NumberedTables<TextTable>()
    /// What could not be read.
    let failures = ReadingFailures()

    init(
        _ files: [File], _ format: Source.FileFormat, options: TextOptions, zone: ZoneTable?, isOrdered: Bool,
        isLenient: Bool, subject: String?
    ) {
        self.files = files
        self.format = format
        self.isOrdered = isOrdered
        self.subject = subject
        state = Mutex(
            State(request: TextReader.Request(columns: [], options: options, clock: zone?.clock, isLenient: isLenient)))
        number = Self.tables.next()
        Self.tables.add(self, number)
    }

    deinit { Self.tables.remove(number) }

    /// The table of a number; nil once nobody uses it.
    fileprivate static func open(_ number: Int64) -> TextTable? { tables[number] }

    /// The alias of a column that is read as a type; the same for the same question.
    ///
    /// A name that asks for the readability of a column gives that in place of the `part` that is asked for.
    func alias(
        _ name: String, as type: DataType, rounding: TextColumn.Rounding = .up, day: DayEdge = .start,
        part: TextColumn.Part = .values
    ) throws(TallyError) -> String {
        let asked = ReadabilityColumn.parse(name)
        let (name, type) = asked ?? (name, type)
        return try state.withLock { (state) throws(TallyError) -> String in
            let options = state.request.options
            let pattern = try TimePattern(of: name, as: type, options, subject: subject)
            let column = TextColumn(
                name: name, type: type, pattern: pattern, rounding: rounding, day: day,
                part: asked == nil ? part : .readability)
            let place = state.places[column.question] ?? state.columns.count
            if place == state.columns.count {
                state.places[column.question] = place
                state.columns.append(column)
            }
            return "c\(place)"
        }
    }

    /// Whether times of a column may have digits beyond microseconds.
    func mayHoldNanoseconds(_ name: String) -> Bool {
        state.withLock { $0.request.options.format(of: name) }.flatMap(TimePattern.init)?.mayHoldNanoseconds ?? true
    }

    /// Whether something could not be read so far.
    var hasFailed: Bool { !failures.isEmpty }

    /// Wall times so far that the clock of the zone skipped or showed twice.
    var irregularTimes: Int { state.withLock(\.irregularTimes) }

    fileprivate var columns: [TextColumn] { state.withLock(\.columns) }

    /// A plain file is read by as many threads as it has pieces; a packed one can only be read from its beginning.
    fileprivate var threads: Int {
        isOrdered ? 1 : max(1, files.reduce(0) { $0 + max(1, pieces(of: $1)) })
    }

    /// How many pieces a file is worth; 0 for one that is read whole.
    private func pieces(of file: File) -> Int {
        guard !isOrdered, !PackedFile.isPacked(file.path), let size = try? OpenFile.reading(file.path).stamp().size
        else {
            return 0
        }
        return size < 2 * TextCutter.usualBytes ? 0 : Int(size) / TextCutter.usualBytes
    }

    /// Starts from the first file, for a query that reads the table once more.
    fileprivate func restart() {
        state.withLock {
            $0.nextFile = 0
            $0.cutter = nil
        }
    }

    /// Opens the next file, or the next piece of a large one, for some of the columns; nil behind the last.
    fileprivate func openNext(_ places: [Int]) throws(TallyError) -> TextReader? {
        let (number, piece, columns) = try state.withLock { (state) throws(TallyError) in
            while true {
                if let (file, cutter) = state.cutter {
                    if let piece = try cutter.next() { return (file, TextPiece?.some(piece), state.columns) }
                    state.cutter = nil
                }
                let number = state.nextFile
                state.nextFile += 1
                guard number < files.count, pieces(of: files[number]) > 0 else { return (number, nil, state.columns) }
                let file = files[number]
                state.cutter = (
                    number,
                    TextCutter(
                        format, try PackedFile.bytes(of: file.path, named: file.name), named: file.name,
                        state.request.options)
                )
            }
        }
        guard number < files.count else { return nil }
        let file = files[number]
        let request = state.withLock(\.request).reading(places.map { columns[$0] })
        if let piece {
            return TextReader(
                format, piece, named: file.name, request, partitions: file.partitions, failures: failures)
        }
        return TextReader(
            format, try PackedFile.bytes(of: file.path, named: file.name), named: file.name, request,
            partitions: file.partitions, failures: failures)
    }

    fileprivate func add(_ reader: TextReader) { state.withLock { $0.irregularTimes += reader.irregularTimes } }

    fileprivate func failure() -> String? { failures.error(subject: subject).map { _ in TextTableFunction.mark } }

    /// What a failed query means: what could not be read, or DuckDB's own reason.
    func wrapped(_ failure: DuckFailure, _ action: String) -> TallyError {
        if let thrown = stopped.withLock({ $0 }) { return thrown }
        return failures.error(subject: subject) ?? failure.wrapped(action, subject: subject)
    }

    /// Why a file could not be opened or cut into rows; the query ends with it.
    let stopped = Mutex<TallyError?>(nil)
}

extension ZoneTable {
    /// The zone as a clock for texts.
    var clock: WallClock {
        { wall in
            let instant = instant(ofWall: wall)
            return (instant.microseconds, instant.isRegular)
        }
    }
}

/// The table function behind text tables.
enum TextTableFunction {
    static let mark = DuckFailure.invalidMark + "some values could not be read"

    /// The function's name in SQL; its argument is a table's number.
    private static let name = "tally_text"

    /// The text that reads a table in SQL, for as long as the table lives.
    static func sql(_ table: TextTable) -> SQL { "\(name.asIdentifier)(\(table.number)::BIGINT)" }

    /// Makes the function known to a database.
    static func register(_ connection: Connection) throws(DuckFailure) {
        var function = unsafe duckdb_create_table_function()
        defer { unsafe duckdb_destroy_table_function(&function) }
        unsafe duckdb_table_function_set_name(function, name)
        var number = unsafe duckdb_create_logical_type(DUCKDB_TYPE_BIGINT)
        unsafe duckdb_table_function_add_parameter(function, number)
        unsafe duckdb_destroy_logical_type(&number)
        unsafe duckdb_table_function_supports_projection_pushdown(function, true)
        unsafe duckdb_table_function_set_bind(function) { unsafe TextTableFunction.bind($0) }
        unsafe duckdb_table_function_set_init(function) { info in
            guard let table = unsafe TextTableFunction.table(duckdb_init_get_bind_data(info)) else { return }
            table.restart()
            unsafe duckdb_init_set_max_threads(info, idx_t(table.threads))
            let count = unsafe Int(duckdb_init_get_column_count(info))
            let width = table.columns.count
            let places = (0..<count).map { unsafe Int(duckdb_init_get_column_index(info, idx_t($0))) }
            // A place beyond the columns stands for rows that nobody wants a value of.
            let scan = Scan(table, places.map { $0 < width ? $0 : nil })
            unsafe duckdb_init_set_init_data(info, Unmanaged.passRetained(scan).toOpaque()) { pointer in
                guard let pointer = unsafe pointer else { return }
                unsafe Unmanaged<Scan>.fromOpaque(pointer).release()
            }
        }
        unsafe duckdb_table_function_set_local_init(function) { info in
            unsafe duckdb_init_set_init_data(info, Unmanaged.passRetained(Part()).toOpaque()) { pointer in
                guard let pointer = unsafe pointer else { return }
                unsafe Unmanaged<Part>.fromOpaque(pointer).release()
            }
        }
        unsafe duckdb_table_function_set_function(function) { info, output in
            guard let scan = unsafe duckdb_function_get_init_data(info),
                let part = unsafe duckdb_function_get_local_init_data(info)
            else { return }
            unsafe Unmanaged<Scan>.fromOpaque(scan).takeUnretainedValue().fill(
                output, Unmanaged<Part>.fromOpaque(part).takeUnretainedValue(), info)
        }
        guard unsafe duckdb_register_table_function(connection.handle, function) == DuckDBSuccess else {
            throw DuckFailure(text: "Catalog Error: the function was refused")
        }
    }

    private static func bind(_ info: duckdb_bind_info?) {
        var value = unsafe duckdb_bind_get_parameter(info, 0)
        let number = unsafe duckdb_get_int64(value)
        unsafe duckdb_destroy_value(&value)
        guard let table = TextTable.open(number) else {
            unsafe duckdb_bind_set_error(info, "there is no such table")
            return
        }
        for (index, column) in table.columns.enumerated() {
            var type = unsafe FeedType(
                type: column.outputType, isWallTime: false
            ).logicalType()
            unsafe duckdb_bind_add_result_column(info, "c\(index)", type)
            unsafe duckdb_destroy_logical_type(&type)
        }
        if table.columns.isEmpty {
            // Rows without columns still count.
            var type = unsafe duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN)
            unsafe duckdb_bind_add_result_column(info, "none", type)
            unsafe duckdb_destroy_logical_type(&type)
        }
        unsafe duckdb_bind_set_bind_data(info, Unmanaged.passRetained(table).toOpaque()) { pointer in
            guard let pointer = unsafe pointer else { return }
            unsafe Unmanaged<TextTable>.fromOpaque(pointer).release()
        }
    }

    private static func table(_ pointer: UnsafeMutableRawPointer?) -> TextTable? {
        unsafe pointer.map { unsafe Unmanaged<TextTable>.fromOpaque($0).takeUnretainedValue() }
    }

    /// What one thread reads.
    private final class Part {
        var reader: TextReader?
    }

    /// One run over the table.
    private final class Scan {
        private let table: TextTable
        /// For each column of the output the column that is read; nil for one without values.
        private let places: [Int?]
        /// The columns of the table that are read, each once.
        private let read: [Int]

        init(_ table: TextTable, _ places: [Int?]) {
            self.table = table
            read = Array(Set(places.compactMap(\.self))).sorted()
            let own = Dictionary(uniqueKeysWithValues: read.enumerated().map { ($1, $0) })
            self.places = places.map { $0.flatMap { own[$0] } }
        }

        func fill(_ output: duckdb_data_chunk?, _ part: Part, _ info: duckdb_function_info?) {
            do throws(TallyError) {
                guard let batch = try next(part) else {
                    if table.failure() != nil { unsafe duckdb_function_set_error(info, TextTableFunction.mark) }
                    unsafe duckdb_data_chunk_set_size(output, 0)
                    return
                }
                for (index, place) in places.enumerated() {
                    guard let column = place else { continue }
                    let vector = unsafe duckdb_data_chunk_get_vector(output, idx_t(index))
                    do throws(DuckFailure) {
                        try unsafe VectorWriter.write(
                            batch.columns[column], 0..<batch.count, into: vector, at: 0, makesFloatsCanonical: false)
                    } catch {
                        throw error.wrapped("read the rows", subject: nil)
                    }
                }
                unsafe duckdb_data_chunk_set_size(output, idx_t(batch.count))
            } catch {
                table.stopped.withLock { $0 = $0 ?? error }
                unsafe duckdb_function_set_error(info, TextTableFunction.mark)
            }
        }

        private func next(_ part: Part) throws(TallyError) -> Batch? {
            while true {
                if let reader = part.reader {
                    if let batch = try reader.next(Int(duckdb_vector_size())) { return batch }
                    table.add(reader)
                }
                part.reader = try table.openNext(read)
                if part.reader == nil { return nil }
            }
        }
    }
}
