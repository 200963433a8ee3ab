// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB
internal import Synchronization
public import TallyModel

/// An online store in one memory-mapped file (LMDB): readers never wait for writers, and a commit is on the disk.
///
/// Reads run on the calling thread, over the mapped memory: about a microsecond a key when the file is in memory. Fills
/// and drops run on a queue of the store's own. Stores of one folder share what is open, so any number may be made; any
/// number of processes may use a folder of a local disk at once, a network's file system they may not.
public final class LMDBStore: OnlineStore {
    private let present: Mutex<Environment>
    private let isReadOnly: Bool

    /// The open environment; it stays open for as long as a caller holds it.
    var environment: Environment { present.withLock { $0 } }

    /// Opens the store in a folder, or makes it with the folders above it; takes milliseconds and blocks.
    ///
    /// Throws `E-unwritable` when it cannot be made or opened, `E-corrupt` when the file is no online store, `E-unreadable`
    /// when another version of the program wrote it in another form, and `E-engine` for other failures of the library.
    public convenience init(path: String) throws(TallyError) {
        try self.init(path: path, limits: LMDBLimits())
    }

    /// Opens a store with other limits, which hold if no other store in the process has it open.
    package convenience init(path: String, limits: LMDBLimits) throws(TallyError) {
        self.init(try Environment.forWriting(path, limits: limits), isReadOnly: false)
    }

    private init(_ environment: Environment, isReadOnly: Bool) {
        present = Mutex(environment)
        self.isReadOnly = isReadOnly
    }

    /// Opens a store for reading only; nil when there is none.
    ///
    /// Filling it throws `E-misuse`. Also readers write to the file of locks beside the data. Throws like `init(path:)`.
    public static func openForReading(path: String) throws(TallyError) -> LMDBStore? {
        try Environment.forReading(path, limits: LMDBLimits()).map { LMDBStore($0, isReadOnly: true) }
    }

    /// Forgets all open stores of the parent, in a forked child before it has a second thread; nothing is closed.
    ///
    /// LMDB must not use in a child what its parent opened. Stores that are opened afterwards are the child's own.
    public static func abandonAll() { OpenEnvironments.abandon() }

    /// The present generations.
    public func generations() throws(TallyError) -> [OnlineGeneration] {
        let environment = environment
        return try environment.reading { (reader) throws(TallyError) in
            var generations: [OnlineGeneration] = []
            for (storage, entry) in try reader.entries() where entry.namespace != nil {
                if let view = try environment.view(of: storage, reader) { generations.append(view.generation) }
            }
            return generations
        }
    }

    /// Reads cells where they lie in the mapped file.
    public func read(
        _ lookups: [OnlineLookup], opening: ([OnlineGeneration?]) throws(TallyError) -> Void,
        _ cell: (_ lookup: Int, _ key: Int, _ bytes: RawSpan) throws(TallyError) -> Void
    ) throws(TallyError) {
        let environment = environment
        try environment.reading { (reader) throws(TallyError) in
            var views: [KnownView?] = []
            for lookup in lookups { views.append(try environment.view(of: lookup.storage, reader)) }
            try opening(views.map { $0?.generation })
            var row = RowKey()
            for (lookup, view) in views.enumerated() {
                guard let namespace = view?.namespace else { continue }
                let keys = lookups[lookup].keys
                for index in keys.indices {
                    guard let key = keys[index] else { continue }
                    row.set(namespace, key.stored)
                    if let bytes = unsafe try reader.value(row.value, in: reader.databases.rows) {
                        unsafe try cell(lookup, index, bytes.bytes)
                    }
                }
            }
        }
    }

    /// Makes the next generation of a view.
    public func fill(
        _ fill: OnlineFill, _ next: @escaping @Sendable () throws(TallyError) -> OnlineEntry?
    ) async throws(TallyError) -> OnlineFillOutcome {
        try checkWritable()
        try follow()
        return try await environment.blocking { [environment] (cancellation) throws(TallyError) in
            var filling = Filling(environment, fill, next, cancellation)
            return try filling.run()
        }
    }

    /// Removes the rows of storage fingerprints.
    public func drop(_ storages: [Fingerprint]) async throws(TallyError) -> [OnlineGeneration] {
        try checkWritable()
        try follow()
        return try await environment.blocking { [environment] (cancellation) throws(TallyError) in
            try environment.drop(storages, cancellation)
        }
    }

    /// Walks through all cells of a view.
    public func scan(
        _ storage: Fingerprint, _ body: (OnlineKey, OnlineCell) throws(TallyError) -> Void
    ) throws(TallyError) {
        let environment = environment
        try environment.reading(.scan) { (reader) throws(TallyError) in
            guard let view = try environment.view(of: storage, reader) else { return }
            let cursor = try Cursor(reader, in: reader.databases.rows)
            var key = RowKey()
            key.set(view.namespace, [])
            var found = unsafe try cursor.seek(key.value)
            var count = 0
            var digest = CellsDigest()
            while let row = unsafe found, unsafe RowKey.namespace(of: row.key) == view.namespace {
                let stored = unsafe RowKey.stored(of: row.key)
                let entry = unsafe try reader.entry(stored, row.value, view: view.generation.view)
                unsafe digest.add(key: stored.bytes, cell: row.value.bytes)
                try body(entry.key, entry.cell)
                count += 1
                unsafe found = try cursor.next()
            }
            try view.generation.check(digest, countOfCells: count)
        }
    }

    /// Turns to the files that are in the folder now; the old ones are closed once no reader uses them.
    public func follow() throws(TallyError) {
        let old = environment
        guard EnvironmentIdentity(of: old.path) != old.identity else { return }
        guard FileName.hasBytes(EnvironmentIdentity.data(old.path)) else {
            throw TallyError(
                .notMaterialized, "its files were moved away", subject: old.path,
                help: "put them back, or run `\(.materialize())`, which reads every source anew")
        }
        // The locks of other data know other commits. Who has them open turns to new ones as we do.
        if EnvironmentIdentity(of: old.path)?.keepsLocks(of: old.identity) == true {
            try StructureProof.require(old.path, isLocked: false)
            FileName.remove(EnvironmentIdentity.locks(old.path))
        }
        let new: Environment?
        if isReadOnly {
            new = try Environment.forReading(old.path, limits: old.limits)
        } else {
            new = try Environment.forWriting(old.path, limits: old.limits)
        }
        if let new { present.withLock { $0 = new } }
    }

    private func checkWritable() throws(TallyError) {
        guard !isReadOnly else {
            throw TallyError(.misuse, "was opened for reading only", subject: environment.path)
        }
    }
}
