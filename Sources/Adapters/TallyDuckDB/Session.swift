// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// One operation's connection, used on a queue of its own because DuckDB blocks.
actor Session {
    private nonisolated let executor: BlockingExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }
    /// Stops what the session runs.
    nonisolated let interrupter = Interrupter()
    let engine: DuckDBEngine
    private let purpose: DuckDBEngine.Purpose
    /// The SQL of users that is run; nil where all SQL is ours.
    private let sandbox: Sandbox?
    private var opened: Connection?
    /// Whether no connection could be opened, since the database had been ended.
    private var hasLostOpening = false
    /// The running scan.
    var scan: TableScan?

    init(_ engine: DuckDBEngine, _ purpose: DuckDBEngine.Purpose, _ sandbox: Sandbox?, label: String) {
        self.engine = engine
        self.purpose = purpose
        self.sandbox = sandbox
        executor = BlockingExecutor(label: "tallystick.duckdb.\(label)")
    }

    /// The connection, opened when it is first needed; times are shown and read in UTC.
    func connection() throws(TallyError) -> Connection {
        if let opened { return opened }
        let database = try sandbox == nil ? engine.database(purpose) : engine.openDatabase(purpose)
        do throws(DuckFailure) {
            let connection = try Connection(database, interrupter)
            try connection.execute("SET TimeZone = 'UTC'")
            try database.once { () throws(DuckFailure) in
                try TextTableFunction.register(connection)
                try FormattedTimeFunction.register(connection)
                if database.footers != nil { try connection.keepFooters() }
            }
            if let sandbox { try connection.lock(for: sandbox, engine) }
            opened = connection
            return connection
        } catch {
            hasLostOpening = error.isOfEndedDatabase
            throw error.wrapped("open a connection", subject: nil, ioCode: .engine)
        }
    }

    /// Runs work on the session's queue with its connection; what DuckDB says is wrapped.
    func run<Output: Sendable>(
        _ work: @Sendable (isolated Session, Connection) throws(TallyError) -> Output
    ) throws(TallyError) -> Output {
        try work(self, connection())
    }

    /// Closes the connection, on the queue like everything else.
    func close() {
        scan = nil
        opened = nil
    }

    /// What is said when a file that a user's query names changed since it was looked at; nil when none did.
    var conflict: TallyError? { opened?.queriedFiles?.conflict }

    /// What is said where the operation may not begin again and a file of it is another one than it was.
    var change: TallyError? { opened?.changedFile.map { .changedMeanwhile($0, root: engine.root) } }

    /// Whether a statement of another session ended the database under this one.
    var isBereft: Bool { opened?.isBereft ?? hasLostOpening }
}

extension DuckDBEngine {
    /// How often an operation starts again whose database was ended by others.
    private static let mostAttempts = 3

    /// Runs an operation in a session of its own, SQL of users in a database of its own (`Sandbox`).
    ///
    /// A cancelled task stops DuckDB and throws `E-interrupted`. A file that a user's query names and that changes meanwhile
    /// is `E-conflict`, whatever was made of it. Where a statement of another session ended the database, or a file changed
    /// that it keeps the footer of, the operation runs again in a new one, if it may by then be repeated.
    func withSession<Output: Sendable>(
        _ purpose: Purpose, _ label: String, sandbox: Sandbox? = nil, isRepeatable: () -> Bool = { false },
        _ operation: (Session) async throws(TallyError) -> Output
    ) async throws(TallyError) -> Output {
        var attempt = 1
        while true {
            let session = Session(self, purpose, sandbox, label: label)
            let interrupter = session.interrupter
            let result: Result<Output, TallyError> = await withTaskCancellationHandler {
                do throws(TallyError) {
                    return .success(try await operation(session))
                } catch {
                    return .failure(error)
                }
            } onCancel: {
                interrupter.interrupt()
            }
            let isBereft = await session.isBereft
            let (conflict, change) = await (session.conflict, session.change)
            await session.close()
            switch result {
            case .success(let output):
                if let conflict { throw conflict }
                return output
            case .failure(let error):
                if Task.isCancelled { throw .stopped }
                if let conflict { throw conflict }
                guard isBereft, attempt < Self.mostAttempts, isRepeatable() else { throw change ?? error }
                attempt += 1
            }
        }
    }
}
