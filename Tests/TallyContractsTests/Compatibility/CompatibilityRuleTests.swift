// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyModel
import Testing

/// Every rule of the catalogue, with the answers that the documentation gives.
@Suite struct CompatibilityRuleTests {
    @Test(arguments: CompatibilityCase.all)
    func `a change goes by its rule and gets its answers`(_ item: CompatibilityCase) throws {
        let comparison = ContractComparison(item.old, item.new, consumers: item.consumers)
        let change = try #require(
            comparison.changes.first { $0.rule == item.rule }, "\(comparison.changes.map(\.rule)) \(comparison.text)")
        #expect(change.backward.word == item.backward, "\(comparison.text)")
        #expect(change.forward.word == item.forward, "\(comparison.text)")
        let rule = try #require(CompatibilityCatalogue[item.rule])
        #expect(change.meaning == rule.meaning && change.bump == rule.bump)
        let rest = comparison.changes.map(\.rule).filter { $0 != item.rule && !item.others.contains($0) }
        #expect(rest.isEmpty, "\(comparison.text)")
    }

    @Test(arguments: CompatibilityCase.all)
    func `what the documentation says of a rule is so`(_ item: CompatibilityCase) throws {
        let rule = try #require(CompatibilityCatalogue[item.rule])
        for (written, answer) in [(rule.backward, item.backward), (rule.forward, item.forward)] {
            guard ["yes", "no", "unproven"].contains(written) else { continue }
            // Nothing is said of what queries do, and that is as good as no.
            #expect(written == answer || written == "no" && answer == "unproven", "\(item)")
        }
    }

    @Test func `every rule has a case`() {
        let covered = Set(CompatibilityCase.all.map(\.rule))
        // No two rules about the first two parts can be made such that neither takes in the other; the third takes rows.
        let impossible = ["unique-changed", "extra-columns-changed", "transform-shadowed"]
        let missing = CompatibilityCatalogue.all.map(\.id).filter { !covered.contains($0) && !impossible.contains($0) }
        #expect(missing.isEmpty)
        #expect(Set(CompatibilityCatalogue.all.map(\.id)).count == CompatibilityCatalogue.all.count)
    }

    @Test(arguments: CompatibilityCase.all)
    func `nothing changes between a contract and itself`(_ item: CompatibilityCase) {
        #expect(ContractComparison(item.old, item.old, consumers: item.consumers).changes.isEmpty)
        let comparison = ContractComparison(item.new, item.new)
        #expect(comparison.bump == .none && comparison.versionProblem == nil)
    }

    @Test(arguments: CompatibilityCase.all)
    func `the other way round the answers change places`(_ item: CompatibilityCase) {
        // Consumers are those of the old contract.
        let there = ContractComparison(item.old, item.new)
        let back = ContractComparison(item.new, item.old)
        #expect(there.backward.word == back.forward.word, "\(there.text)\n\(back.text)")
        #expect(there.forward.word == back.backward.word, "\(there.text)\n\(back.text)")
    }
}
