// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyAssembly
import TallyContracts
import TallyDefinitions
import TallyExpressions
import TallyModel
import TallyStatistics
import TallyStore
import TallyTesting
import Testing

/// The examples of the documentation, as they stand there; a test of the house compares both line by line.
///
/// Where the documentation shows a value behind a comment, the test expects it.
@Suite struct DocumentedExamples {
    @Test func `a feature store trains, fills, serves and compares`() async throws {
        let shop = try ShopFixture()
        let (root, host) = (shop.root, shop.store.host)
        let store = FeatureStore(root: root, host: host)
        _ = try await store.apply()
        _ = try await store.materialize(MaterializationRequest())
        let vectors = try await store.vectors(of: "model")
        let keys = Batch([("user_id", Column(type: .int64, values: [.int64(1)]))])
        let answer = try await vectors.read(VectorRequest(keys: keys, inputs: Batch(schema: [], columns: [], count: 1)))
        #expect(answer.value(0, 0) == .int64(20))
        #expect(answer.status(0, 0) == .present)

        let manifest = try await store.train(
            TrainingRequest(service: "model", spine: root + "/spine.csv", output: root + "/train.csv"))
        #expect(manifest.counts.json["rows"]?["written"] == .int(3))

        let report = try await store.compare("model", ComparisonRequest(sample: 10, at: nil, seed: 1))
        #expect(report.differing == 0)

        try shop.write("user_id,at,total\n1,2024-01-01T13:00:00Z,-7\n", to: "orders/2.csv")
        let verification = try await store.verify(["orders"])
        let broken = verification.reports.flatMap(\.findings).filter { $0.verdict == .broken }
        #expect(broken.map(\.promise.id) == ["orders.total.range"])
    }

    @Test func `an expression is compiled once and evaluated over columns`() throws {
        let columns = [ColumnSchema(name: "distance", type: .int64), ColumnSchema(name: "hours", type: .float64)]
        let speed = try TypedExpression.compile("distance / hours", columns: columns).get()
        let rows = Batch([
            ("distance", Column(type: .int64, values: [.int64(300), .null])),
            ("hours", Column(type: .float64, values: [.float64(2.5), .float64(1)])),
        ])
        #expect(speed.evaluate(rows).column.values == [.float64(120), .null])
    }

    @Test func `definitions and contracts are read with their mistakes`() {
        let files = [
            DefinitionFile(path: "tally.yaml", text: "project: shop\n"),
            DefinitionFile(
                path: "definitions/user.yaml", text: "kind: Entity\nname: user\njoinKeys: [{name: id, type: int63}]\n"),
        ]
        let repository = RepositoryReader.read(files: files)
        #expect(repository.diagnostics.map(\.location.line) == [3])

        let text = """
            apiVersion: v3.1.0
            kind: DataContract
            id: orders
            version: 1.0.0
            status: active
            schema:
              - name: orders
                properties: [{name: total, logicalType: integer, required: true}]
            """
        let loaded = ContractReader.read(DefinitionFile(path: "orders.odcs.yaml", text: text))
        #expect(loaded.diagnostics.filter { $0.severity == .error }.count == 0)
    }

    @Test func `values are read and compared as they mean`() {
        let one = Fingerprint(of: .object([("name", .string("total")), ("type", .string("int64"))]))
        let other = Fingerprint(of: .object([("type", .string("int64")), ("name", .string("total"))]))
        #expect(one == other)
        #expect(Timestamp("2013-01-01T00:00:00-05:00") == Timestamp("2013-01-01T05:00:00Z"))
        #expect(Timestamp("2013-01-01T00:00:00") == nil)
        #expect(TimeSpan("90m") == TimeSpan(microseconds: 5_400_000_000))
        #expect(DecimalNumber("0.30") == DecimalNumber("3e-1"))
    }

    @Test func `advice is spelled for who reads it`() {
        let advice: Advice = "run `\(.materialize(["weather"], full: true))` once"
        #expect(advice.text(for: .commandLine) == "run `tally materialize weather --full` once")
        #expect(advice.text(for: .python) == #"run `store.materialize("weather", full=True)` once"#)
    }

    @Test func `patterns, sums, ranks and seeds give what they say`() throws {
        let pattern = try Pattern("^[A-Z]{2}[0-9]{4}$")
        #expect(pattern.matches("DE1234"))
        var sum = CompensatedSum()
        for number in [1e100, 1, -1e100] { sum.add(number) }
        #expect(sum.rounded == 1)
        #expect(NearestRank(0.9).value(among: [7, 1, 3, 9, 5, 2, 8, 4, 6, 10]) == 9)
        var random = SplitMix64(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
    }

    @Test func `an online store is held to its laws`() async throws {
        let stores = Mutex<[String: InMemoryOnlineStore]>([:])
        let laws = OnlineStoreLaws { name in
            stores.withLock { opened in
                let store = opened[name] ?? InMemoryOnlineStore()
                opened[name] = store
                return store
            }
        }
        try await laws.all()
    }
}
