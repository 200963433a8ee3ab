// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyAssembly
import TallyContracts
import TallyModel
import TallyStore
import TallyTesting
import Testing

/// Rows are judged as rows: in a file and in memory alike.
@Suite struct BatchAdmissionTests {
    private static let now = Timestamp("2026-02-01T00:00:00Z") ?? .distantPast

    private static func promise(
        _ id: String, _ check: String, column: String? = nil, _ arguments: [String: JSON] = [:],
        on reaction: Reaction
    ) -> Promise {
        Promise(id: id, object: "t", column: column, check: check, arguments: arguments, reaction: reaction)
    }

    private static func table(_ promises: [Promise], path: String = "data/*.parquet") throws -> PromisedTable {
        let columns = ["id", "customer", "amount", "paid_at"].map { Contract.Column(name: $0) }
        let contract = Contract(
            id: "c", version: "1.0.0", objects: [Contract.Object(name: "t", columns: columns, promises: promises)])
        let source = Source(name: "t", location: .files(path: path, format: .parquet), eventTime: "paid_at")
        return try #require(PromisedTable(source, contract))
    }

    private static func rows(_ count: Int, _ random: inout SeededGenerator) -> Batch {
        func column(_ type: DataType, _ make: (inout SeededGenerator) -> Value) -> Column {
            Column(type: type, values: (0..<count).map { _ in make(&random) })
        }
        return Batch([
            ("id", column(.int64) { .int64(Int64($0.below(40))) }),
            ("customer", column(.string) { $0.below(9) == 0 ? .null : .string("c\($0.below(5))") }),
            ("amount", column(.float64) { $0.below(8) == 0 ? .null : .float64(Double($0.below(60) - 4) / 2) }),
            ("paid_at", column(.timestamp) { .timestamp(Timestamp(microseconds: Int64($0.below(1_000_000)))) }),
        ])
    }

    private static func promises(_ random: inout SeededGenerator) -> [Promise] {
        let actions: [Reaction.Action] = [.accept, .warn, .serveDefault, .quarantine, .quarantine, .block, .rollback]
        func reaction() -> Reaction {
            let limit: Double? = random.below(3) == 0 ? Double(random.below(4)) / 10 : nil
            return Reaction(random.pick(actions), upTo: limit)
        }
        let all: [(String, String, String?, [String: JSON])] = [
            ("customer.required", "required", "customer", [:]),
            ("amount.range", "range", "amount", ["minimum": .int(0), "maximum": .int(25)]),
            ("amount.present", "present", "amount", [:]), ("gift.present", "present", "gift", [:]),
            ("id.multiple", "range", "id", ["maximum": .int(35)]),
            ("customer.type", "logicalType", "customer", ["type": .string("string")]),
            ("id.unique", "unique", "id", [:]),
            ("t.rows", "rowCount", nil, ["mustBeGreaterThan": .int(Int64(random.below(30)))]),
            ("amount.nulls", "nullValues", "amount", ["mustBeLessThan": .int(Int64(random.below(9)))]),
            ("t.repeats", "duplicateValues", nil, ["properties": .array([.string("customer")]), "mustBe": .int(0)]),
        ]
        return all.filter { _ in random.below(2) == 0 }.map { promise($0.0, $0.1, column: $0.2, $0.3, on: reaction()) }
    }

