// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
public import TallyModel

/// What a check is given, in the order of the test.
private func given(_ pairs: (String, JSON)...) -> [String: JSON] { Dictionary(pairs) { first, _ in first } }

private func listed(_ values: JSON...) -> (String, [String: JSON]) { ("enum", ["values": .array(values)]) }
private func range(_ pairs: (String, JSON)...) -> (String, [String: JSON]) {
    ("range", Dictionary(pairs) { first, _ in first })
}
private func pattern(_ text: String) -> (String, [String: JSON]) { ("pattern", ["pattern": .string(text)]) }

extension CompatibilityCase {
    static let values: [CompatibilityCase] = [
        column(
            "became-required", SampleColumn("x", "string"), SampleColumn("x", "string", required: true), "no", "yes"),
        column(
            "became-nullable", SampleColumn("x", "string", required: true), SampleColumn("x", "string"), "yes", "no"),
        column(
            "became-nullable",
            SampleColumn("x", "integer", required: true, meaning: ["default": .int(0)]),
            SampleColumn("x", "integer", meaning: ["default": .int(0)]), "yes", "yes"),
        // A default that is out of range covers no null.
        column(
            "became-nullable",
            SampleColumn("x", "integer", required: true, meaning: ["default": .int(-1)], range(("minimum", .int(0)))),
            SampleColumn("x", "integer", meaning: ["default": .int(-1)], range(("minimum", .int(0)))), "yes", "no"),
        meaning("default-changed", ["default": .int(0)], ["default": .int(-1)], "yes", "yes"),
        meaning("missing-loosened", ["onMissing": .string("error")], ["onMissing": .string("default")], "yes", "no"),
        meaning("missing-tightened", ["onMissing": .string("default")], ["onMissing": .string("error")], "no", "yes"),
        checks("enum-value-added", "string", [listed("a", "b")], [listed("a", "b", "c")], "yes", "no"),
        checks("enum-value-added", "string", [listed("a", "b")], [], "yes", "no"),
        checks("enum-value-removed", "string", [listed("a", "b")], [listed("a")], "no", "yes"),
        checks("enum-value-removed", "integer", [], [listed(0, 1)], "no", "yes"),
        checks("enum-recoded", "integer", [listed(0, 1)], [listed(1, 2)], "no", "no"),
        checks("rule-rewritten", "integer", [listed(0, 1)], [listed(1, 0)], "yes", "yes"),
        // The range leaves none but the listed.
        checks(
            "rule-rewritten", "integer", [listed(0, 1), range(("minimum", 0), ("maximum", 1))],
            [range(("minimum", 0), ("maximum", 1))], "yes", "yes"),
    ]

    static let ranges: [CompatibilityCase] = [
        checks("range-loosened", "integer", [range(("maximum", 10))], [range(("maximum", 20))], "yes", "no"),
        checks("range-loosened", "number", [range(("maximum", 10))], [], "yes", "no"),
        checks("range-tightened", "number", [range(("minimum", 0))], [range(("minimum", .double(0.5)))], "no", "yes"),
        checks("range-tightened", "number", [range(("minimum", 0))], [range(("exclusiveMinimum", 0))], "no", "yes"),
        checks(
            "range-changed", "integer", [range(("minimum", 0), ("maximum", 10))],
            [range(("minimum", 5), ("maximum", 15))], "no", "no"),
        checks("rule-rewritten", "integer", [range(("exclusiveMinimum", 4))], [range(("minimum", 5))], "yes", "yes"),
        checks(
            "rule-rewritten", "integer", [range(("minimum", .double(0.5)))], [range(("exclusiveMinimum", 0))], "yes",
            "yes"),
        checks("range-tightened", "number", [range(("exclusiveMinimum", 4))], [range(("minimum", 5))], "no", "yes"),
        checks(
            "range-loosened", "timestamp", [range(("minimum", "2020-01-01T00:00:00Z"))],
            [range(("minimum", "2019-01-01T00:00:00Z"))], "yes", "no"),
        checks(
            "range-tightened", "date", [range(("maximum", "2030-01-01"))], [range(("maximum", "2029-12-31"))], "no",
            "yes"),
        checks(
            "rule-rewritten", "date", [range(("maximum", "2029-12-31"))], [range(("exclusiveMaximum", "2030-01-01"))],
            "yes", "yes"),
        column(
            "range-loosened", SampleColumn("x", physical: "DECIMAL(10,2)", range(("maximum", .double(1.25)))),
            SampleColumn("x", physical: "DECIMAL(10,2)", range(("maximum", .double(1.26)))), "yes", "no"),
        checks("length-loosened", "string", [("length", ["maximum": 3])], [("length", ["maximum": 4])], "yes", "no"),
        checks("length-tightened", "string", [], [("length", ["minimum": 1])], "no", "yes"),
        checks(
            "length-changed", "string", [("length", ["minimum": 1, "maximum": 3])],
            [("length", ["minimum": 2, "maximum": 4])], "no", "no"),
        checks("items-loosened", "array", [("items", ["maximum": 3])], [("items", ["maximum": 4])], "yes", "no"),
        checks(
            "items-tightened", "array", [("items", ["maximum": 3])], [("items", ["maximum": 3, "unique": true])], "no",
            "yes"),
        checks(
            "items-changed", "array", [("items", ["minimum": 1, "maximum": 2])],
            [("items", ["minimum": 2, "maximum": 3])], "no", "no"),
        checks(
            "multiple-of-loosened", "integer", [("multipleOf", ["value": 4])], [("multipleOf", ["value": 2])], "yes",
            "no"),
        checks(
            "multiple-of-tightened", "number", [("multipleOf", ["value": .double(0.1)])],
            [("multipleOf", ["value": .double(0.5)])], "no", "yes"),
        checks(
            "multiple-of-changed", "integer", [("multipleOf", ["value": 4])], [("multipleOf", ["value": 6])], "no", "no"
        ),
        checks("rule-rewritten", "integer", [("multipleOf", ["value": 1])], [], "yes", "yes"),
    ]

