// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials
import TallyAssembly
import TallyModel
import TallyStore
import TallyTesting
import Testing

/// A repository in a folder of its own with random data, for tests of whole training sets.
final class TrainingFixture: Sendable {
    let root: String
    let registry = InMemoryRegistry()
    static let now = Timestamp(microseconds: 1_767_225_600_000_000)
    static let asOf = Timestamp(microseconds: 1_704_240_000_000_000)

    /// Writes definitions, a source of `sourceRows` and a spine of `spineRows` rows with many equal times.
    init(seed: UInt64, spineRows: Int, sourceRows: Int) async throws {
        root = FileManager.default.temporaryDirectory.path + "/tally-training-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root + "/definitions", withIntermediateDirectories: true)
        try write("project: fixture\n", to: "tally.yaml")
        try write(Self.definitions, to: "definitions/all.yaml")
        var random = SeededGenerator(seed: seed)
        let start: Int64 = 1_704_067_200_000_000
        func times(_ count: Int) -> Column {
            let seconds = (0..<count).map { _ in start + Int64(random.next() % 1_440) * 60_000_000 }
            return Column(
                type: .timestamp, storage: .int64(seconds),
                validity: Validity(count: count) { _ in random.next() % 100 > 0 }
            )
            .zeroingNulls()
        }
        func keys(_ count: Int) -> Column {
            Column(type: .int64, storage: .int64((0..<count).map { _ in Int64(random.next() % 50) }))
        }
        let source = Batch([
            ("user_id", keys(sourceRows)), ("happened_at", times(sourceRows)),
            ("score", Column(type: .int64, storage: .int64((0..<sourceRows).map { _ in Int64(random.next() % 9) }))),
            (
                "weight",
                Column(
                    type: .float64,
                    values: (0..<sourceRows).map { _ in
                        random.next() % 10 == 0 ? .null : .float64(Double(random.next() % 1_000) / 8)
                    })
            ),
            (
                "note",
                Column(
                    type: .string,
                    values: (0..<sourceRows).map { _ in
                        .string(String(repeating: "x", count: Int(random.next() % 20)))
                    })
            ),
        ])
        let spine = Batch([
            ("row", Column(type: .int64, storage: .int64((0..<spineRows).map(Int64.init)))),
            ("user_id", keys(spineRows)), ("event_timestamp", times(spineRows)),
        ])
        let outcomes = Batch([
            ("row", Column(type: .int64, storage: .int64((0..<spineRows).map(Int64.init)))),
            ("decided_at", times(spineRows)),
            ("bought", Column(type: .bool, storage: .bool((0..<spineRows).map { _ in UInt8(random.next() % 2) }))),
        ])
        try await write(source, to: "events.parquet")
        try await write(spine, to: "spine.parquet")
        try await write(outcomes, to: "outcomes.parquet")
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func write(_ text: String, to file: String) throws {
        try AtomicFile.write(Array(text.utf8), to: root + "/" + file)
    }

    private func write(_ batch: Batch, to file: String) async throws {
        let engine = try Workspace(root: root).engine
        let request = WriteRequest(
            path: root + "/" + file, format: .parquet, columns: batch.schema.map { WriteRequest.Column(schema: $0) })
        try await engine.write(request) { (sink) async throws(TallyError) in
            try await sink.send(batch)
            return [:]
        }
    }

    /// Builds the training set with these means.
    func train(
        to output: String, threads: Int = 1, partBytes: Int = 1 << 30, ignoresKnownTime: Bool = false,
        isEarly: Bool = false, meddling: (@Sendable () throws -> Void)? = nil
    ) async throws -> TrainingManifest {
        let workspace = try Workspace(root: root, limits: EngineLimits(memory: 1 << 30, threads: threads))
        let definitions = try await workspace.check(now: Self.now).definitions()
        let release = try #require(try FingerprintGraph.build(from: definitions).releases.first)
        let engine =
            meddling.map { MeddlingEngine(base: workspace.engine, meddle: $0, isEarly: isEarly) } ?? workspace.engine
        let trainer = Trainer(
            definitions: definitions, release: release, engine: engine,
            sources: SourcePreparer(root: root, engine: workspace.engine, registry: registry), registry: registry,
            environment: RunEnvironment(
                now: { Self.now }, architecture: "test", system: "test", mathLibrary: "test"))
        return try await trainer.train(
            TrainingRequest(
                service: "model", spine: root + "/spine.parquet", output: root + "/" + output, asOf: Self.asOf,
                ignoresKnownTime: ignoresKnownTime, partBytes: partBytes))
    }

    func files() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: root))
    }

    func bytes(of file: String) throws -> [UInt8] { try AtomicFile.read(root + "/" + file) ?? [] }

    private static let definitions = """
        kind: Entity
        name: user
        owner: tests
        joinKeys: [{name: user_id, type: int64}]
        ---
        kind: Source
        name: events
        owner: tests
        path: events.parquet
        eventTime: happened_at
        knownAfter: 90s
        ---
        kind: Source
        name: outcomes
        owner: tests
        path: outcomes.parquet
        eventTime: decided_at
        ---
        kind: FeatureView
        name: activity
        owner: tests
        entities: [user]
        source: events
        timeToLive: 10m
        features:
          - {name: score, type: int64}
          - {name: weight, type: float64}
          - {name: note, type: string}
        ---
        kind: FeatureView
        name: derived
        owner: tests
        entities: [user]
        source: events
        features:
          - {name: ratio, type: float64, expression: "weight / score"}
          - {name: long_note, type: bool, expression: "length(note) > 10"}
        ---
        kind: FeatureService
        name: model
        owner: tests
        features: [activity, derived]
        onDemand:
          - {name: late, type: bool, expression: "hour(observed_at) >= 20"}
        label: {source: outcomes, keys: [row], column: bought, maturity: 6h}

        """
}
