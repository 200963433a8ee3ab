// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials
import TallyModel
import TallyStore
import Testing

/// Each directory of Tests/Scenarios, run from its files to the bytes of its training set.
///
/// `TALLY_REWRITE=1` writes what came out as what is expected; read the difference before committing it.
///
/// Holds SEMANTICS 7.2.
@Suite struct ScenarioTests {
    @Test func `there are at least twenty scenarios, each with a rule`() {
        #expect(Scenario.all.count >= 20)
        for scenario in Scenario.all {
            #expect(scenario.text(of: "rule.txt")?.isEmpty == false, "\(scenario.name) names no rule")
        }
    }

    @Test(arguments: Scenario.all)
    func `a scenario gives what its rule says`(_ scenario: Scenario) async throws {
        let run = try ScenarioRun(scenario)
        defer { run.end() }
        let outcome = try await outcome(of: run)
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
    private func outcome(of run: ScenarioRun) async throws -> [String: String] {
        do {
            let manifest = try await run.train(to: "out.csv")
            let rows = try AtomicFile.read(run.place + "/out.csv") ?? []
            return [
                "expected.csv": String(decoding: rows, as: UTF8.self),
                "expected-counts.json": manifest.counts.json.prettyText,
            ]
        } catch let error as TallyError {
            let message = error.description.split(separator: run.place + "/").joined()
            return ["expected-error.txt": message + "\n"]
        }
    }
}
