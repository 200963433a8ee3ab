// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyAssembly
import TallyModel
import TallyStore
import TallyTesting
import Testing

/// How often the gate reads a text file: once for its columns and once for its values.
@Suite struct GateReadTests {
    private static let now = Timestamp("2026-02-01T00:00:00Z") ?? .distantPast

    /// Promises of every kind about one table: about single rows, about all rows, about types.
    ///
    /// Of one column nothing is promised but its type, so that only its readability is looked at.
    private static let contract = Payments.contract.replacing(
        "      - {name: paid_at, logicalType: timestamp}\n",
        with: "      - {name: paid_at, logicalType: timestamp}\n      - {name: gift, logicalType: boolean}\n"
    ).replacing(
        "    quality:\n",
        with: """
                quality:
                  - {metric: rowCount, mustBeGreaterThan: 0}
            """ + "\n")

    private struct Place {
        let payments: Payments
        let engine: LookingEngine
        let registry = InMemoryRegistry()
        let set: DefinitionSet

        init(_ ending: String) async throws {
            payments = try Payments(
                definitions: Payments.definitions.replacing("*.csv", with: "*." + ending)
                    .replacing(
                        "{name: amount, type: float64}]\n---\nkind: FeatureService",
                        with: "{name: amount, type: float64, promise: {maximum: 1000}}]\n---\nkind: FeatureService"),
                contract: GateReadTests.contract)
            let workspace = try Workspace(root: payments.folder.path, limits: EngineLimits(memory: 1 << 30, threads: 1))
            engine = LookingEngine(workspace.engine)
            set = try await workspace.check(now: now).definitions()
            #expect(set.views["last_payment"]?.features.first?.promises.isEmpty == false)
        }

        /// Lets the source in for the view, which makes promises of its own, and gives the counts of looks.
        func enterView() async throws -> [String: Int] {
            let view = try CompiledView(try #require(set.views["last_payment"]), in: set)
            _ = try await SourcePreparer(root: payments.folder.path, engine: engine, registry: registry)
                .prepare([view], at: now)
            return engine.takeCounts()
        }

        /// Lets the source in and gives the counts of looks.
        func enter(contract: Bool = true) async throws -> [String: Int] {
            let source = try #require(set.sources["payments"])
            _ = try await SourcePreparer(root: payments.folder.path, engine: engine, registry: registry)
                .prepare(source, contract: contract ? set.contracts["payments"] : nil, at: now)
            return engine.takeCounts()
        }
    }

    private static func rows(_ ending: String, _ rows: [(String, String, String)]) -> String {
        ending == "csv"
            ? "customer,paid_at,amount,gift\n" + rows.map { "\($0),\($1),\($2),yes\n" }.joined()
            : rows.map { #"{"customer": "\#($0)", "paid_at": "\#($1)", "amount": \#($2), "gift": true}"# + "\n" }
                .joined()
    }

    @Test(arguments: ["csv", "jsonl"])
    func `a file that enters is read twice at most, and what was let in of it not again`(ending: String) async throws {
        let place = try await Place(ending)
        let all = [("a", "2026-01-01T10:00:00Z", "1"), ("b", "2026-01-01T11:00:00Z", "-3")]
        try place.payments.folder.write(Self.rows(ending, all), to: "data/1." + ending)
        #expect(try await place.enter() == ["data/1." + ending: 2])
        #expect(place.payments.folder.names(in: ".tally/quarantine/payments/judging").isEmpty)
        // What is decided is decided: the next command reads nothing.
        #expect(try await place.enter() == [:])
    }

    @Test(arguments: ["csv", "jsonl"])
    func `a file of which every row is let in is read twice at most`(ending: String) async throws {
        let place = try await Place(ending)
        try place.payments.folder.write(
            Self.rows(ending, [("a", "2026-01-01T10:00:00Z", "1")]), to: "data/1." + ending)
        #expect(try await place.enter() == ["data/1." + ending: 2])
    }

    @Test(arguments: ["csv", "jsonl"])
    func `a second file is read twice at most, and each earlier one for the promises about all rows`(
        ending: String
    ) async throws {
        let place = try await Place(ending)
        let first = [("a", "2026-01-01T10:00:00Z", "1"), ("b", "2026-01-01T11:00:00Z", "-3")]
        try place.payments.folder.write(Self.rows(ending, first), to: "data/1." + ending)
        _ = try await place.enter()
        // Decimals: the column looks like another type than in the file before.
        let second = [("a", "2026-01-02T10:00:00Z", "1.5"), ("b", "2026-01-02T11:00:00Z", "-3.5")]
        try place.payments.folder.write(Self.rows(ending, second), to: "data/2." + ending)
        let counts = try await place.enter()
        #expect(counts["data/2." + ending] == 2, "\(counts)")
        #expect(counts.count == 2 && counts.values.allSatisfy { $0 <= 2 }, "\(counts)")
    }

    @Test(arguments: ["csv", "jsonl"])
    func `what a view promises of what was let in takes one more read`(ending: String) async throws {
        let place = try await Place(ending)
        let all = [("a", "2026-01-01T10:00:00Z", "1"), ("b", "2026-01-01T11:00:00Z", "2")]
        try place.payments.folder.write(Self.rows(ending, all), to: "data/1." + ending)
        #expect(try await place.enterView() == ["data/1." + ending: 3])
    }

    @Test func `a text that is none stops the gate with its place, although a copy is judged`() async throws {
        let place = try await Place("csv")
        try FileName.makeFolder(place.payments.folder.path + "/data")
        try AtomicFile.write(
            Array("customer,paid_at,amount,gift,note\na,2026-01-01T10:00:00Z,-1,yes,".utf8) + [0xFF, 0x0A],
            to: place.payments.folder.path + "/data/1.csv")
        let error = await #expect(throws: TallyError.self) { _ = try await place.enter() }
        #expect(
            error?.code == .invalidData && error?.message.contains("data/1.csv:2") == true,
            "\(String(describing: error))")
    }
}
