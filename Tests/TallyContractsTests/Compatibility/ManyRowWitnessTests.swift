// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@testable import TallyContracts

/// Tables of many rows, where that is what both contracts promise.
@Suite struct ManyRowWitnessTests {
    typealias Rule = (check: String, arguments: [String: JSON])

    private static func listed(_ values: JSON...) -> Rule { ("enum", ["values": .array(values)]) }
    private static let id = SampleColumn("id", "integer")

    /// A column whose list grows by one, beside promises about all rows of both contracts.
    private static let tables: [[Rule]] = [
        [("rowCount", ["mustBeGreaterThan": 1]), ("duplicateValues", ["properties": .array(["id"]), "mustBe": 0])],
        [
            ("rowCount", ["mustBeGreaterThan": 1]),
            ("duplicateValues", ["properties": .array(["id"]), "mustBeLessThan": 5, "unit": "percent"]),
        ],
        [
            ("rowCount", ["mustBeBetween": .array([20, 30])]),
            ("duplicateValues", ["properties": .array(["x", "id"]), "mustBeLessOrEqualTo": 1]),
        ],
        [("duplicateValues", ["properties": .array(["id"]), "mustBeGreaterThan": 3])],
        [
            ("rowCount", ["mustBeGreaterThan": 5]),
            ("duplicateValues", ["properties": .array(["id"]), "mustBeBetween": .array([10, 20]), "unit": "percent"]),
        ],
        [("rowCount", ["mustBeGreaterOrEqualTo": 5000]), ("unique", ["columns": .array(["id"])])],
        [("rowCount", ["mustBeGreaterThan": 1]), ("rowCountChange", ["mustBeBetween": .array([-10, 10])])],
    ]

    @Test(arguments: tables)
    func `a new listed value is shown beside promises about all rows`(_ table: [Rule]) throws {
        let old = SampleContract(Self.id, SampleColumn("x", "string", Self.listed("a", "b")), table: table)
        let comparison = ContractComparison(old, old.with { $0.columns[1].checks = [Self.listed("a", "b", "c")] })
        #expect(comparison.backward.isYes, "\(comparison.text)")
        let witness = try #require(comparison.forward.witness, "\(comparison.text)")
        #expect(witness.rows.contains { $0.contains(.string("c")) })
        #expect(!comparison.isOpen)
    }

    private static let columns: [[Rule]] = [
        [("nullValues", ["mustBeLessThan": .double(0.022), "unit": "percent"])],
        [("nullValues", ["mustBeBetween": .array([1, 5]), "unit": "percent"])],
        [("missingValues", ["missingValues": .array(["n/a"]), "mustBeGreaterThan": 2])],
        [("invalidValues", ["validValues": .array(["a", "b"]), "mustBeLessThan": 50, "unit": "percent"])],
    ]

    @Test(arguments: columns)
    func `a new listed value is shown beside shares of the rows`(_ rules: [Rule]) throws {
        for count in [0, 700] {
            let old = SampleContract(
                SampleColumn("x", "string", Self.listed("a", "b")), SampleColumn("y", "string"),
                table: [("rowCount", ["mustBeGreaterOrEqualTo": .int(Int64(count))])]
            ).with { $0.columns[1].checks = rules }
            let comparison = ContractComparison(old, old.with { $0.columns[0].checks = [Self.listed("a", "b", "c")] })
            #expect(comparison.backward.isYes && comparison.forward.isNo, "\(comparison.text)")
        }
    }

    @Test func `a share is shown in as many rows as are promised`() {
        func contract(_ share: JSON) -> SampleContract {
            SampleContract(
                SampleColumn("id", "integer", required: true),
                SampleColumn("x", "number", ("nullValues", ["mustBeLessOrEqualTo": share, "unit": "percent"])),
                table: [("rowCount", ["mustBeGreaterOrEqualTo": 13_000]), ("unique", ["columns": .array(["id"])])])
        }
        let comparison = ContractComparison(contract(.double(0.022)), contract(.double(0.5)))
        #expect(comparison.backward.isYes && comparison.forward.isNo, "\(comparison.text)")
        #expect(comparison.forward.witness.map { $0.rows.count >= 13_000 } ?? false)
    }

    @Test func `more rows than are made up leave the answer open`() {
        let many: Rule = ("rowCount", ["mustBeGreaterThan": 3_000_000_000])
        let old = SampleContract(SampleColumn("x", "string", Self.listed("a")), table: [many])
        let comparison = ContractComparison(old, old.with { $0.columns[0].checks = [Self.listed("a", "b")] })
        #expect(comparison.forward.isOpen && comparison.isOpen, "\(comparison.text)")
        #expect(comparison.text.contains("is not made up here"), "\(comparison.text)")
    }

    @Test func `what no data can show leaves nothing open`() {
        let old = SampleContract(Self.id, table: [("text", ["rule": "a"])])
        let comparison = ContractComparison(old, old.with { $0.table = [("text", ["rule": "b"])] })
        #expect(comparison.backward.isUnproven && !comparison.isOpen, "\(comparison.text)")
    }
}
