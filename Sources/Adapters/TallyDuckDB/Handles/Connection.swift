// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB
internal import TallyModel

/// A connection to a database; used by one thread at a time.
@safe final class Connection {
    let handle: duckdb_connection
    private let database: Database
    private let interrupter: Interrupter
    /// The queries of users that may be run here; none before the database is locked.
    var userQueries = ByName<UserQuery>([])
    /// The files that these name; nil before the database is locked.
    var queriedFiles: QueriedFiles?
    /// Whether all files that users' queries name were looked at, and the queries may be run.
    var isLocked = false

    /// Whether the database was ended by a statement of another connection.
    private(set) var isBereft = false
    /// The file that is another one than when this database looked at it; nil for none.
    private(set) var changedFile: String?
    /// The files that were read here, as they were.
    private var seen: [ExactPath: (file: String, stamp: FileStamp)] = [:]
    /// Whether it was a statement of this one.
    private var hasEndedDatabase = false

    /// Takes over an open handle.
    init(handle: duckdb_connection, database: Database, interrupter: Interrupter) {
        unsafe self.handle = handle
        self.database = database
        self.interrupter = interrupter
        unsafe interrupter.attach(handle)
    }

    deinit {
        interrupter.detach()
        var handle: duckdb_connection? = unsafe handle
        unsafe duckdb_disconnect(&handle)
    }

    /// Hears of a failure on its way out: it may have ended the database.
    func noted(_ failure: DuckFailure) -> DuckFailure {
        database.note(failure)
        if !failure.isOfEndedDatabase {
            hasEndedDatabase = hasEndedDatabase || failure.endsDatabase
        } else if !hasEndedDatabase {
            isBereft = true
        }
        // Other bytes behind the footer that is kept are no rows, and DuckDB says anything of them.
        if changedFile == nil, let changed = seen.values.first(where: { FileStamp(of: $0.file) != $0.stamp }) {
            leave(changed.file)
        }
        return failure
    }

    /// Gives the database up for a file that changed, here and for every operation that begins.
    private func leave(_ file: String) {
        (changedFile, isBereft) = (file, true)
        database.retire()
    }

    /// Sees to it that the files of a statement are those whose footers are kept.
    private func admit(_ files: [String]) throws(DuckFailure) {
        guard !files.isEmpty, let footers = database.footers else { return }
        let (found, changed) = footers.admit(files)
        for (file, stamp) in found { seen[ExactPath(file)] = (file, stamp) }
        guard let changed else { return }
        leave(changed)
        throw DuckFailure(text: "IO Error: a file changed since it was looked at")
    }

    /// Makes the database keep the first footer of each path, whatever file has the path later (decision 0036).
    func keepFooters() throws(DuckFailure) {
        try execute("SET parquet_metadata_cache = true")
        try execute("SET validate_external_file_cache = 'NO_VALIDATION'")
    }

    /// Runs statements for their effect.
    func execute(_ sql: SQL) throws(DuckFailure) {
        let stream = try stream(sql)
        while try stream.next() != nil {}
    }

    /// Runs a query whose columns are all text and returns its rows; for small results.
    func texts(_ sql: SQL) throws(DuckFailure) -> [[String?]] {
        let stream = try stream(sql)
        var rows: [[String?]] = []
        let types = Array(repeating: VectorType.text, count: stream.columnCount)
        while let chunk = try stream.next() {
            let vectors = try chunk.vectors(as: types)
            for row in 0..<chunk.count { rows.append(vectors.map { $0.text(at: row) }) }
            withExtendedLifetime(chunk) {}
        }
        return rows
    }

    /// Runs a query whose one column is BIGINT and returns its first row; nil for null and for no row.
    func integer(_ sql: SQL) throws(DuckFailure) -> Int64? {
        let stream = try stream(sql)
        guard let chunk = try stream.next() else { return nil }
        let vector = try chunk.vectors(as: [.int64])[0]
        let value = unsafe vector.isValid(0) ? vector.values(as: Int64.self)[0] : nil
        withExtendedLifetime(chunk) {}
        while try stream.next() != nil {}
        return value
    }

    /// What is said against a user's query before it is run; nil when nothing is.
    func refusal(of query: UserQuery) -> String? {
        var statement: duckdb_prepared_statement?
        defer { unsafe duckdb_destroy_prepare(&statement) }
        guard unsafe duckdb_prepare(handle, query.statement, &statement) != DuckDBSuccess else { return nil }
        return unsafe noted(DuckFailure(duckdb_prepare_error(statement))).text
    }

    /// Starts a query; its rows come chunk by chunk, as they are made.
    func stream(_ sql: SQL) throws(DuckFailure) -> ResultStream {
        do throws(DuckFailure) {
            return try start(sql)
        } catch {
            throw noted(error)
        }
    }

    private func start(_ sql: SQL) throws(DuckFailure) -> ResultStream {
        try admit(sql.files)
        var statement: duckdb_prepared_statement?
        defer { unsafe duckdb_destroy_prepare(&statement) }
        try unsafe check(duckdb_prepare(handle, sql.text, &statement)) { unsafe duckdb_prepare_error(statement) }
        // By now DuckDB found all files that it will open, and those are the ones that were looked at.
        if isLocked, queriedFiles?.conflict != nil {
            throw DuckFailure(text: "IO Error: a file changed since it was looked at")
        }
        var pending: duckdb_pending_result?
        defer { unsafe duckdb_destroy_pending(&pending) }
        try unsafe check(duckdb_pending_prepared_streaming(statement, &pending)) {
            unsafe duckdb_pending_error(pending)
        }
        // Starting a query clears an interrupt that came before: from here on it sticks, so look at the flag now. A query
        // that is given up before it runs keeps the memory of its database for ever: it runs, and stops at once.
        let isStopped = interrupter.isInterrupted
        if isStopped { unsafe duckdb_interrupt(handle) }
        var result = unsafe duckdb_result()
        let state = unsafe duckdb_execute_pending(pending, &result)
        guard state == DuckDBSuccess, !isStopped else {
            defer { unsafe duckdb_destroy_result(&result) }
            throw isStopped
                ? DuckFailure(text: "INTERRUPT Error: before the start")
                : unsafe DuckFailure(duckdb_result_error(&result))
        }
        return unsafe ResultStream(result, connection: self, interrupter: interrupter)
    }
}
