// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials
import Synchronization
import TallyModel
import TallyStore
import Testing

/// The online half of the scenarios: what is served is what stands in the training set, and what `online.json` tells.
///
/// Holds SEMANTICS 7.1.
@Suite struct OnlineScenarioTests {
    /// Not those that end in an error, where there is no training set, and not those with `known: ignore`, whose values
    /// no store could have served.
    static let trained = Scenario.all.filter { scenario in
        scenario.text(of: "expected-error.txt") == nil && (try? scenario.options().ignoresKnownTime) == false
    }
    static let told = Scenario.all.filter { $0.text(of: OnlineSteps.file) != nil }

    @Test(arguments: trained)
    func `each value of a training set is what the store serves at its time`(_ scenario: Scenario) async throws {
        let run = try ScenarioRun(scenario)
        defer { run.end() }
        _ = try await run.train(to: "out.parquet")
        let now = run.options.now
        let online = try await run.online { now }
        let times = try await rows(of: run, online, [Self.time]).columns[0].values.compactMap { value in
            if case .timestamp(let time) = value { time } else { nil }
        }
        var compared = 0
        for time in Set(times).sorted() {
            _ = try await online.fill(until: time)
            compared += try await expectServed(run, online, at: time)
        }
        #expect(compared > 0, "\(scenario.name)")
    }

    private static let time = ScanRequest.Column(name: TrainingRequest.defaultTimeColumn, type: .timestamp)

    /// Every row of the training set at that time, value for value; returns how many values that were.
    private func expectServed(_ run: ScenarioRun, _ online: OnlineHalf, at time: Timestamp) async throws -> Int {
        let layout = try await online.layout()
        let names = layout.columns.map { column in
            run.options.usesFullFeatureNames ? (column.view.map { $0 + "__" } ?? "") + column.name : column.name
        }
        let columns =
            [Self.time] + (layout.keys + layout.inputs).map { .init(name: $0.name, type: $0.type) }
            + zip(names, layout.columns).map { .init(name: $0, type: $1.type) }
        let all = try await rows(of: run, online, columns.uniquedByAlias)
        let chosen = (0..<all.count).filter { all.columns[0][$0] == .timestamp(time) }
        let trained = Batch(
            schema: all.schema, columns: all.columns.map { $0.selecting(chosen) }, count: chosen.count)
        let served = try await online.read(layout, trained, at: time)
        for position in served.positions {
            if case .online = position.place { continue }
            Issue.record("\(run.scenario.name): \(position.view) was not read online at \(time)")
        }
        for (index, name) in names.enumerated() {
            let column = try #require(trained[name])
            for row in 0..<trained.count {
                let (value, expected) = (served.value(index, row), column[row])
                #expect(value.isIdentical(to: expected), "\(run.scenario.name): \(name) at \(time), row \(row)")
                switch served.status(index, row) {
                case .present: #expect(!expected.isNull)
                // What stands in for a broken value may be null as well.
                case .broken: break
                case .null, .notFound, .outsideMaxAge, .notMaterialized, .overflow, .forbidden:
                    #expect(expected.isNull)
                }
            }
        }
        return names.count * trained.count
    }

    private func rows(
        of run: ScenarioRun, _ online: OnlineHalf, _ columns: [ScanRequest.Column]
    ) async throws -> Batch {
        var batches = [
            Batch(
                schema: columns.map { ColumnSchema(name: $0.alias, type: $0.type ?? .string) },
                columns: columns.map { Column(type: $0.type ?? .string, values: []) }, count: 0)
        ]
        let table = TableReference(rows: .files([run.place + "/out.parquet"], .parquet))
        try await online.engine.scan(ScanRequest(table: table, columns: columns)) { batches.append($0) }
        return Batch.concatenating(batches)
    }

    @Test(arguments: told)
    func `the store answers as a scenario tells step by step`(_ scenario: Scenario) async throws {
        let run = try ScenarioRun(scenario)
        defer { run.end() }
        let text = try await OnlineSteps(scenario).log(of: run)
        if ProcessInfo.processInfo.environment["TALLY_REWRITE"] != nil {
            try AtomicFile.write(Array(text.utf8), to: scenario.folder + "/expected-online.txt")
        }
        #expect(scenario.text(of: "expected-online.txt") == text, "\(scenario.name)")
    }

    @Test func `there is a scenario for each rule of the online half`() {
        #expect(Self.told.count >= 6)
        #expect(Self.trained.count >= 25)
    }
}

extension [ScanRequest.Column] {
    /// Each name once: a key may also be an input.
    fileprivate var uniquedByAlias: [ScanRequest.Column] {
        var seen = Set<String>()
        return filter { seen.insert($0.alias).inserted }
    }
}
