// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@testable import TallyContracts

/// Columns whose names look the same are two columns: in proofs, in groups of promises, and in tables that are made up.
@Suite struct TwinColumnTests {
    private static let one = "\u{E9}"
    private static let two = "e\u{301}"

    private typealias Rule = (check: String, arguments: [String: JSON])

    private func contract(
        _ first: [Rule], _ second: [Rule], table: [Rule] = [], names: (String, String) = (one, two)
    ) -> SampleContract {
        var one = SampleColumn(names.0, "integer", physical: "BIGINT")
        one.checks = first
        var two = SampleColumn(names.1, "string", physical: "VARCHAR")
        two.checks = second
        return SampleContract(one, two, table: table)
    }

    @Test func `names are the same only if their bytes are`() {
        #expect(ExactName(Self.one) != ExactName(Self.two) && ExactName(Self.one) == ExactName("\u{E9}"))
        #expect(Set([Self.one, Self.two, Self.one].map(ExactName.init)).count == 2)
        #expect([Self.one, Self.two].map(ExactName.init).sorted().map(\.text).first?.utf8.first == UInt8(ascii: "e"))
    }

    @Test func `rows that two of them tell apart are not told apart by one`() {
        let both: Rule = ("unique", ["columns": .array([.string(Self.one), .string(Self.two)])])
        let first: Rule = ("unique", ["columns": .array([.string(Self.one)])])
        let comparison = ContractComparison(contract([], [], table: [both]), contract([], [], table: [first]))
        #expect(!comparison.backward.isYes, "\(comparison.text)")
        #expect(comparison.forward.isYes, "\(comparison.text)")
    }

    @Test(arguments: [("a", "b"), (one, two), (two, one)])
    func `a rule about one of them is shown by a table that has both`(_ names: (String, String)) throws {
        let range: Rule = ("range", ["minimum": 0, "maximum": 9])
        let length: Rule = ("length", ["maximum": 3])
        let before = contract([range], [length], names: names)
        for after in [
            contract([("range", ["minimum": 5, "maximum": 9])], [length], names: names),
            contract([range], [("length", ["maximum": 2])], names: names),
        ] {
            let comparison = ContractComparison(before, after)
            #expect(!comparison.backward.isYes && comparison.forward.isYes, "\(comparison.text)")
            let witness = try #require(comparison.backward.witness, "\(comparison.text)")
            #expect(witness.columns.map { Array($0.name.utf8) } == [Array(names.0.utf8), Array(names.1.utf8)])
            for row in witness.rows {
                if case .string = row[0] { Issue.record("\(comparison.text)") }
                if case .int64 = row[1] { Issue.record("\(comparison.text)") }
            }
        }
    }

    @Test func `what moves from one of them to the other is no rule that stays`() {
        let range: Rule = ("required", [:])
        let comparison = ContractComparison(contract([range], []), contract([], [range]))
        #expect(!comparison.backward.isYes && !comparison.forward.isYes, "\(comparison.text)")
    }
}
