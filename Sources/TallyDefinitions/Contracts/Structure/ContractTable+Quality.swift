// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

extension ContractTable {
    /// The operators, of which a rule has one.
    static let operators = [
        "mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan", "mustBeLessOrEqualTo",
        "mustBeBetween", "mustNotBeBetween",
    ]
    /// The metrics of the library since 3.1.
    static let metrics = ["nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"]

    private static let operatorKeys: Keys = operators.map { name in
        switch name {
        case "mustBe", "mustNotBe": (name, .any)
        case "mustBeBetween", "mustNotBeBetween":
            (name, .list(.anyNumber, .init(atLeast: 2, atMost: 2, isUnique: true)))
        default: (name, .anyNumber)
        }
    }

    /// A rule about the data; its keys depend on its type.
    func quality(_ written: JSON) -> ContractRule {
        let type = written["type"]
        var keys: Keys =
            id + [
                ("authoritativeDefinitions", Self.definitions), ("businessImpact", .text),
                ("customProperties", Self.custom), ("description", .text),
                (
                    "dimension",
                    .word([
                        "accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness",
                    ])
                ),
                ("method", .text), ("name", .text), ("schedule", .text), ("scheduler", .text), ("severity", .text),
                ("tags", .texts), ("type", .word(["text", "library", "sql", "custom"])), ("unit", .text),
            ]
        var required: [String] = []
        if isLibrary(written) {
            keys += since(.v31, [("metric", .word(Self.metrics)), ("arguments", .mapping)]) + [("rule", .text)]
            required.append(standard == .v30 ? "rule" : "metric")
        }
        if type == .string("sql") {
            keys.append(("query", .text))
            required.append("query")
        }
        if needsOperator(written) || (standard == .v30 && isLibrary(written)) { keys += Self.operatorKeys }
        if type == .string("custom") {
            keys += [("engine", .text), ("implementation", .either([.text, .mapping]))]
            required += ["engine", "implementation"]
        }
        return ContractRule(subject: "a quality rule", keys: keys, required: required, isOpen: standard == .v30)
    }

    /// Whether a rule takes its metric from the library: in 3.0 also when it has no type.
    func isLibrary(_ written: JSON) -> Bool {
        let type = written["type"]
        if type == .string("library") { return true }
        return standard == .v30 ? type == nil : written["metric"]?.stringValue != nil
    }

    /// Whether a rule must have exactly one operator.
    func needsOperator(_ written: JSON) -> Bool {
        standard >= .v31 && (isLibrary(written) || written["type"] == .string("sql"))
    }
}
