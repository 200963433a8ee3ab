// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyDefinitions
internal import TallyDuckDB
public import TallyModel
internal import TallyStore
internal import TallyLMDB
internal import TallySQLite

/// An open repository: its definitions, and the adapters that its `tally.yaml` names.
public struct Workspace: Sendable {
    /// The folder with the `tally.yaml`.
    public let root: String
    /// The definitions as read; not yet checked.
    public let repository: LoadedRepository
    /// The engine that reads and joins.
    public let engine: any OfflineEngine

    /// Opens the repository at `root` with an engine of these limits.
    ///
    /// A `tally.yaml` that cannot be read leaves its diagnostics in `repository`, and defaults in its place.
    public init(root: String, limits: EngineLimits = EngineLimits()) throws(TallyError) {
        self.init(
            root: root, repository: RepositoryReader.read(root: root, hooks: .judging),
            engine: try Self.engine(root, limits))
    }

    /// The engine, whose SQL of users reads what `tally.yaml` lets it, and never the repository's own state.
    private static func engine(_ root: String, _ limits: EngineLimits) throws(TallyError) -> any OfflineEngine {
        let project = RepositoryReader.project(root: root) ?? Project(name: "unnamed")
        var settings = limits.settings
        settings.queries.readable += project.readable
        settings.queries.withheld += [project.registry.path, project.online.path].compactMap { $0 }
        switch project.offline {
        case .duckdb: return try DuckDBEngine(root: root, settings: settings)
        }
    }

    private init(root: String, repository: LoadedRepository, engine: any OfflineEngine) {
        self.root = root
        self.repository = repository
        self.engine = engine
    }

    /// Opens the repository at `root` and checks it.
    ///
    /// The engine starts while the definitions are read, unless no file changed since it described them.
    ///
    /// With `readsText` every declared value of text files is read too, so that one that cannot be read is found here as
    /// by the commands that need it; files that did not change since are not read again.
    public static func checked(
        root: String, limits: EngineLimits = EngineLimits(), now: Timestamp, readsText: Bool = false
    ) async throws(TallyError) -> (workspace: Workspace, checked: CheckedRepository) {
        let engine = try engine(root, limits)
        let memory = DescriptionMemory(root: root, engine: engine.identity)
        async let start: Void = memory.isCurrent ? () : engine.start()
        let repository = RepositoryReader.read(root: root, hooks: .judging)
        await start
        let workspace = Workspace(root: root, repository: repository, engine: engine)
        return (workspace, try await workspace.check(memory, now: now, readsText: readsText))
    }

    /// The folder to work in: the given one, else the nearest one upwards with a `tally.yaml`.
    public static func root(from directory: String?) throws(TallyError) -> String {
        let start = directory ?? "."
        guard let root = RepositoryReader.findRoot(from: start) else {
            throw TallyError(
                .notFound, "no tally.yaml in \(start) or above",
                help: "run `\(.initialize)` to begin a repository there")
        }
        return root
    }

    /// The project as declared, or the defaults while `tally.yaml` is broken.
    public var project: Project { repository.project ?? Project(name: "unnamed") }

    /// Opens the registry for writing, making it when it is new.
    public func registry() throws(TallyError) -> any Registry {
        try SQLiteRegistry(path: try registryPath())
    }

    /// The applied state; the empty one while nothing was applied.
    ///
    /// Writes nothing.
    public func appliedState() async throws(TallyError) -> RegistryState {
        guard let registry = try registryForReading() else { return .empty }
        return try await registry.state()
    }

    /// Opens the registry for reading; nil when nothing was applied yet.
    public func registryForReading() throws(TallyError) -> (any Registry)? {
        try SQLiteRegistry.openForReading(path: try registryPath())
    }

    /// Opens the registry for reading, and for writing once something is to be written.
    func registryOnDemand() throws(TallyError) -> any Registry {
        try RegistryOnDemand(path: try registryPath())
    }

    /// Opens registry and online store for reading; makes and writes nothing.
    ///
    /// Throws `E-not-materialized` when nothing was filled yet.
    public func forReading() throws(TallyError) -> (registry: any Registry, store: any OnlineStore) {
        let store = try filledStore()
        guard let registry = try registryForReading() else {
            throw TallyError(
                .notFound, "nothing was applied", subject: try registryPath(),
                help: "run `\(.apply)`, then `\(.materialize())`")
        }
        return (registry, store)
    }

    /// Removes files that killed runs left behind: those of the repository's own folder, those beside outputs, and what did
    /// not fit in memory.
    ///
    /// Only files with the name of one that is being written are removed, and only when their writer is gone.
    public func sweepLeftovers(beside outputs: [String] = []) {
        LeftoverFiles.sweep(in: root + "/.tally")
        (engine as? DuckDBEngine)?.sweepSpills()
        for output in outputs { LeftoverFiles.sweep(beside: output) }
    }

    /// The path of the registry; `E-corrupt` for an empty file where something was applied or filled before.
    ///
    /// SQLite takes an empty file for a new database, and so would we: a history would be gone without a word.
    func registryPath() throws(TallyError) -> String {
        let path =
            switch project.registry {
            case .sqlite(let path): path.path(from: root)
            }
        guard FileStamp(of: path)?.size == 0 else { return path }
        let lock = root + "/" + Lockfile.fileName
        guard let witness = [lock, onlinePath + "/data.mdb"].first(where: { FileName.hasBytes($0) }) else {
            return path
        }
        throw TallyError(
            .corrupt, "is empty, and \(witness) says that definitions were applied", subject: path,
            help:
                "restore it from a backup; or remove it and run `\(.apply)`, which loses the history of definitions, "
                + "runs and first-seen times")
    }

