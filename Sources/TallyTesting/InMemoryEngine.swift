// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyContracts
public import TallyModel

/// An engine whose files are batches in memory: the twin of every offline engine, and the oracle of their joins.
///
/// Formats are all the same to it, zones do not matter, since its times are instants, and it knows no SQL: queries
/// throw `E-misuse`.
public final class InMemoryEngine: OfflineEngine {
    /// A file: its rows and its metadata.
    public struct File: Sendable, Hashable {
        /// The rows.
        public let rows: Batch
        /// Key-value metadata, reserved values included.
        public let metadata: [String: String]
    }

    private let contents: Mutex<[String: File]>
    /// `memory`, version 1.
    public let identity = EngineIdentity(name: "memory", version: "1")

    /// Starts with tables as files by path.
    public init(tables: [String: Batch] = [:]) {
        contents = Mutex(tables.mapValues { File(rows: $0, metadata: [:]) })
    }

    /// The files by path.
    public var files: [String: File] { contents.withLock { $0 } }

    /// The files that match, and their columns by name; one about which they disagree has no type.
    public func describe(
        _ table: TableReference, _ extent: TableDescription.Extent
    ) async throws(TallyError) -> TableDescription {
        let paths = try paths(of: table)
        switch extent {
        case .files: return TableDescription(files: paths, columns: [])
        case .columns: return TableDescription(files: paths, columns: try columns(of: paths))
        }
    }

    private func columns(of paths: [String]) throws(TallyError) -> [TableDescription.Column] {
        var columns: [TableDescription.Column] = []
        var first: [String: String] = [:]
        for path in paths {
            for column in Self.visible(try file(path).schema) {
                guard let index = columns.firstIndex(where: { $0.name.isSame(as: column.name) }) else {
                    columns.append(
                        TableDescription.Column(name: column.name, type: column.type, nativeType: column.type.name))
                    first[column.name] = path
                    continue
                }
                guard let known = columns[index].type, known != column.type else { continue }
                let conflict = "\(known) in \(first[column.name] ?? "") and \(column.type) in \(path)"
                columns[index] = TableDescription.Column(
                    name: column.name, type: nil, nativeType: conflict, conflict: conflict)
            }
        }
        return columns
    }

    /// Hands over the rows file by file, without any that `request.after` allows to leave out.
    public func scan(
        _ request: ScanRequest, _ body: (Batch) async throws(TallyError) -> Void
    ) async throws(TallyError) {
        for path in try paths(of: request.table) {
            let rows = try file(path)
            var columns: [(String, Column)] = []
            for column in request.columns {
                if let found = try Self.column(column, of: rows) { columns.append((column.alias, found)) }
            }
            var kept = Array(0..<rows.count)
            if let after = request.after {
                kept = try Self.rows(of: rows, after: after)
                columns = columns.map { ($0.0, $0.1.selecting(kept)) }
            }
            if !kept.isEmpty {
                try await body(
                    Batch(
                        schema: columns.map { ColumnSchema(name: $0.0, type: $0.1.type) }, columns: columns.map(\.1),
                        count: kept.count))
            }
        }
    }

    /// Takes measures row by row; queries are unsupported.
    public func measure(_ request: MeasureRequest) async throws(TallyError) -> MeasureResult {
        var batches: [Batch] = []
        for path in try paths(of: request.table) { batches.append(try file(path)) }
        var values: [Measured] = []
        for measure in request.measures {
            var tables: [TableReference: [Batch]] = [:]
            if case .orphans(_, let referred) = measure {
                for path in try paths(of: referred.table) { tables[referred.table, default: []].append(try file(path)) }
            }
            guard let schema = batches.first?.schema,
                var tally = TableTally([measure], columns: schema, tables: tables)
            else {
                values.append(.unsupported)
                continue
            }
            for batch in batches { tally.add(batch) }
            values += tally.values
        }
        return MeasureResult(values: values)
    }

    /// The rows one of whose times is later than the instant.
    private static func rows(of batch: Batch, after: ScanRequest.After) throws(TallyError) -> [Int] {
        var times: [Column] = []
        for name in after.columns { times.append(try column(name, as: .timestamp, of: batch, day: .end)) }
        return (0..<batch.count).filter { row in
            times.contains { if case .timestamp(let time) = $0[row] { time > after.time } else { false } }
        }
    }

