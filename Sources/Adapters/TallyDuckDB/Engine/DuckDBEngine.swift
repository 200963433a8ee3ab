// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
public import TallyModel

/// DuckDB as the offline engine: it reads and writes files, and the kernel of TallyPointInTime joins.
///
/// Each operation has a connection and a serial queue of its own, so operations may be nested: the body of `scan` and the
/// producer of `write` may call any other operation of the same engine. Everything in DuckDB's memory is scratch.
public final class DuckDBEngine: OfflineEngine {
    /// `duckdb` and the version of the loaded library.
    public let identity: EngineIdentity
    /// Where relative paths start.
    let root: String
    let settings: EngineSettings
    private let databases = Mutex<[Purpose: Database]>([:])
    private let zones = Mutex<[String: ZoneTable]>([:])

    /// What a database is set up for: DuckDB knows these settings for whole databases only.
    enum Purpose: Hashable {
        /// Rows keep their order.
        case ordered
        /// Rows come in any order, which costs the least.
        case unordered
        /// One thread and rows in order: the same rows give the same bytes.
        case writing
    }

    /// Opens an engine for a repository; throws `E-engine` when the loaded library is not the version this is built for.
    public init(root: String, settings: EngineSettings = EngineSettings()) throws(TallyError) {
        guard Database.libraryVersion == Database.version else {
            throw TallyError(
                .engine, "libduckdb is \(Database.libraryVersion), and this program is built for \(Database.version)",
                help: "run scripts/bootstrap again")
        }
        identity = EngineIdentity(name: "duckdb", version: Database.version)
        let trimmed =
            root.utf8.count > 1 && root.ends(with: "/") ? String(decoding: root.utf8.dropLast(), as: UTF8.self) : root
        self.root = trimmed.isEmpty ? "." : trimmed
        self.settings = settings
    }

    /// The database for a purpose, opened when it is first needed, and anew once DuckDB gave it up; each write has one of
    /// its own.
    func database(_ purpose: Purpose) throws(TallyError) -> Database {
        if purpose == .writing { return try openDatabase(purpose) }
        return try databases.withLock { databases throws(TallyError) in
            if let open = databases[purpose], !open.isInvalid { return open }
            let opened = try openDatabase(purpose, keepsFooters: true)
            databases[purpose] = opened
            return opened
        }
    }

    /// What in DuckDB leaves out rows, or computes with them, by what the statistics of a file say (decision 0036).
    ///
    /// Where a footer lies, rows are missing or other ones come. Filters reach the files through the filter optimizers, joins
    /// and the limits of sorted rows; the last is not known to, and finds rows by their numbers.
    private static let believers = [
        "statistics_propagation", "filter_pushdown", "filter_pullup", "cte_filter_pusher", "join_filter_pushdown",
        "row_group_pruner", "top_n", "late_materialization",
    ]

    /// Opens a database of its own.
    func openDatabase(_ purpose: Purpose, keepsFooters: Bool = false) throws(TallyError) -> Database {
        var options = [
            ("autoinstall_known_extensions", "false"), ("autoload_known_extensions", "false"),
            ("allow_community_extensions", "false"),
            ("enable_external_file_cache", "false"), ("file_search_path", root),
            ("disabled_optimizers", Self.believers.joined(separator: ",")),
            ("preserve_insertion_order", purpose == .unordered ? "false" : "true"),
            ("temp_directory", SpillFolder.path(in: settings.temporaryDirectory)),
        ]
        if let limit = settings.memoryLimit { options.append(("memory_limit", "\(limit)B")) }
        if purpose == .writing {
            options.append(("threads", "1"))
        } else if let threads = settings.threads {
            options.append(("threads", String(threads)))
        }
        return try Database(settings: options, keepsFooters: keepsFooters)
    }

    /// The changes of a zone, asked for once; nil for UTC.
    ///
    /// Throws `E-invalid-data` for a name that is no zone.
    func zone(_ name: String, _ connection: Connection, subject: String?) throws(TallyError) -> ZoneTable? {
        if name == "UTC" { return nil }
        if let known = zones.withLock({ $0[name] }) { return known }
        do throws(DuckFailure) {
            if try ZoneTable.exists(name, connection) {
                let loaded = try ZoneTable(zone: name, connection)
                zones.withLock { $0[name] = loaded }
                return loaded
            }
        } catch {
            throw error.wrapped("read the changes of time zone \(name)", subject: subject)
        }
        throw TallyError(
            .invalidData, "'\(name)' is not a time zone", subject: subject,
            help: "write a name of the IANA database, such as America/New_York")
    }

    /// The path as the system needs it.
    func absolute(_ path: String) -> String { path.path(from: root) }
}
