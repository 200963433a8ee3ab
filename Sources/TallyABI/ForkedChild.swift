// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CTally
internal import Glibc
internal import Synchronization
internal import TallyAssembly
internal import TallyModel

/// The library in the forked child of a process that used it: `get` works on the stores that the parent had open.
///
/// Nothing of the parent's is used but values that nobody changes: what serves, and the path of the store, taken on the
/// parent's side of the fork. The online store is opened anew. Neither registry nor engine nor a pool of threads is touched:
/// their locks may have been held by threads that did not come along.
///
/// Sendable on our word: the table of handles is reached under its lock only.
@safe final class ForkedChild: @unchecked Sendable {
    private let sessions: [UInt64: StoreSession]
    private let lock = ForkLock()
    private var table: HandleTable
    private var isStuck = false

    private init(_ seeds: [UInt64: ForkSeed], depth: UInt32) {
        sessions = seeds.mapValues { StoreSession($0) }
        // Handles of the parent and of the child are never the same numbers.
        table = HandleTable(firstTurn: 1 << 31 | depth << 24)
    }

    /// Held while a thread forks: two may at once.
    private static let forking = ForkLock()
    /// What the next child is given; written while a thread forks.
    private nonisolated(unsafe) static var seeds: [UInt64: ForkSeed] = [:]
    /// The state of the next child, made before the fork: where threads were lost nothing should be made that need not be.
    private nonisolated(unsafe) static var next: ForkedChild?
    /// Written in the child, before it has a second thread.
    private nonisolated(unsafe) static var child: ForkedChild?
    private nonisolated(unsafe) static var depth: UInt32 = 0
    private static let isWarm: Void = { _ = OwnThread.run { () -> Result<[UInt8], TallyError>? in nil } }()

    /// The state of this process, if it is a forked child that can do something.
    static var present: ForkedChild? { unsafe child }

    /// Has the system tell of forks from now on; to be called once.
    static func watch() {
        _ = present
        pthread_atfork({ ForkedChild.prepare() }, { ForkedChild.goOn() }, { ForkedChild.begin() })
    }

    private static func prepare() {
        forking.lock()
        if !ProcessGuard.isForked {
            _ = isWarm
            var found: [UInt64: ForkSeed] = [:]
            for (handle, session) in HandleTable.shared.withLock({ $0.stores }) {
                if let seed = CallingThread.run(under: nil, { await session.seed() }) { found[handle] = seed }
            }
            unsafe seeds = found
        }
        // A child hands on what it was given.
        unsafe next = ForkedChild(seeds, depth: depth &+ 1)
    }

    private static func goOn() {
        unsafe next = nil
        forking.unlock()
    }

    private static func begin() {
        forking.reset()
        unsafe depth &+= 1
        StoreSession.abandonParent()
        // What the parent knew as a child stays where it is: its locks may be held.
        if let old = unsafe child { _ = unsafe Unmanaged.passRetained(old) }
        unsafe child = next
        unsafe next = nil
    }

    /// Gives out a handle.
    func add(_ held: Held) -> UInt64 { lock.withLock { table.add(held) } }

    /// Returns what a handle stands for.
    func held(_ handle: UInt64) -> Held? { lock.withLock { table.held(handle) } }

    /// Takes a handle back.
    func remove(_ handle: UInt64) -> Held? { lock.withLock { table.remove(handle) } }

    /// The number of handles that the child was given and did not give back.
    var count: Int { lock.withLock { table.count } }

    /// The session of a store of the parent's; nil where the child cannot read it.
    func session(_ handle: UInt64) -> StoreSession? { lock.withLock { isStuck } ? nil : sessions[handle] }

    /// Answers `get`; nil where the answer needs what a child has not: the sources, or a thread that comes back.
    func get(_ session: StoreSession, _ request: String) -> Result<[UInt8], TallyError>? {
        let answer = OwnThread.run { () -> Result<[UInt8], TallyError>? in
            do throws(TallyError) {
                return .success(try session.answer("get", request, under: nil))
            } catch {
                // An instant before the stored rows is answered from the sources.
                return error.code == .notMaterialized && Self.namesInstant(request) ? nil : .failure(error)
            }
        }
        guard let answer else {
            lock.withLock { isStuck = true }
            return nil
        }
        return answer
    }

    private static func namesInstant(_ request: String) -> Bool {
        guard let json = try? JSON(parsing: request), let instant = json["at"] else { return false }
        return instant != .null
    }
}
