// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyAssembly
import TallyModel
import TallyStore
import Testing

/// Holds SEMANTICS 6.5 for functions in Python, with a Swift closure in Python's place.
@Suite struct PythonTransformTests {
    /// Doubles `total`; what it was asked is kept.
    private final class Twin: Sendable {
        let asked = Mutex<[JSON]>([])

        var host: PythonHost {
            PythonHost(language: "python 3.0.0") { [self] text in
                guard let request = try? JSON(parsing: text) else { return nil }
                asked.withLock { $0.append(request) }
                let values = request["inputs"]?.arrayValue?.first?["values"]?.arrayValue ?? []
                let doubled = values.map { value -> JSON in value.intValue.map { .int($0 * 2) } ?? .null }
                return JSON.object([("columns", .array([.array(doubled)]))]).compactText
            }
        }
    }

    private static let code = "def twice(row):\n    return {'double': row['total']}\n"

    private static func fixture() throws -> ShopFixture {
        let fixture = try ShopFixture()
        try fixture.write(
            """
            kind: PythonTransform
            name: twice
            source: transforms/twice.py
            inputs: {total: int64}
            outputs: {double: int64}
            ---
            kind: FeatureService
            name: doubled
            features: [last_order]
            transforms: [twice]
            """, to: "definitions/twice.yaml")
        try fixture.write(code, to: "transforms/twice.py")
        return fixture
    }

    private static func store(_ fixture: ShopFixture, _ python: PythonHost?) -> FeatureStore {
        FeatureStore(
            root: fixture.root, host: fixture.store.host.running(python),
            limits: EngineLimits(memory: 512 << 20, threads: 1))
    }

    private static func training(_ fixture: ShopFixture, _ service: String = "doubled") -> TrainingRequest {
        TrainingRequest(
            service: service, spine: fixture.root + "/spine.csv", output: fixture.root + "/\(service).csv")
    }

    private static func keys() -> Batch {
        Batch(
            schema: [ColumnSchema(name: "user_id", type: .int64)],
            columns: [Column(type: .int64, values: [.int64(1), .int64(2), .int64(3)])], count: 3)
    }

    private static let noInputs = Batch(schema: [], columns: [], count: 3)

    @Test func `a training set and a vector hold what the same function gave`() async throws {
        let (fixture, twin) = (try Self.fixture(), Twin())
        let store = Self.store(fixture, twin.host)
        _ = try await store.apply()
        _ = try await store.materialize(MaterializationRequest())
        let manifest = try await store.train(Self.training(fixture))
        #expect(manifest.identity["language"] == .string("python 3.0.0"))
        let told = try #require(manifest.identity["transforms"]?.arrayValue?.first)
        #expect(told["sha256"] == .string(Fingerprint(of: Self.code.utf8).hex))
        let answer = try await store.vectors(of: "doubled").read(
            VectorRequest(keys: Self.keys(), inputs: Self.noInputs))
        #expect((0..<3).map { answer.value(1, $0) } == [.int64(40), .int64(10), .null])
        #expect((0..<3).map { answer.status(1, $0) } == [.present, .present, .null])
        #expect(answer.eventTime(1, 0) == answer.eventTime(0, 0))
        let requests = twin.asked.withLock { $0 }
        #expect(requests.map { $0["sha256"] } == [told["sha256"], told["sha256"]])
        let values = requests.map { $0["inputs"]?.arrayValue?.first?["values"] }
        #expect(values == [.array([.int(10), .int(5), .null]), .array([.int(20), .int(5), .null])])
        let report = try await store.compare("doubled", ComparisonRequest(sample: 20, at: nil, seed: 1))
        #expect(report.differing == 0)
    }

    @Test func `a program without Python refuses the service and answers the others`() async throws {
        let fixture = try Self.fixture()
        let store = Self.store(fixture, nil)
        _ = try await store.apply()
        _ = try await store.materialize(MaterializationRequest())
        let refused = await #expect(throws: TallyError.self) { try await store.train(Self.training(fixture)) }
        #expect(refused?.code == .needsPython)
        #expect(refused?.help?.text(for: .commandLine).contains("Python package") == true)
        let vectors = try await store.vectors(of: "doubled")
        let unread = await #expect(throws: TallyError.self) {
            try await vectors.read(VectorRequest(keys: Self.keys(), inputs: Self.noInputs))
        }
        #expect(unread?.code == .needsPython)
        let compared = await #expect(throws: TallyError.self) {
            try await store.compare("doubled", ComparisonRequest(sample: 5, at: nil, seed: 1))
        }
        #expect(compared?.code == .needsPython)
        #expect(try await store.servingParts().serving.catalogue.servicesInPython == ["doubled"])
        let other = try await store.vectors(of: "model").read(VectorRequest(keys: Self.keys(), inputs: Self.noInputs))
        #expect(other.value(0, 0) == .int64(20))
        #expect(try await store.train(Self.training(fixture, "model")).identity["transforms"] == nil)
    }

    @Test func `a changed file changes values and no stored row, and is in force once it is applied`() async throws {
        let (fixture, twin) = (try Self.fixture(), Twin())
        let store = Self.store(fixture, twin.host)
        _ = try await store.apply()
        _ = try await store.materialize(MaterializationRequest())
        try fixture.write(Self.code + "# 3\n", to: "transforms/twice.py")
        let plan = try await store.plan().plan
        let effects = plan.changes.map { ($0.id.description, $0.effect, $0.needsBackfill) }
        #expect(effects.map(\.0) == ["transform twice", "service doubled"])
        #expect(effects.allSatisfy { $0.1 == .value && !$0.2 })
        #expect(plan.changes.first?.fields.map(\.path) == [["sha256"]])
        let refused = await #expect(throws: TallyError.self) { try await store.train(Self.training(fixture)) }
        #expect(refused?.code == .conflict)
        // What serves is the applied text, whose digest goes to Python.
        _ = try await store.vectors(of: "doubled").read(VectorRequest(keys: Self.keys(), inputs: Self.noInputs))
        let last = twin.asked.withLock { $0.last?["sha256"] }
        #expect(last == .string(Fingerprint(of: Self.code.utf8).hex))
        _ = try await store.apply()
        #expect(try await store.plan().plan.isEmpty)
        _ = try await store.train(Self.training(fixture))
    }

    @Test(arguments: [
        (#"{"columns": [[1, "x", null]]}"#, "row 1: output 'double' is no int64"),
        (#"{"columns": [[1, 2]]}"#, "output 'double' has 2 values for 3 rows"),
        (#"{"columns": []}"#, "0 outputs came for 1 promised ones"),
        (#"{"error": {"message": "KeyError", "help": "h", "row": 2}}"#, "row 2: KeyError"),
        ("no JSON", "python gave no answer"),
    ])
    func `what is not as promised is an error and no value`(_ reply: String, _ message: String) async throws {
        let fixture = try Self.fixture()
        let store = Self.store(fixture, PythonHost(language: "python 3.0.0") { _ in reply })
        _ = try await store.apply()
        let error = await #expect(throws: TallyError.self) { try await store.train(Self.training(fixture)) }
        #expect(error?.code == .transform)
        #expect(error?.message == message)
        #expect(error?.subject == "transform twice")
        #expect(FileName.exists(fixture.root + "/doubled.csv") == false)
    }
}
