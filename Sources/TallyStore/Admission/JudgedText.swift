// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel

/// The engine of one decision of the gate: it describes each file once, and reads each text file once for its values.
///
/// The values, and the texts that they were made of, are kept in a copy in columns. What is judged, what is admitted
/// and what is set aside all come of that one read. Whatever the copy does not hold is read from the file as ever. One
/// task uses it.
final class JudgedText: OfflineEngine {
    private struct State {
        var descriptions: [TableReference: TableDescription] = [:]
        var copies: [ExactPath: TextCopy] = [:]
        /// The columns that copies are to hold; nil until they are set.
        var wanted: TextCopy.Columns?
        var last = 0
    }

    private let engine: any OfflineEngine
    private let folder: GateFolder
    private let state = Mutex(State())

    var identity: EngineIdentity { engine.identity }

    /// Reads through an engine; copies lie in the folder of the table and are gone when the decision is made.
    ///
    /// Nobody else decides about the table meanwhile, so that what a stopped run left behind is taken away here.
    ///
    /// `known` says what Parquet files are described as, by the table that they are together.
    init(
        _ engine: any OfflineEngine, _ folder: GateFolder, known: [TableReference: TableDescription] = [:]
    ) {
        self.engine = engine
        self.folder = folder
        for (table, description) in known { state.withLock { $0.descriptions[table.inOneOrder] = description } }
        removeCopies()
    }

    deinit { removeCopies() }

    private var scratch: String { folder.path + "/judging" }

    private func removeCopies() {
        let path = folder.root + "/" + scratch
        for name in FileName.names(in: path) { FileName.remove(path + "/" + name) }
        FileName.remove(path)
    }

    /// Sets the columns that the promises read; files that were read for fewer are read again.
    func keep(_ columns: TextCopy.Columns) { state.withLock { $0.wanted = columns } }

    /// A description of text files is that of each file, joined; each file is described once, and so are Parquet files that
    /// are looked at together.
    func describe(
        _ table: TableReference, _ extent: TableDescription.Extent
    ) async throws(TallyError) -> TableDescription {
        if extent == .columns, case .files(_, .parquet) = table.rows { return try await describe(columns: table) }
        guard extent == .columns, let (paths, format) = table.textPaths, !table.takesTextAsText, !paths.isEmpty else {
            return try await engine.describe(table, extent)
        }
        var parts: [TableDescription] = []
        for path in paths {
            let file = table.over([path], format)
            if let known = state.withLock({ $0.descriptions[file] }) {
                parts.append(known)
                continue
            }
            let found = try await engine.describe(file)
            state.withLock { $0.descriptions[file] = found }
            parts.append(found)
        }
        // Where the parts do not tell what the whole looks like, all of it is looked at.
        if let joined = TableDescription(joining: parts) { return joined }
        return try await engine.describe(table)
    }

    /// Describes Parquet files, whose columns nobody else exchanges while the gate decides.
    private func describe(columns table: TableReference) async throws(TallyError) -> TableDescription {
        let table = table.inOneOrder
        if let known = state.withLock({ $0.descriptions[table] }) { return known }
        let found = try await engine.describe(table)
        state.withLock { $0.descriptions[table] = found }
        return found
    }

    func scan(
        _ request: ScanRequest, _ body: (Batch) async throws(TallyError) -> Void
    ) async throws(TallyError) {
        let isLenient = request.table.unreadableIsNull
        func columns(_ copy: TextCopy.Columns) -> [ScanRequest.Column]? {
            copy.columns(for: request.columns, isLenient: isLenient)
        }
        guard request.after == nil, request.times == nil,
            let copies = try await copies(of: request.table, holding: { columns($0) != nil })
        else { return try await engine.scan(request, body) }
        for copy in copies {
            try await engine.scan(
                ScanRequest(table: copy.table, columns: columns(copy.columns) ?? [], subject: request.subject), body)
        }
    }

    func measure(_ request: MeasureRequest) async throws(TallyError) -> MeasureResult {
        // A query names the table itself.
        let isQuery = request.measures.contains { if case .query = $0 { true } else { false } }
        guard !isQuery, let copies = try await copies(of: request.table, holding: { $0.holds(request) }) else {
            return try await engine.measure(request)
        }
        let table = TableReference(rows: .paths(copies.map(\.path), .parquet))
        return try await engine.measure(MeasureRequest(table: table, measures: request.measures))
    }

    /// Derives the content of a file of admitted rows from the file they were picked from.
    ///
    /// It looks like the file as it came, so that every command takes its columns for the same.
    func letIn(_ accepted: String, of path: String, picking: (Int) -> Bool) async throws(TallyError) {
        let known = state.withLock { $0 }
        for (file, description) in known.descriptions {
            guard let (paths, format) = file.textPaths, paths.count == 1, ExactPath(paths[0]) == ExactPath(path) else {
                continue
            }
            state.withLock {
                $0.descriptions[file.over([accepted], format)] = TableDescription(
                    files: [accepted], columns: description.columns)
            }
        }
        guard let copy = known.copies[ExactPath(path)], !copy.columns.values.isEmpty else { return }
        var columns = copy.columns
        columns.texts = nil
        columns.values = columns.values.map(\.underItsAlias)
        var row = 0
        let file = try await write(copy.table, columns.values, count: columns.values.count) { (batch) in
            defer { row += batch.count }
            return batch.selecting((0..<batch.count).filter { picking(row + $0) })
        }
        columns.values = copy.columns.values
        let picked = TextCopy(path: file, columns: columns, wanted: copy.wanted)
        state.withLock { $0.copies[ExactPath(accepted)] = picked }
    }

