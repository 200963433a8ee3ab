// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@testable import TallyContracts

/// The same promise in other words.
@Suite struct NormalFormTests {
    typealias Rule = (check: String, arguments: [String: JSON])

    private static let pairs: [(Rule, Rule)] = [
        (
            ("duplicateValues", ["properties": .array(["x", "y"]), "mustBeLessThan": 5]),
            ("duplicateValues", ["columns": .array(["y", "x"]), "mustBeLessThan": 5])
        ),
        (
            ("duplicateValues", ["columns": .array(["x", "y"]), "mustBe": 0, "unit": "percent"]),
            ("duplicateValues", ["columns": .array(["y", "x"]), "mustBeLessThan": 1, "unit": "rows"])
        ),
        (
            ("duplicateValues", ["columns": .array(["x", "y"]), "mustBe": 0]),
            ("unique", ["columns": .array(["y", "x"])])
        ),
    ]

    private static let columnPairs: [(Rule, Rule)] = [
        (("nullValues", ["mustBe": 0, "unit": "percent"]), ("nullValues", ["mustBe": 0, "unit": "rows"])),
        (("nullValues", ["mustBeLessOrEqualTo": 0]), ("nullValues", ["mustBeBetween": .array([-1, .double(0.5)])])),
        (("required", [:]), ("nullValues", ["mustBe": 0])),
        (("nullValues", ["mustBeLessThan": 1, "unit": "rows"]), ("required", [:])),
        (
            ("missingValues", ["missing": .array([.string("n/a")]), "mustBe": 0, "unit": "percent"]),
            ("missingValues", ["missing": .array([.string("n/a")]), "mustBeLessThan": 1, "unit": "rows"])
        ),
        (
            ("invalidValues", ["valid": .array([.string("a")]), "mustBeLessOrEqualTo": 0, "unit": "percent"]),
            ("invalidValues", ["valid": .array([.string("a")]), "mustBe": 0])
        ),
    ]

    private func compare(_ old: Rule, _ new: Rule, ofColumn: Bool) -> ContractComparison {
        func contract(_ rule: Rule) -> SampleContract {
            var column = SampleColumn("x", "string", required: ofColumn && rule.check == "required")
            if ofColumn, rule.check != "required" { column.checks = [rule] }
            return SampleContract(column, SampleColumn("y", "string"), table: ofColumn ? [] : [rule])
        }
        return ContractComparison(contract(old), contract(new))
    }

    @Test(arguments: pairs.map { ($0, false) } + columnPairs.map { ($0, true) })
    func `what says the same is the same`(_ pair: (Rule, Rule), _ ofColumn: Bool) {
        for (old, new) in [pair, (pair.1, pair.0)] {
            let comparison = compare(old, new, ofColumn: ofColumn)
            #expect(comparison.changes.map(\.rule) == ["rule-rewritten"], "\(comparison.text)")
            #expect(comparison.backward.isYes && comparison.forward.isYes, "\(comparison.text)")
        }
    }

    @Test func `what says less is no other form of it`() {
        let some: Rule = ("nullValues", ["mustBeLessOrEqualTo": .double(0.5), "unit": "percent"])
        let comparison = compare(("required", [:]), some, ofColumn: true)
        #expect(comparison.backward.isYes && comparison.forward.isNo, "\(comparison.text)")
        let never: Rule = ("nullValues", ["mustBeLessThan": 0])
        #expect(!compare(("required", [:]), never, ofColumn: true).backward.isYes)
    }

    @Test func `a promise that is made twice and then once is not changed`() {
        let twice = SampleContract(SampleColumn("x", "string", required: true, ("nullValues", ["mustBe": 0])))
        let once = SampleContract(SampleColumn("x", "string", required: true))
        let comparison = ContractComparison(twice, once)
        #expect(comparison.changes.isEmpty, "\(comparison.text)")
    }
}