    /// Opens the online store for filling, making it when it is new.
    public func onlineStore() throws(TallyError) -> any OnlineStore {
        try LMDBStore(path: onlinePath)
    }

    /// Opens the online store for filling; with `replacesDamaged` a damaged one is replaced by a new one.
    public func storeForFilling(replacesDamaged: Bool) throws(TallyError) -> FillingStore {
        try FillingStore(path: onlinePath, replacesDamaged: replacesDamaged)
    }

    /// Opens the online store for reading; nil when nothing was filled yet.
    public func onlineStoreForReading() throws(TallyError) -> (any OnlineStore)? {
        try LMDBStore.openForReading(path: onlinePath)
    }

    /// Opens the online store for reading; `E-not-materialized` when nothing was filled yet.
    public func filledStore() throws(TallyError) -> any OnlineStore {
        if let store = try onlineStoreForReading() { return store }
        throw TallyError(
            .notMaterialized, "nothing was ever stored in it", subject: "online store",
            help: "run `\(.apply)`, then `\(.materialize())`")
    }

    /// The folder of the online store.
    var onlinePath: String {
        switch project.online {
        case .lmdb(let path): path.path(from: root)
        }
    }

    /// Describes every source's files and checks all definitions.
    ///
    /// A source that the engine cannot describe is left undescribed; the reason is in `failures`.
    /// `now` tells which files changed too lately for their stamps to tell whether they change again.
    public func check(now: Timestamp) async throws(TallyError) -> CheckedRepository {
        try await check(DescriptionMemory(root: root, engine: engine.identity), now: now, readsText: false)
    }

    private func check(
        _ memory: DescriptionMemory, now: Timestamp, readsText: Bool
    ) async throws(TallyError) -> CheckedRepository {
        let listings = listings()
        var descriptions: [String: TableDescription] = [:]
        var failures: [String: TallyError] = [:]
        for (name, result) in await described(memory, now: now, readsText: readsText) {
            switch result {
            case .success(let description):
                let hasNoFiles = if case .success(let found) = listings[name] { found.files.isEmpty } else { false }
                if !description.columns.isEmpty || hasNoFiles { descriptions[name] = description }
            case .failure(let error):
                if error.code == .interrupted { throw error }
                // What is wrong with the list of files is told at the path.
                if case .failure(let refusal) = listings[name], refusal.code == .invalidData { continue }
                failures[name] = error.about("source \(name)")
            }
        }
        let result = repository.check(descriptions: descriptions, failures: failures, listings: listings)
        // What is told at its place in a definition is not told again as unproven.
        return CheckedRepository(
            result: result, failures: failures.filter { $0.value.code != .invalidDefinitions },
            notes: repository.gapNotes(descriptions))
    }

    /// Returns the files that each source of files names, or the error of finding them.
    private func listings() -> [String: Result<FileListing, TallyError>] {
        var listings: [String: Result<FileListing, TallyError>] = [:]
        for source in repository.sources {
            guard case .files(let path, _) = source.location else { continue }
            listings[source.name] = Result { () throws(TallyError) in try FileGlob.list([path], root: root) }
        }
        return listings
    }
}

extension Workspace {
    /// Returns the description of each source's files: from memory, else from the engine, some sources at a time.
    fileprivate func described(
        _ memory: DescriptionMemory, now: Timestamp, readsText: Bool
    ) async -> [(String, Result<TableDescription, TallyError>)] {
        var found: [(String, Result<TableDescription, TallyError>)] = []
        var waiting: ArraySlice<(name: String, table: TableReference)> = []
        let declared = repository.declaredTypes()
        for source in repository.sources {
            let table = TableReference(of: source, types: declared[source.name] ?? [])
            if let known = memory.description(of: table), !readsText || memory.isRead(table) {
                found.append((source.name, .success(known)))
            } else {
                waiting.append((source.name, table))
            }
        }
        var learnt: [Described] = []
        await withTaskGroup(of: Look.self) { group in
            func startNext() {
                guard let next = waiting.popFirst() else { return }
                let engine = engine
                group.addTask {
                    do throws(TallyError) {
                        let found = try await memory.describe(
                            next.table, with: engine, now: now, readsText: readsText)
                        return Look(source: next.name, result: .success(found.description), learnt: found.learnt)
                    } catch {
                        return Look(source: next.name, result: .failure(error), learnt: nil)
                    }
                }
            }
            for _ in 0..<Self.describedAtOnce { startNext() }
            while let look = await group.next() {
                if let new = look.learnt { learnt.append(new) }
                found.append((look.source, look.result))
                startNext()
            }
        }
        memory.keep(
            repository.sources.map { TableReference(of: $0, types: declared[$0.name] ?? []) }, learnt)
        return found
    }

    /// The engine's description of one source, or its error.
    ///
    /// A type with a name: a `Result` of a tuple crashes in a task group once it is optimised (Swift 6.3).
    private struct Look {
        let source: String
        let result: Result<TableDescription, TallyError>
        let learnt: Described?
    }

    /// Footers are small: more at once would only wait for each other.
    private static let describedAtOnce = 4
}
