// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB
internal import Synchronization
internal import TallyModel

/// An in-memory database: DuckDB's threads, memory and settings behind a handle.
///
/// Thread-safe as DuckDB's databases are; the handle never changes and is closed with the last reference.
@safe final class Database: @unchecked Sendable {
    fileprivate let handle: duckdb_database
    private let isPrepared = Mutex(false)
    private let isEnded = Atomic<Bool>(false)
    /// The footers that it keeps; nil where it keeps none, or none of files that change.
    let footers: KeptFooters?

    /// The version of the header this is built against; another library is refused.
    static let version = "v1.5.5"

    /// Opens a database; `settings` are DuckDB's, by name.
    init(settings: [(String, String)], keepsFooters: Bool = false) throws(TallyError) {
        footers = keepsFooters ? KeptFooters() : nil
        var config: duckdb_config?
        guard unsafe duckdb_create_config(&config) == DuckDBSuccess else {
            throw TallyError(.engine, "duckdb has no memory for its settings")
        }
        defer { unsafe duckdb_destroy_config(&config) }
        for (name, value) in settings where unsafe duckdb_set_config(config, name, value) != DuckDBSuccess {
            throw TallyError(.engine, "duckdb refuses the setting \(name)", underlying: value)
        }
        var opened: duckdb_database?
        var reason: UnsafeMutablePointer<CChar>?
        let state = unsafe duckdb_open_ext(nil, &opened, config, &reason)
        defer { unsafe duckdb_free(reason) }
        guard state == DuckDBSuccess, let opened = unsafe opened else {
            throw unsafe DuckFailure(reason).wrapped("open a database", subject: nil, ioCode: .engine)
        }
        unsafe handle = opened
    }

    /// Does what a database needs once, before anything else is done with it.
    func once(_ prepare: () throws(DuckFailure) -> Void) throws(DuckFailure) {
        try isPrepared.withLock { (isPrepared) throws(DuckFailure) in
            if !isPrepared { try prepare() }
            isPrepared = true
        }
    }

    /// Whether no operation is to begin in it: DuckDB gave it up, or it keeps footers of files that are others by now.
    var isInvalid: Bool { isEnded.load(ordering: .relaxed) || footers?.isFull ?? false }

    /// Lets no further operation begin in it.
    func retire() { isEnded.store(true, ordering: .relaxed) }

    /// Hears of a failure, which may have ended the database.
    func note(_ failure: DuckFailure) {
        if failure.endsDatabase { retire() }
    }

    deinit {
        var handle: duckdb_database? = unsafe handle
        unsafe duckdb_close(&handle)
    }

    /// The version of the library that was loaded.
    static var libraryVersion: String {
        unsafe duckdb_library_version().map { unsafe String(cString: $0) } ?? "unknown"
    }
}

extension Connection {
    /// Opens a connection to a database.
    convenience init(_ database: Database, _ interrupter: Interrupter) throws(DuckFailure) {
        var opened: duckdb_connection?
        guard unsafe duckdb_connect(database.handle, &opened) == DuckDBSuccess, let opened = unsafe opened else {
            throw DuckFailure(text: "Connection Error: no connection")
        }
        unsafe self.init(handle: opened, database: database, interrupter: interrupter)
    }
}
