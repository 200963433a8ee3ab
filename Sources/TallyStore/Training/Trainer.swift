// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Builds point-in-time training sets: every spine row once and in order, each value as it was known at its time.
public struct Trainer: Sendable {
    let definitions: DefinitionSet
    let release: Release
    let engine: any OfflineEngine
    let sources: SourcePreparer
    let registry: any Registry
    let environment: RunEnvironment
    let runner: (any TransformRunner)?

    /// Prepares training from checked definitions; `environment` brings clock and machine, and without `runner` services
    /// that compute something in Python are refused.
    public init(
        definitions: DefinitionSet, release: Release, engine: any OfflineEngine,
        sources: SourcePreparer, registry: any Registry, environment: RunEnvironment,
        runner: (any TransformRunner)? = nil
    ) {
        self.definitions = definitions
        self.release = release
        self.engine = engine
        self.sources = sources
        self.registry = registry
        self.environment = environment
        self.runner = runner
    }

    /// Builds a training set, with its manifest beside it; both appear whole or not at all.
    ///
    /// Throws `E-not-found` for an unknown service, `E-invalid-data` when the spine or a source is not as promised,
    /// `E-interrupted` when the task is cancelled; then nothing is left behind.
    public func train(_ request: TrainingRequest) async throws(TallyError) -> TrainingManifest {
        let startedAt = environment.now()
        let compiled = try await prepare(request, startedAt: startedAt)
        var state = State(
            counts: TrainingCounts(plan: compiled.plan, hasLabel: compiled.label != nil), columns: compiled.columns)
        var manifest: TrainingManifest?
        try await engine.write(writeRequest(request, compiled.columns)) { (sink) async throws(TallyError) in
            do throws(TallyError) {
                try await self.produce(compiled, into: sink, state: &state)
            } catch {
                throw compiled.looked.reduce(error) { $1.cause(of: $0) }
            }
            for files in compiled.looked { try files.expectUnchanged() }
            state.counts.hidden.files = state.counts.hidden.hidden > 0 ? compiled.lateFiles : [:]
            state.counts.irregularSpineTimes = compiled.spine.times.irregular
            let made = self.manifest(request, compiled, state, startedAt: startedAt)
            manifest = made
            return [
                TrainingManifest.identityKey: made.fingerprint.hex,
                TrainingManifest.markKey: made.isMarked ? TrainingManifest.mark : TrainingManifest.noMark,
            ]
        }
        guard let manifest else { preconditionFailure("the engine wrote a file without asking for its rows") }
        try AtomicFile.write(Array(manifest.json.prettyText.utf8), to: TrainingManifest.path(besides: request.output))
        try await registry.record(.run(record(of: manifest, request, startedAt: startedAt)))
        return manifest
    }

    /// The state that changes while rows are made.
    struct State {
        var counts: TrainingCounts
        var hasher: BatchHasher
        var pending: [Batch] = []
        var pendingRows = 0
        var parts = 0

        init(counts: TrainingCounts, columns: TrainingColumns) {
            self.counts = counts
            hasher = BatchHasher(schema: columns.schema)
        }
    }

    private func writeRequest(_ request: TrainingRequest, _ columns: TrainingColumns) throws(TallyError) -> WriteRequest
    {
        WriteRequest(
            path: request.output, format: try FileKind.format(of: request.output), columns: columns.written,
            metadata: ["tallystick.service": request.service],
            reservedMetadata: [
                TrainingManifest.identityKey: 64, TrainingManifest.markKey: TrainingManifest.mark.utf8.count,
            ])
    }

    /// Reads the spine in order, part by part, and sends each part's finished rows.
    ///
    /// Rows cross the border to the engine four times, six with a label, since each port call streams:
    ///
    /// ```
    /// engine.write ─ opens the output and asks for its rows ───────────────────────────────────┐
    ///   engine.scan ─ spine rows, in order ──> parts of rowsPerPart                            │
    ///     PartWorker.rows ── keys, times ──> engine.pointInTimeJoin ──> features, by view      │
    ///                     ── label keys ───> engine.pointInTimeJoin ──> labels                 │
    ///                     guards, on-demand features, what is omitted                          │
    ///     BatchHasher.update, sink.send ──> the writer ────────────────────────────────────────┘
    /// ```
    ///
    /// So calls of the engine nest three deep; `OfflineEngineLaws` hold that scan, join and write may be nested.
    private func produce(
        _ compiled: CompiledTraining, into sink: BatchSink, state: inout State
    ) async throws(TallyError) {
        var current = state
        try await engine.scan(compiled.spine.scan) { (batch) async throws(TallyError) in
            var rest = batch
            while current.pendingRows + rest.count >= compiled.rowsPerPart {
                let room = compiled.rowsPerPart - current.pendingRows
                current.pending.append(rest.slice(0..<room))
                rest = rest.slice(room..<rest.count)
                try await self.finishPart(compiled, into: sink, state: &current)
            }
            if rest.count > 0 { current.pending.append(rest) }
            current.pendingRows += rest.count
        }
        try await finishPart(compiled, into: sink, state: &current)
        state = current
    }

    private func finishPart(
        _ compiled: CompiledTraining, into sink: BatchSink, state: inout State
    ) async throws(TallyError) {
        guard !state.pending.isEmpty else { return }
        let part = Batch.concatenating(state.pending)
        state.pending = []
        state.pendingRows = 0
        let rows = try await compiled.worker.rows(of: part, counts: &state.counts)
        state.parts += 1
        var start = 0
        while start < rows.count {
            let slice = rows.slice(start..<min(rows.count, start + Self.rowsPerSlice))
            state.hasher.update(slice)
            try await sink.send(slice)
            start += Self.rowsPerSlice
        }
    }

    /// Rows hashed and sent at once: enough to amortise a call, few enough to stay in the cache.
    private static let rowsPerSlice = 16_384
}