    static let texts: [CompatibilityCase] = [
        checks("pattern-loosened", "string", [pattern("^[a-c]$")], [pattern("^[a-d]$")], "yes", "no"),
        checks("pattern-tightened", "string", [pattern("^[A-Z]{2,3}$")], [pattern("^[A-Z]{2}$")], "no", "yes"),
        checks("pattern-changed", "string", [pattern("^a+$")], [pattern("^b+$")], "no", "no"),
        checks("rule-rewritten", "string", [pattern("^(a|b)+$")], [pattern("^[ab][ab]*$")], "yes", "yes"),
        // A length is a language too.
        checks(
            "rule-rewritten", "string", [pattern("^[a-z]{2}$")], [pattern("^[a-z]{2}$"), ("length", ["maximum": 2])],
            "yes", "yes"),
        checks("format-loosened", "string", [("format", ["format": "uuid"])], [], "yes", "no"),
        checks("format-tightened", "string", [], [("format", ["format": "email"])], "no", "yes"),
        checks(
            "format-changed", "string", [("format", ["format": "ipv4"])], [("format", ["format": "email"])], "no", "no"),
        checks(
            "format-loosened", "string", [("format", ["format": "ipv4"])], [("format", ["format": "hostname"])], "yes",
            "no"),
        checks(
            "finite-loosened", "number", [("finite", ["nan": "reject", "infinity": "reject"])],
            [("finite", ["nan": "allow", "infinity": "reject"])], "yes", "no"),
        checks(
            "finite-tightened", "number", [("finite", ["nan": "allow", "infinity": "reject"])],
            [("finite", ["nan": "reject", "infinity": "reject"])], "no", "yes"),
        checks(
            "finite-changed", "number", [("finite", ["nan": "allow", "infinity": "reject"])],
            [("finite", ["nan": "reject", "infinity": "allow"])], "no", "no"),
        table("expression-loosened", [("expression", ["expression": "x > 0"])], [], "yes", "no"),
        table("expression-tightened", [], [("expression", ["expression": "x > id"])], "no", "yes"),
        table(
            "expression-changed", [("expression", ["expression": "x > 0"])],
            [("expression", ["expression": "x > 5 or x < 0"])], "no", "no"),
        table(
            "rule-rewritten", [("expression", ["expression": "x > 0"])], [("expression", ["expression": "( x  > 0 )"])],
            "yes", "yes"),
        // Tighter, which no proof here sees.
        table(
            "expression-tightened", [("expression", ["expression": "x > 0"])],
            [("expression", ["expression": "x > 1"])],
            "no", "unproven"
        ).renamed("expression-changed"),
    ]

    fileprivate func renamed(_ rule: String) -> CompatibilityCase {
        CompatibilityCase(rule, old, new, backward, forward, consumers: consumers, others: others)
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}
