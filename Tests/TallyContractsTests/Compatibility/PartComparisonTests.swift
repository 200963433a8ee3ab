// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@testable import TallyContracts

/// What is inside of objects, lists and maps.
@Suite struct PartComparisonTests {
    private static func part(
        _ name: String, _ type: String?, required: Bool = false, inside: [JSON] = [],
        _ checks: (String, [(String, JSON)])...
    ) -> JSON {
        var promises: [JSON] = [.object([("check", "present")])]
        if let type {
            promises.append(
                .object([("check", "logicalType"), ("arguments", .object([("type", .string(type))]))]))
        }
        if required { promises.append(.object([("check", "required")])) }
        if !inside.isEmpty {
            promises.append(.object([("check", "nested"), ("arguments", .object([("parts", .array(inside))]))]))
        }
        promises += checks.map { .object([("check", .string($0.0)), ("arguments", .object($0.1))]) }
        var members: [(String, JSON)] = [("name", .string(name))]
        if let type { members.append(("logicalType", .string(type))) }
        if required { members.append(("required", .bool(true))) }
        return .object(members + [("promises", .array(promises))])
    }

    private func compare(_ type: String, _ old: [JSON], _ new: [JSON]) -> ContractComparison {
        func contract(_ parts: [JSON]) -> SampleContract {
            var column = SampleColumn("x", type)
            if !parts.isEmpty { column.checks = [("nested", ["parts": .array(parts)])] }
            return SampleContract(SampleColumn("id", "integer"), column)
        }
        return ContractComparison(contract(old), contract(new))
    }

    @Test(
        arguments: [
            // Elements, keys and values of another type.
            ("array", [part("items", "integer")], [part("items", "string")], ["type-changed t.x.items"], "no", "no"),
            ("array", [part("items", "integer")], [part("items", "number")], ["type-loosened t.x.items"], "yes", "no"),
            ("array", [], [part("items", "integer")], ["type-tightened t.x.items"], "no", "yes"),
            (
                "map", [part("key", "string"), part("value", "integer")],
                [part("key", "string"), part("value", "string")],
                ["type-changed t.x.value"], "no", "no"
            ),
            // Fields.
            (
                "object", [part("a", "string")], [part("a", "string"), part("b", "string")], ["column-added t.x.b"],
                "yes", "yes"
            ),
            (
                "object", [part("a", "string")], [part("a", "string"), part("b", "integer", required: true)],
                ["required-column-added t.x.b"], "no", "yes"
            ),
            (
                "object", [part("a", "string"), part("b", "integer", required: true)], [part("a", "string")],
                ["column-removed t.x.b"], "yes", "no"
            ),
            (
                "object", [part("a", "integer", ("range", [("maximum", 10)]))],
                [part("a", "integer", ("range", [("maximum", 20)]))], ["range-loosened t.x.a"], "yes", "no"
            ),
            (
                "object", [part("a", "string", ("enum", [("values", .array(["u", "v"]))]))],
                [part("a", "string", ("enum", [("values", .array(["v", "u"]))]))], ["rule-rewritten t.x.a"], "yes",
                "yes"
            ),
            // Fields of fields, and of elements.
            (
                "object", [part("a", "object", inside: [part("b", "integer")])],
                [part("a", "object", inside: [part("b", "boolean")])], ["type-changed t.x.a.b"], "no", "no"
            ),
            (
                "array", [part("items", "object", inside: [part("b", "integer")])],
                [part("items", "object", inside: [part("b", "integer", required: true)])],
                ["became-required t.x.items.b"], "no", "yes"
            ),
        ] as [(String, [JSON], [JSON], [String], String, String)])
    func `parts of values are compared like columns`(
        _ type: String, _ old: [JSON], _ new: [JSON], _ changes: [String], _ backward: String, _ forward: String
    ) {
        let comparison = compare(type, old, new)
        #expect(comparison.changes.map(\.id) == changes, "\(comparison.text)")
        #expect(comparison.backward.word == backward && comparison.forward.word == forward, "\(comparison.text)")
        let back = compare(type, new, old)
        #expect(back.backward.word == forward && back.forward.word == backward, "\(back.text)")
        // Whoever reads the column reads what is inside.
        let reader = Consumer(name: "r", columns: ["t.x"]), other = Consumer(name: "o", columns: ["t.id"])
        #expect(comparison.changes.allSatisfy { $0.reaches(reader) && !$0.reaches(other) })
        #expect(comparison.openObjects.isEmpty)
    }

    @Test func `what is not compared inside is unproven`() {
        let old = Self.part("a", "string")
        let rule = JSON.object([("check", "text"), ("arguments", .object([("words", "b")]))])
        let new = JSON.object([
            ("name", "a"), ("logicalType", "string"),
            ("promises", .array((old["promises"]?.arrayValue ?? []) + [rule])),
        ])
        let comparison = compare("object", [old], [new])
        #expect(comparison.changes.map(\.rule) == ["words-changed"], "\(comparison.text)")
        #expect(comparison.backward.isUnproven && comparison.forward.isUnproven)
        let strange = JSON.object([
            ("name", "a"), ("logicalType", "string"), ("promises", old["promises"] ?? .null), ("odd", 1),
        ])
        #expect(compare("object", [old], [strange]).backward.isUnproven)
    }
}