    /// Keeps the rows once all are there; floats become canonical, as in every file.
    public func write(
        _ request: WriteRequest, _ produce: (BatchSink) async throws(TallyError) -> [String: String]
    ) async throws(TallyError) {
        let schema = request.columns.map(\.schema)
        let sent = Mutex<[Batch]>([])
        let values = try await produce(
            BatchSink { (batch) async throws(TallyError) in
                precondition(batch.schema == schema, "a batch of another schema")
                sent.withLock { $0.append(batch) }
            })
        for (key, length) in request.reservedMetadata where values[key]?.utf8.count != length {
            throw TallyError(.internal, "the reserved metadata \(key) has another length", subject: request.path)
        }
        let batches = sent.withLock { $0 }
        let none = schema.map { Column(type: $0.type, values: []) }
        let columns = schema.indices.map { index in
            Self.canonical(.concatenating([none[index]] + batches.map { $0.columns[index] }))
        }
        let rows = Batch(schema: schema, columns: columns, count: batches.reduce(0) { $0 + $1.count })
        let metadata = request.metadata.merging(values.filter { request.reservedMetadata[$0.key] != nil }) { $1 }
        contents.withLock { $0[request.path] = File(rows: rows, metadata: metadata) }
    }

    /// Throws `E-misuse`: there is no SQL here.
    public func writeQuery(_ sql: String, to path: String, asMultiset: Bool) async throws(TallyError) {
        throw TallyError(.misuse, "the engine in memory knows no SQL", subject: path)
    }

    /// The rows of a file.
    ///
    /// Throws `E-unreadable` when there is none.
    func file(_ path: String) throws(TallyError) -> Batch {
        guard let file = contents.withLock({ $0[path] }) else {
            throw TallyError(.unreadable, "there is no such file", subject: path)
        }
        return file.rows
    }

    /// A column of a table, widened if need be.
    ///
    /// Throws `E-invalid-data` when it is missing or does not fit.
    static func column(
        _ name: String, as type: DataType?, of rows: Batch, day: DayEdge? = nil
    ) throws(TallyError) -> Column {
        guard let column = rows[name] else { throw TallyError(.invalidData, "there is no column \(name)") }
        guard let type, type != column.type else { return column }
        if let day, type == .timestamp, column.type == .date {
            return Column(type: .timestamp, values: column.values.map { instant(of: $0, day) })
        }
        guard column.type.widens(to: type) else {
            throw TallyError(.invalidData, "column \(name) is \(column.type) and cannot be read as \(type)")
        }
        return Column(type: type, values: column.values.map { widened($0, to: type) })
    }

    /// The column as a file holds it: floats canonical, like those of every engine (SEMANTICS 5).
    private static func canonical(_ column: Column) -> Column {
        switch column.storage {
        case .float32(let values):
            Column(type: column.type, storage: .float32(values.map(\.canonical)), validity: column.validity)
        case .float64(let values):
            Column(type: column.type, storage: .float64(values.map(\.canonical)), validity: column.validity)
        case .array(let offsets, let elements):
            Column(
                type: column.type, storage: .array(offsets: offsets, elements: canonical(elements)),
                validity: column.validity)
        case .bool, .int32, .int64, .bytes: column
        }
    }

    /// Returns the instant that a day of UTC stands for.
    private static func instant(of day: Value, _ edge: DayEdge) -> Value {
        guard case .date(let date) = day else { return .null }
        let days = Int64(date.days) + (edge == .end ? 1 : 0)
        return .timestamp(Timestamp(microseconds: days * 86_400_000_000))
    }

    private static func widened(_ value: Value, to type: DataType) -> Value {
        switch (value, type) {
        case (.int32(let value), .int64): .int64(Int64(value))
        case (.int32(let value), .float64): .float64(Double(value))
        case (.float32(let value), .float64): .float64(Double(value))
        case (.array(let values), .array(let element)): .array(values.map { widened($0, to: element) })
        default: value
        }
    }

    private func paths(of table: TableReference) throws(TallyError) -> [String] {
        guard case .files(let patterns, _) = table.rows else {
            throw TallyError(.misuse, "the engine in memory knows no SQL")
        }
        let paths = contents.withLock { $0.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
        let globs = patterns.map { GlobPattern($0) }
        return paths.filter { path in globs.contains { $0.names(file: path) } }
    }
}
