// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel
import TallyTesting

/// Holds up whoever comes until it is opened.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var visitors: [CheckedContinuation<Void, Never>] = []
        var watchers: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    /// Waits until the gate is open.
    func pass() async {
        await withCheckedContinuation { continuation in
            let (resumed, watchers) = state.withLock { state in
                if !state.isOpen { state.visitors.append(continuation) }
                defer { state.watchers = [] }
                return (state.isOpen, state.watchers)
            }
            if resumed { continuation.resume() }
            for watcher in watchers { watcher.resume() }
        }
    }

    /// Whether somebody waits at the gate.
    var hasVisitor: Bool { state.withLock { !$0.visitors.isEmpty } }

    /// Waits until somebody waits at the gate.
    func waitForVisitor() async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.visitors.isEmpty && !state.isOpen { state.watchers.append(continuation) }
                return !state.visitors.isEmpty || state.isOpen
            }
            if isThere { continuation.resume() }
        }
    }

    /// Lets everybody through from now on.
    func open() {
        let visitors = state.withLock { state in
            state.isOpen = true
            defer { state.visitors = [] }
            return state.visitors
        }
        for visitor in visitors { visitor.resume() }
    }
}

/// An engine that waits at a gate before it reads.
struct WaitingEngine: WrappingEngine {
    let base: any OfflineEngine
    let gate: Gate

    init(_ engine: InMemoryEngine, gate: Gate) {
        base = engine
        self.gate = gate
    }

    func scan(
        _ request: ScanRequest, _ body: (Batch) async throws(TallyError) -> Void
    ) async throws(TallyError) {
        await gate.pass()
        try await base.scan(request, body)
    }

    func pointInTimeJoin(_ request: JoinRequest) async throws(TallyError) -> [JoinResult] {
        await gate.pass()
        return try await base.pointInTimeJoin(request)
    }
}

/// An engine whose joins never end by themselves: only when the task is cancelled.
struct EndlessEngine: WrappingEngine {
    /// What became of its joins.
    final class Joins: Sendable {
        private let counts = Mutex((begun: 0, ended: 0))
        var begun: Int { counts.withLock(\.begun) }
        var ended: Int { counts.withLock(\.ended) }
        fileprivate func begin() { counts.withLock { $0.begun += 1 } }
        fileprivate func end() { counts.withLock { $0.ended += 1 } }
    }

    let base: any OfflineEngine
    let joins: Joins

    init(_ engine: InMemoryEngine, _ joins: Joins) {
        base = engine
        self.joins = joins
    }

    func pointInTimeJoin(_ request: JoinRequest) async throws(TallyError) -> [JoinResult] {
        joins.begin()
        defer { joins.end() }
        try? await Task.sleep(for: .seconds(3_600), clock: .continuous)
        throw TallyError(.interrupted, "was interrupted")
    }
}

/// An engine that fails with words which no client may read.
struct BrokenEngine: WrappingEngine {
    let base: any OfflineEngine

    init(_ engine: InMemoryEngine) { base = engine }

    func scan(
        _ request: ScanRequest, _ body: (Batch) async throws(TallyError) -> Void
    ) async throws(TallyError) { throw Self.secret }

    func pointInTimeJoin(_ request: JoinRequest) async throws(TallyError) -> [JoinResult] { throw Self.secret }

    func write(
        _ request: WriteRequest, _ produce: (BatchSink) async throws(TallyError) -> [String: String]
    ) async throws(TallyError) { throw Self.secret }

    func writeQuery(_ sql: String, to path: String, asMultiset: Bool) async throws(TallyError) { throw Self.secret }

    private static let secret = TallyError(.engine, "a secret of the engine")
}
