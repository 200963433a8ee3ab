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
struct WaitingEngine: OfflineEngine {
    let engine: InMemoryEngine
    let gate: Gate
    var identity: EngineIdentity { engine.identity }

    init(_ engine: InMemoryEngine, gate: Gate) {
        self.engine = engine
        self.gate = gate
    }

    func describe(
        _ table: TableReference, _ extent: TableDescription.Extent
    ) async throws(TallyError) -> TableDescription {
        try await engine.describe(table, extent)
    }

    func scan(
        _ request: ScanRequest, _ body: (Batch) async throws(TallyError) -> Void
    ) async throws(TallyError) {
        await gate.pass()
        try await engine.scan(request, body)
    }

    func measure(_ request: MeasureRequest) async throws(TallyError) -> MeasureResult {
        try await engine.measure(request)
    }

    func pointInTimeJoin(_ request: JoinRequest) async throws(TallyError) -> [JoinResult] {
        await gate.pass()
        return try await engine.pointInTimeJoin(request)
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

/// An engine whose joins never end by themselves: only when the task is cancelled.
struct EndlessEngine: OfflineEngine {
    /// What became of its joins.
    final class Joins: Sendable {
        private let counts = Mutex((begun: 0, ended: 0))
        var begun: Int { counts.withLock(\.begun) }
        var ended: Int { counts.withLock(\.ended) }
        fileprivate func begin() { counts.withLock { $0.begun += 1 } }
        fileprivate func end() { counts.withLock { $0.ended += 1 } }
    }

    let engine: InMemoryEngine
    let joins: Joins
    var identity: EngineIdentity { engine.identity }

    init(_ engine: InMemoryEngine, _ joins: Joins) {
        self.engine = engine
        self.joins = joins
    }

    func describe(
        _ table: TableReference, _ extent: TableDescription.Extent
    ) async throws(TallyError) -> TableDescription {
        try await engine.describe(table, extent)
    }

    func scan(
        _ request: ScanRequest, _ body: (Batch) async throws(TallyError) -> Void
    ) async throws(TallyError) {
        try await engine.scan(request, body)
    }

    func measure(_ request: MeasureRequest) async throws(TallyError) -> MeasureResult {
        try await engine.measure(request)
    }

    func pointInTimeJoin(_ request: JoinRequest) async throws(TallyError) -> [JoinResult] {
        joins.begin()
        defer { joins.end() }
        try? await Task.sleep(for: .seconds(3_600), clock: .continuous)
        throw TallyError(.interrupted, "was interrupted")
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

/// An engine that fails with words which no client may read.
struct BrokenEngine: OfflineEngine {
    let engine: InMemoryEngine
    var identity: EngineIdentity { engine.identity }

    init(_ engine: InMemoryEngine) { self.engine = engine }

    func describe(
        _ table: TableReference, _ extent: TableDescription.Extent
    ) async throws(TallyError) -> TableDescription {
        try await engine.describe(table, extent)
    }

    func scan(
        _ request: ScanRequest, _ body: (Batch) async throws(TallyError) -> Void
    ) async throws(TallyError) {
        throw TallyError(.engine, "a secret of the engine")
    }

    func measure(_ request: MeasureRequest) async throws(TallyError) -> MeasureResult {
        try await engine.measure(request)
    }

    func pointInTimeJoin(_ request: JoinRequest) async throws(TallyError) -> [JoinResult] {
        throw TallyError(.engine, "a secret of the engine")
    }

    func write(
        _ request: WriteRequest, _ produce: (BatchSink) async throws(TallyError) -> [String: String]
    ) async throws(TallyError) {
        throw TallyError(.engine, "a secret of the engine")
    }

    func writeQuery(_ sql: String, to path: String, asMultiset: Bool) async throws(TallyError) {
        throw TallyError(.engine, "a secret of the engine")
    }
}