    /// The copies of a table's files in their order, made where they are missing; nil where a copy does not hold all.
    private func copies(
        of table: TableReference, holding: (TextCopy.Columns) -> Bool
    ) async throws(TallyError) -> [TextCopy]? {
        guard let (paths, format) = table.textPaths, let wanted = state.withLock({ $0.wanted }),
            wanted.texts != nil || !wanted.values.isEmpty && holding(wanted)
        else { return nil }
        var found: [TextCopy] = []
        for path in paths {
            var copy = state.withLock { $0.copies[ExactPath(path)] }
            if copy.map({ !holding($0.columns) && $0.wanted != wanted }) ?? true {
                guard let made = try await self.copy(of: table.over([path], format), wanted) else { return nil }
                state.withLock { $0.copies[ExactPath(path)] = made }
                copy = made
            }
            guard let copy, holding(copy.columns) else { return nil }
            found.append(copy)
        }
        return found.isEmpty ? nil : found
    }

    /// Reads a file once for all that is wanted of it; the copy holds nothing where that cannot be read.
    private func copy(of file: TableReference, _ wanted: TextCopy.Columns) async throws(TallyError) -> TextCopy? {
        var columns = wanted
        if wanted.texts != nil { columns.texts = try await describe(file.namingTexts).columns.map(\.name) }
        let read = columns.read
        let count = columns.keptCount
        guard count > 0 else { return nil }
        var isReadable = true
        let path = try await write(file.readingUnreadableAsNull, read, count: count) { (batch) in
            for column in batch.columns[count...] where isReadable { isReadable = column.isNowhereFalse }
            return batch.first(count)
        }
        // A value that cannot be read is reported, with its place, when the file itself is read.
        if !isReadable { columns = TextCopy.Columns(values: [], texts: nil, isLenient: wanted.isLenient) }
        return TextCopy(path: path, columns: columns, wanted: wanted)
    }

    /// Writes the first columns of what is read of a table, and returns where.
    private func write(
        _ table: TableReference, _ read: [ScanRequest.Column], count: Int, making: (Batch) -> Batch
    ) async throws(TallyError) -> String {
        try folder.makeFolder(scratch)
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        let path = "\(scratch)/\(number).parquet"
        let columns = read.prefix(count).map {
            WriteRequest.Column(schema: ColumnSchema(name: $0.alias, type: $0.type ?? .string))
        }
        let request = WriteRequest(path: folder.root + "/" + path, format: .parquet, columns: columns)
        try await engine.write(request) { (sink) async throws(TallyError) in
            try await engine.scan(ScanRequest(table: table, columns: read)) { (batch) async throws(TallyError) in
                let rows = making(batch)
                if rows.count > 0 { try await sink.send(rows) }
            }
            return [:]
        }
        return path
    }

    func pointInTimeJoin(_ request: JoinRequest) async throws(TallyError) -> [JoinResult] {
        try await engine.pointInTimeJoin(request)
    }

    func write(
        _ request: WriteRequest, _ produce: (BatchSink) async throws(TallyError) -> [String: String]
    ) async throws(TallyError) {
        try await engine.write(request, produce)
    }

    func writeQuery(_ sql: String, to path: String, asMultiset: Bool) async throws(TallyError) {
        try await engine.writeQuery(sql, to: path, asMultiset: asMultiset)
    }
}

extension TableReference {
    /// The same files in the order in which an engine reads them; patterns stay as they are.
    fileprivate var inOneOrder: TableReference {
        guard let (paths, format) = exactPaths else { return self }
        return over(paths, format)
    }

    /// The very paths of text files, sorted as an engine reads them; nil for everything else, patterns among it.
    fileprivate var textPaths: (paths: [String], format: Source.FileFormat)? {
        exactPaths.flatMap { $0.format == .parquet ? nil : $0 }
    }

    private var exactPaths: (paths: [String], format: Source.FileFormat)? {
        guard case .files(let patterns, let format) = rows else { return nil }
        let paths = patterns.compactMap(FileGlob.exactPath)
        guard paths.count == patterns.count else { return nil }
        return (paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.uniqued { ExactPath($0) }, format)
    }

    /// Returns a table of other files, read in the same way.
    fileprivate func over(_ paths: [String], _ format: Source.FileFormat) -> TableReference {
        let table = TableReference(
            rows: .paths(paths, format), timeZone: timeZone, text: text, types: types, takesTextAsText: takesTextAsText,
            partitions: partitions)
        return unreadableIsNull ? table.readingUnreadableAsNull : table
    }

    /// The table as it tells the names of its columns: CSV does so without a look at its rows.
    var namingTexts: TableReference {
        let isCSV = if case .files(_, .csv) = rows { true } else { false }
        return TableReference(
            rows: rows, timeZone: timeZone, text: text, types: types, takesTextAsText: isCSV || takesTextAsText,
            partitions: partitions)
    }
}

extension ScanRequest.Column {
    /// The column as a copy has it.
    fileprivate var underItsAlias: ScanRequest.Column { ScanRequest.Column(name: alias, type: type) }
}

extension Column {
    /// Whether no value of a column of bools is false.
    fileprivate var isNowhereFalse: Bool {
        guard case .bool(let values) = storage else { return false }
        return values.indices.allSatisfy { values[$0] != 0 || !validity[$0] }
    }
}

extension Batch {
    /// The first columns alone.
    fileprivate func first(_ width: Int) -> Batch {
        Batch(schema: Array(schema.prefix(width)), columns: Array(columns.prefix(width)), count: count)
    }
}
