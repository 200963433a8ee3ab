// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Reads feature vectors: the latest visible row of each view (SEMANTICS 3), then what is computed on demand.
public struct VectorReader: Sendable {
    private let store: any OnlineStore
    private let clock: @Sendable () -> Timestamp
    private let offline: OfflineFallback?
    private let runner: (any TransformRunner)?

    /// Reads from a store; without `offline`, instants before the online rows begin are an error, and without `runner`
    /// services that compute something in Python are.
    public init(
        store: any OnlineStore, clock: @escaping @Sendable () -> Timestamp, offline: OfflineFallback? = nil,
        runner: (any TransformRunner)? = nil
    ) {
        self.store = store
        self.clock = clock
        self.offline = offline
        self.runner = runner
    }

    /// The vectors of a request, all views as of one instant and out of one snapshot of the store.
    ///
    /// The instant is the request's, else the clock's, but never one before the rows that are stored: a clock that is behind
    /// by less than a minute does not hide them, and one that is further behind is `E-clock`. A view whose rows begin after
    /// the instant is answered by the offline engine, and the answer's `positions` say so.
    /// Throws `E-not-materialized` when that is not possible, or where the rows of a view were removed since the
    /// layout was made, `E-corrupt` for damaged rows, `E-interrupted` when the task is cancelled while sources are
    /// read, `E-needs-python` and `E-transform` for functions in Python, and what `allowance` throws: it is asked
    /// before texts and lists are kept, and before sources are read.
    public func read(
        _ layout: VectorLayout, _ request: VectorRequest, within allowance: any ReadAllowance = UnboundedRead()
    ) async throws(TallyError) -> FeatureVectors {
        try layout.vector?.expect(runner)
        var answer = VectorAnswer(layout, request, allowance)
        try await readOnline(&answer)
        let early = answer.earlyViews
        guard !early.isEmpty else { return try answer.finish(running: runner) }
        if offline != nil { try await allowance.beginReadingSources() }
        defer { if offline != nil { allowance.endReadingSources() } }
        for view in early { try await readOffline(view, &answer) }
        return try answer.finish(running: runner)
    }

    private func readOnline(_ answer: inout VectorAnswer) async throws(TallyError) {
        let layout = answer.layout
        let groups = answer.lookupKeys
        let lookups = layout.views.indices.map { view in
            OnlineLookup(storage: layout.views[view].fingerprints.storage, keys: groups[layout.keyGroup[view]])
        }
        try await store.read(lookups) { (generations) throws(TallyError) in
            try answer.open(generations, clock: self.clock)
        } _: { (view, entity, bytes) throws(TallyError) in
            try answer.take(bytes, view: view, entity: entity, key: lookups[view].keys[entity])
        }
    }

    private func readOffline(_ view: Int, _ answer: inout VectorAnswer) async throws(TallyError) {
        let served = answer.layout.views[view]
        guard let offline else {
            throw TallyError(
                .notMaterialized,
                "its rows begin at \(answer.horizon(view)), and the answer for \(answer.time) needs the sources",
                subject: "view \(served.name)",
                help: "ask for a later instant, or ask where the sources can be read (`\(.get)`)")
        }
        guard !Task.isCancelled else {
            throw TallyError(.interrupted, "was interrupted", subject: "view \(served.name)")
        }
        guard let prepared = try await offline.sources.prepare([served.compiled], at: clock())[served.name] else {
            throw TallyError(.internal, "its source was not prepared", subject: "view \(served.name)")
        }
        // The engine hands over all features of the view, asked for or not.
        try answer.hold(served.features.count * MemoryLayout<Value>.stride)
        let keys = served.compiled.joinKeys
        let columns = keys.map { key in
            answer.request.keys[key.name] ?? Column.nulls(type: key.type, count: answer.count)
        }
        let times = Column(
            type: .timestamp,
            storage: .int64([Int64](repeating: answer.time.microseconds, count: answer.count)))
        let request = JoinRequest(
            keys: Batch(schema: keys, columns: columns, count: answer.count), times: times,
            views: [served.compiled.join(prepared)])
        let results: [JoinResult]
        do throws(TallyError) {
            results = try await offline.engine.pointInTimeJoin(request)
        } catch {
            throw prepared.looked?.cause(of: error) ?? error
        }
        try prepared.looked?.expectUnchanged()
        try answer.take(results[0], view: view, snapshot: prepared.snapshot.fingerprint)
    }
}
