// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

/// Minimum, maximum, sum, mean and quantile over the types that DuckDB has and floats do not hold.
@Suite struct DuckDBAggregateTests {
    @Test(arguments: [
        ("SELECT unnest([9, 10, 100.5])::DECIMAL(9,2) AS x", "9", "100.5", "10"),
        ("SELECT unnest([-9, -10, -100.5])::DECIMAL(9,2) AS x", "-100.5", "-9", "-10"),
        ("SELECT unnest(['10000000000000000000', '5', '7'])::UBIGINT AS x", "5", "10000000000000000000", "7"),
        ("SELECT unnest(['9007199254740993', '5', '7'])::BIGINT AS x", "5", "9007199254740993", "7"),
        (
            "SELECT unnest(['-170141183460469231731687303715884105728', '5', '9'])::HUGEINT AS x",
            "-170141183460469231731687303715884105728", "9", "5"
        ),
    ])
    func `exact numbers are ordered as numbers`(sql: String, least: String, greatest: String, middle: String)
        async throws
    {
        let table = try PromisedTable(sql)
        for (check, value) in [("minimum", least), ("maximum", greatest), ("quantile", middle)] {
            let kept = try await table.finding(check, "x", ["mustBe": .string(value), "q": .double(0.5)])
            #expect(kept.verdict == .kept, "\(check): \(kept.observed)")
            #expect(kept.observed == value)
            let broken = try await table.finding(check, "x", ["mustBeLessThan": .string(value), "q": .double(0.5)])
            #expect(broken.verdict == .broken, "\(check): \(broken.observed)")
        }
    }

    @Test func `a whole number beyond the floats is held against its threshold`() async throws {
        let table = try PromisedTable("SELECT 9007199254740993 AS x")
        for check in ["minimum", "maximum", "quantile"] {
            let finding = try await table.finding(
                check, "x", ["mustBeLessOrEqualTo": .int(9_007_199_254_740_992), "q": .double(0.5)])
            #expect(finding.verdict == .broken, "\(check)")
        }
    }

    @Test(arguments: ["DECIMAL(9,2)", "UBIGINT", "HUGEINT"], ["sum", "mean"])
    func `what is not added up exactly is not executed`(_ type: String, _ check: String) async throws {
        let table = try PromisedTable("SELECT 5::\(type) AS x")
        let finding = try await table.finding(check, "x", ["mustBeLessThan": .int(50)])
        #expect(finding.verdict == .unproven && !finding.isExecuted, "\(finding.observed)")
        #expect(finding.observed == "values of type \(type) are not added up exactly")
    }

    @Test(arguments: [
        ("1, 1e100, 1, -1e100", 2.0), ("'inf'::DOUBLE, 1, 2", .infinity), ("1, '-inf'::DOUBLE, 2", -.infinity),
        ("0.1, 0.2, 0.3", 0.6),
    ])
    func `a sum of floats is compensated, and infinite where a value is`(values: String, sum: Double) async throws {
        let table = try PromisedTable("SELECT unnest([\(values)]::DOUBLE[]) AS x")
        let finding = try await table.finding("sum", "x", ["mustBeLessThan": .int(0)])
        #expect(finding.observed == (sum.isInfinite ? sum.description : sum == 2 ? "2" : "\(sum)"))
        #expect(finding.verdict == (sum < 0 ? .kept : .broken))
    }

    @Test func `a sum of integers is exact before it is rounded`() async throws {
        let table = try PromisedTable("SELECT unnest([9223372036854775807, 9223372036854775807, -3]) AS x")
        let finding = try await table.finding("sum", "x", ["mustBe": .double(0x1p64)])
        #expect(finding.verdict == .kept, "\(finding.observed)")
    }
}
