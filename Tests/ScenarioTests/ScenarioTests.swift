// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials
import TallyAssembly
import TallyDefinitions
import TallyModel
import TallyStore
import TallyTesting
import Testing

/// Each directory of Tests/Scenarios, run from its files to the bytes of its training set.
///
/// `TALLY_REWRITE=1` writes what came out as what is expected; read the difference before committing it.
@Suite struct ScenarioTests {
    @Test func `there are at least twenty scenarios, each with a rule`() {
        #expect(Scenario.all.count >= 20)
        for scenario in Scenario.all {
            #expect(scenario.text(of: "rule.txt")?.isEmpty == false, "\(scenario.name) names no rule")
        }
    }

    @Test(arguments: Scenario.all)
    func `a scenario gives what its rule says`(_ scenario: Scenario) async throws {
        let place = try scenario.copy()
        defer { try? FileManager.default.removeItem(atPath: place) }
        let outcome = try await outcome(of: scenario, in: place)
        for (file, text) in outcome.sorted(by: { $0.key < $1.key }) {
            if ProcessInfo.processInfo.environment["TALLY_REWRITE"] != nil {
                try AtomicFile.write(Array(text.utf8), to: scenario.folder + "/" + file)
            }
            #expect(scenario.text(of: file) == text, "\(scenario.name)/\(file)")
        }
        for file in ["expected.csv", "expected-counts.json", "expected-error.txt"] where outcome[file] == nil {
            #expect(scenario.text(of: file) == nil, "\(scenario.name): \(file) was expected and did not come")
        }
    }

    /// What came out, as files: rows and counts, or an error.
    private func outcome(of scenario: Scenario, in place: String) async throws -> [String: String] {
        let options = try scenario.options()
        let registry = InMemoryRegistry()
        do {
            if let firstLook = options.firstLook {
                _ = try await train(in: place, registry: registry, options: options, now: firstLook)
                try scenario.addLaterFiles(to: place)
            }
            let manifest = try await train(in: place, registry: registry, options: options, now: options.now)
            let rows = try AtomicFile.read(place + "/out.csv") ?? []
            return [
                "expected.csv": String(decoding: rows, as: UTF8.self),
                "expected-counts.json": manifest.counts.json.prettyText,
            ]
        } catch let error as TallyError {
            let message = error.description.split(separator: place + "/").joined()
            return ["expected-error.txt": message + "\n"]
        }
    }

    private func train(
        in place: String, registry: InMemoryRegistry, options: Scenario.Options, now: Timestamp
    ) async throws -> TrainingManifest {
        let workspace = try Workspace(root: place, limits: EngineLimits(memory: 1 << 30, threads: 1))
        let checked = try await workspace.check()
        #expect(checked.result.diagnostics.filter { $0.severity == .error }.isEmpty)
        let definitions = try checked.definitions()
        let graph = try FingerprintGraph.build(from: definitions)
        let release = try #require(graph.releases.first { $0.service == "model" })
        let trainer = Trainer(
            definitions: definitions, release: release, engine: workspace.engine,
            sources: SourcePreparer(root: place, engine: workspace.engine, registry: registry), registry: registry,
            environment: RunEnvironment(now: { now }, architecture: "test", system: "test", mathLibrary: "test"))
        return try await trainer.train(
            TrainingRequest(
                service: "model", spine: place + "/spine.csv", output: place + "/out.csv", asOf: options.asOf,
                ignoresKnownTime: options.ignoresKnownTime, usesFullFeatureNames: options.usesFullFeatureNames))
    }
}
