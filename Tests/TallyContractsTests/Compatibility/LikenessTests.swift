// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@testable import TallyContracts

/// A type of another width under promises that name the column.
@Suite struct LikenessTests {
    typealias Rule = (check: String, arguments: [String: JSON])

    private static let bounds: Rule = ("range", ["minimum": 0, "maximum": 2700])

    private static let tableRules: [Rule] = [
        ("expression", ["expression": "x >= 0"]), ("expression", ["expression": "x is null or x > -5"]),
        ("expression", ["expression": "x between -1 and 3000"]), ("expression", ["expression": "x + y < 6000"]),
        ("expression", ["expression": "coalesce(x, 0) <= y or y is null"]),
        ("unique", ["columns": .array(["x", "y"])]),
        ("duplicateValues", ["properties": .array(["y", "x"]), "mustBeLessThan": 5]),
        ("sql", ["query": "select count(*) from {object} where x < 0", "mustBe": 0]),
        ("sql", ["query": "select max(x) - min(x) from {object}", "mustBeLessThan": 100]),
        ("reference", ["object": "u", "columns": .array(["x"]), "properties": .array(["x"])]),
    ]

    private static let columnRules: [Rule] = [
        ("nullValues", ["mustBeLessOrEqualTo": .double(3.7), "unit": "percent"]),
        ("duplicateValues", ["mustBeLessThan": 10, "unit": "percent"]),
        ("invalidValues", ["validValues": .array([1, 2]), "mustBeLessThan": 10, "unit": "percent"]),
        ("missingValues", ["missingValues": .array([99]), "mustBeLessThan": 10]),
        ("minimum", ["mustBeGreaterOrEqualTo": 1]), ("maximum", ["mustBeLessThan": 2000]),
        ("sum", ["mustBeLessThan": 100_000]), ("mean", ["mustBeBetween": .array([5, 10])]),
        ("quantile", ["q": .double(0.9), "mustBeLessThan": 100]), ("distinctCount", ["mustBeGreaterThan": 1]),
    ]

    private func pair(_ old: String, _ new: String, column: [Rule] = [], table: [Rule] = []) -> ContractComparison {
        func contract(_ type: String, _ logical: String) -> SampleContract {
            var x = SampleColumn("x", logical, physical: type)
            x.checks = column
            return SampleContract(x, SampleColumn("y", "integer", physical: "INTEGER", Self.bounds), table: table)
        }
        let logical = new == "DOUBLE" ? "number" : "integer"
        return ContractComparison(contract(old, logical), contract(new, logical))
    }

    @Test(arguments: tableRules)
    func `a wider integer is the same column to a rule of the table that names it`(_ rule: Rule) {
        let comparison = pair("INTEGER", "BIGINT", column: [Self.bounds], table: [rule])
        #expect(comparison.changes.map(\.rule) == ["integer-resized"], "\(comparison.text)")
        #expect(comparison.backward.isYes && comparison.forward.isYes, "\(comparison.text)")
        #expect(comparison.bump == .minor && comparison.meaning == .same)
    }

    @Test(arguments: columnRules)
    func `a wider integer is the same column to a count of its values`(_ rule: Rule) {
        let comparison = pair("INTEGER", "BIGINT", column: [Self.bounds, rule])
        #expect(comparison.changes.map(\.rule) == ["integer-resized"], "\(comparison.text)")
        #expect(comparison.backward.isYes && comparison.forward.isYes, "\(comparison.text)")
    }

    @Test(
        arguments: [
            [("range", ["minimum": 0])], [("range", ["maximum": 10])], [], [("range", ["minimum": 0]), columnRules[0]],
        ] as [[Rule]])
    func `an integer with at most one bound becomes a float that holds it`(_ rules: [Rule]) {
        let comparison = pair("INTEGER", "DOUBLE", column: rules)
        #expect(comparison.changes.map(\.rule) == ["integer-to-float"], "\(comparison.text)")
        #expect(comparison.backward.isYes && comparison.forward.isNo, "\(comparison.text)")
        #expect(comparison.bump == .minor)
    }

    @Test func `what computes with the width of a type is not proved alike`() {
        for query in [
            "select sum(hash(x)) from {object}", "select max(x << 31) from {object}", "select x::text from t",
        ] {
            let comparison = pair(
                "INTEGER", "BIGINT", column: [Self.bounds], table: [("sql", ["query": .string(query), "mustBe": 0])])
            #expect(comparison.changes.map(\.rule) == ["integer-widened"], "\(comparison.text)")
            #expect(comparison.backward.isUnproven, "\(comparison.text)")
        }
        let product = pair("INTEGER", "BIGINT", table: [("expression", ["expression": "x * x >= 0"])])
        #expect(!product.backward.isYes, "\(product.text)")
        #expect(product.changes.map(\.rule) == ["integer-widened"])
    }

    @Test func `an integer of 64 bits without a bound does not fit a float`() {
        let comparison = pair("BIGINT", "DOUBLE", column: [("range", ["minimum": 0])])
        #expect(comparison.changes.map(\.rule) == ["integer-to-narrow-float"], "\(comparison.text)")
        #expect(comparison.backward.isNo, "\(comparison.text)")
    }
}
