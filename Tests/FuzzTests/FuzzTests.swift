// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import Testing

/// Readers of foreign bytes under random changes: the targets of `scripts/fuzz`, driven without libFuzzer.
///
/// `scripts/fuzz --quick` gives them more time, and the inputs that libFuzzer kept.
@Suite struct FuzzTests {
    private static let environment = ProcessInfo.processInfo.environment

    @Test(arguments: FuzzTargets.names)
    func `a reader keeps its promises, whatever it is given`(name: String) async throws {
        let whole = Self.environment["TALLY_FUZZ_SECONDS"].flatMap { Double($0) }
        let seed = Self.environment["TALLY_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
        let cores = Double(min(2, ProcessInfo.processInfo.activeProcessorCount))
        let share = whole.map { $0 * cores / Double(FuzzTargets.names.count) }
        let start = ContinuousClock.now
        // With time to search, a mistake that is there has to be found first.
        var planted = 0
        if let share {
            let broken = try #require(BrokenReader.all[name], "there is no broken reader for \(name)")
            let outcome = try await QuickFuzz(seed: seed, seconds: share * 0.8, rounds: 0).run(name, broken: broken)
            planted = outcome.tries
            let finding = outcome.finding ?? "nothing in \(outcome.tries) tries"
            #expect(finding.contains("planted: \(broken.mistake)"), "\(name): \(broken.mistake): found \(finding)")
        }
        let spent = (ContinuousClock.now - start) / .seconds(1)
        let fuzz = QuickFuzz(seed: seed, seconds: share.map { max(0.5, $0 - spent) }, rounds: 100)
        let outcome = try await fuzz.run(name)
        #expect(outcome.inputs > 0 && outcome.tries > outcome.inputs || outcome.finding != nil)
        if let finding = outcome.finding { Issue.record("\(finding)") }
        if whole != nil {
            print(
                "fuzzed \(name): \(outcome.inputs) inputs kept, \(outcome.tries) tries, seed \(seed); "
                    + "a planted mistake was found in \(planted) tries")
        }
    }
}