    /// How a thing was looked at differs, and nothing else may.
    private static func evidence(_ finding: JSON) -> String {
        guard case .string(let method)? = finding["evidence"]?["method"] else { return finding.canonicalText }
        return finding.canonicalText.replacing(#""method":"\#(method)""#, with: "")
    }

    /// A folder that files enter, and the same rows admitted in memory.
    private struct Twins {
        let folder: TemporaryFolder
        let engine: any OfflineEngine
        let registry = InMemoryRegistry()
        let table: PromisedTable
        var visible: [Batch] = []
        var previous: Int? { visible.isEmpty ? nil : visible.reduce(0) { $0 + $1.count } }

        func path(_ number: Int) -> String { folder.path + "/data/\(number).parquet" }

        /// Lays down a file and lets it in; nil where it is refused.
        func enter(_ batch: Batch, _ number: Int) async throws -> PreparedSource? {
            try FileName.makeFolder(folder.path + "/data")
            let columns = batch.schema.map { WriteRequest.Column(schema: $0) }
            try await engine.write(WriteRequest(path: path(number), format: .parquet, columns: columns)) {
                (sink) async throws(TallyError) in
                try await sink.send(batch)
                return [:]
            }
            do throws(TallyError) {
                return try await SourcePreparer(root: folder.path, engine: engine, registry: registry)
                    .prepare(table.source, contract: table.contract, at: BatchAdmissionTests.now)
            } catch {
                #expect(error.code == .brokenPromise, "\(error)")
                return nil
            }
        }

        /// The rules that rows of a file were set aside for, row by row.
        func rules(_ number: Int) async throws -> [String] {
            let quarantine = Quarantine(root: folder.path, engine: engine, registry: registry)
            guard let entry = try quarantine.entries().first(where: { $0.file == "data/\(number).parquet" }) else {
                return []
            }
            return try await quarantine.rows(of: entry, limit: 100).map(\.rule)
        }

        /// The rows that files let in, sorted: copies lie in another folder than files of which every row was let in.
        func rows(of source: PreparedSource, _ schema: [ColumnSchema]) async throws -> [String] {
            var kept: [String] = []
            let scan = ScanRequest(
                table: TableReference(rows: .paths(source.snapshot.files.map(\.path), .parquet)),
                columns: schema.map { ScanRequest.Column(name: $0.name, type: $0.type) })
            try await engine.scan(scan) { (rows) in kept += (0..<rows.count).map { "\(rows.row($0))" } }
            return kept.sorted()
        }
    }

    @Test(arguments: UInt64(0)..<24)
    func `a batch is admitted as the same rows in a file are`(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let folder = try TemporaryFolder("batch")
        let promises = Self.promises(&random)
        var twins = Twins(
            folder: folder, engine: try StandaloneEngine.open(root: folder.path), table: try Self.table(promises))
        for number in 0..<3 {
            let batch = Self.rows(1 + random.below(30), &random)
            let admitted = try await twins.table.admit(
                batch, beside: twins.visible, previousRows: twins.previous, at: Self.now)
            let words = "seed \(seed), file \(number), \(admitted.decision.responses)"
            let file = try await twins.enter(batch, number)
            guard !promises.isEmpty else { continue }
            let run = try #require(try await twins.registry.runs(limit: 1).first)
            #expect(run.summary["decision"]?.stringValue == admitted.decision.action.rawValue, "\(words)")
            let told = (run.summary["findings"]?.arrayValue ?? []).map(Self.evidence)
            let found = admitted.decision.findings.filter { $0.verdict != .kept }.map { Self.evidence($0.json) }
            #expect(told == found, "\(words)")
            #expect(run.summary["coverage"] == admitted.coverage.json, "\(words)")
            switch admitted.decision.outcome {
            case .refuses:
                #expect(file == nil && admitted.accepted.count == 0 && admitted.setAside.count == 0, "\(words)")
                try FileName.rename(twins.path(number), to: folder.path + "/refused-\(number)")
            case .admits, .setsAside:
                twins.visible.append(admitted.accepted)
                #expect(run.summary["visibleRows"]?.exactValue == twins.previous.map(Int64.init), "\(words)")
                #expect(run.summary["setAside"]?.exactValue == Int64(admitted.setAside.count), "\(words)")
                let rules = try await twins.rules(number)
                #expect(rules == admitted.reasons.map { $0.map(\.id).joined(separator: "; ") }, "\(words)")
                guard let file else { continue }
                let mine = twins.visible.flatMap { rows in (0..<rows.count).map { "\(rows.row($0))" } }
                #expect(try await twins.rows(of: file, batch.schema) == mine.sorted(), "\(words)")
            }
        }
    }

    private static let three = Batch([
        ("id", Column(type: .int64, values: [.int64(1), .int64(2), .int64(2)])),
        ("customer", Column(type: .string, values: [.string("a"), .null, .string("b")])),
        ("amount", Column(type: .float64, values: [.float64(1), .float64(2), .float64(-3)])),
        (
            "paid_at",
            Column(type: .timestamp, values: (1...3).map { .timestamp(Timestamp(microseconds: $0)) })
        ),
    ])

    @Test func `a batch is accepted, or some of its rows are set aside with their reasons, or none gets in`()
        async throws
    {
        let required = { (reaction: Reaction) in
            Self.promise("customer.required", "required", column: "customer", on: reaction)
        }
        let positive = { (reaction: Reaction) in
            Self.promise("amount.range", "range", column: "amount", ["minimum": .int(0)], on: reaction)
        }
        let accepted = try await Self.table([required(Reaction(.warn)), positive(Reaction(.accept))])
            .admit(Self.three, beside: [], at: Self.now)
        #expect(accepted.decision.outcome == .admits && accepted.decision.action == .warn)
        #expect(accepted.accepted == Self.three && accepted.setAside.count == 0)
        let parted = try await Self.table([required(Reaction(.quarantine)), positive(Reaction(.quarantine))])
            .admit(Self.three, beside: [], at: Self.now)
        #expect(parted.accepted == Self.three.selecting([0]) && parted.setAside == Self.three.selecting([1, 2]))
        #expect(parted.reasons.map { $0.map(\.id) } == [["customer.required"], ["amount.range"]])
        #expect(parted.decision.findings.map(\.evidence.firstRows) == [[1], [2]])
        let blocked = try await Self.table([required(Reaction(.quarantine)), positive(Reaction(.block))])
            .admit(Self.three, beside: [], at: Self.now)
        guard case .refuses(let refusal) = blocked.decision.outcome else {
            Issue.record("\(blocked.decision.outcome)")
            return
        }
        #expect(refusal.finding.promise.id == "amount.range")
        #expect(blocked.accepted.count == 0 && blocked.setAside.count == 0)
    }

    @Test func `promises about sets say that they are not judged where the set is not at hand`() async throws {
        let promises = [
            Self.promise("id.unique", "unique", column: "id", on: Reaction(.block)),
            Self.promise("t.rows", "rowCount", ["mustBeGreaterThan": .int(9)], on: Reaction(.block)),
            Self.promise("gift.present", "present", column: "gift", on: Reaction(.warn)),
        ]
        let alone = try await Self.table(promises).admit(Self.three, at: Self.now)
        #expect(alone.decision.outcome == .admits && alone.accepted.count == 3)
        let sets = alone.decision.findings.filter { $0.scope == .set }
        #expect(sets.map(\.promise.id).sorted() == ["id.unique", "t.rows"])
        #expect(
            sets.allSatisfy { $0.verdict == .unproven && !$0.isExecuted && $0.observed.contains("all rows together") })
        #expect(alone.decision.action == .warn)
        let beside = try await Self.table(promises).admit(Self.three, beside: [], at: Self.now)
        #expect(beside.decision.action == .block && beside.accepted.count == 0)
    }

    @Test func `every check of the catalogue says whether rows are judged one by one`() {
        let sets = CheckCatalogue.all.filter { !$0.level.isJudgedRowByRow }.map(\.name)
        for name in ["rowCount", "rowCountChange", "unique", "duplicateValues", "freshness", "distinctCount"] {
            #expect(sets.contains(name), "\(name)")
        }
        #expect(!sets.contains("range") && !sets.contains("required"))
    }
}
