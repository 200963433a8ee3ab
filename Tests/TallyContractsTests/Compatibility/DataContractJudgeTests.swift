// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyContracts
import TallyModel
import TallyTesting
import Testing

/// `datacontract breaking` of datacontract-cli, for the cases that the standard has words for.
@Suite struct DataContractJudgeTests {
    /// Rules whose answers differ on purpose, with the reason.
    private static let intended: [String: String] = [
        "column-added":
            "what history lacks reads as null or the default; there, every declared column must be in the data",
        "column-removed": "null is read where nobody is known to read the column",
        "physical-name-changed": "readers go by the logical name",
        "rule-rewritten": "sets are compared, so that x > 4 is x >= 5 for whole numbers",
        "type-respelled": "other names of a type, and a physical type that holds what the logical type holds",
        "type-loosened": "a change of type is both there; a type may take in another", "type-tightened": "the same",
        "integer-widened": "the same", "integer-narrowed": "the same", "integer-to-float": "the same",
        "float-to-integer": "the same", "float-widened": "the same", "float-narrowed": "the same",
        "decimal-widened": "the same", "decimal-narrowed": "the same",
    ]

    /// Our words for the directions of there; nil where nothing is said: untested, undetermined, or not read.
    private static func words(_ directions: Set<String>) -> (backward: String, forward: String)? {
        switch directions {
        case ["tightens"]: ("no", "yes")
        case ["loosens"]: ("yes", "no")
        case ["both"], ["tightens", "loosens"]: ("no", "no")
        case _: nil
        }
    }

    @Test(.enabled(if: OutsideJudges.python != nil, Comment(rawValue: OutsideJudges.need)))
    func `datacontract-cli sees the same directions, but for the intended differences`() async throws {
        let cases = CompatibilityCase.all.filter { item in
            item.consumers.isEmpty && item.old.document32 != nil && item.new.document32 != nil
        }
        let answers = try await OutsideJudge(script: "datacontract-judge.py").answers(
            cases.map { ($0.old.document32 ?? .null, $0.new.document32 ?? .null) })
        var (opinions, differing) = (0, Set<String>())
        for (item, answer) in zip(cases, answers) {
            let directions = Set((answer.arrayValue ?? []).compactMap(\.stringValue)).subtracting(["untested"])
            guard let theirs = Self.words(directions) else { continue }
            opinions += 1
            if theirs == (item.backward, item.forward) { continue }
            differing.insert(item.rule)
            #expect(Self.intended[item.rule] != nil, "\(item): datacontract-cli says \(directions.sorted())")
        }
        #expect(differing == Set(Self.intended.keys))
        #expect(
            opinions * 2 > cases.count, "datacontract-cli has an opinion on \(opinions) of \(cases.count) cases only")
    }
}
