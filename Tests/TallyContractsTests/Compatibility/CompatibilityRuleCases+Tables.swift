// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyModel

private let day: Int64 = 86_400_000_000

extension CompatibilityCase {
    static let tables: [CompatibilityCase] = [
        checks("unique-tightened", "integer", [], [("unique", ["columns": .array(["x"])])], "no", "yes"),
        checks("unique-loosened", "integer", [("unique", ["columns": .array(["x"])])], [], "yes", "no"),
        table(
            "unique-loosened", [("unique", ["columns": .array(["id"])])],
            [("unique", ["columns": .array(["id", "x"])])], "yes", "no", others: ["rule-rewritten"]),
        table("reference-tightened", [], [("reference", Self.reference)], "no", "yes"),
        table("reference-loosened", [("reference", Self.reference)], [], "yes", "no"),
        table("reference-changed", [("reference", Self.reference)], [("reference", Self.other)], "no", "no"),
        table("extra-columns-tightened", [], [("undeclared", [:])], "no", "yes"),
        table("extra-columns-loosened", [("undeclared", [:])], [], "yes", "no"),
        table(
            "quality-tightened", [("rowCount", ["mustBeGreaterThan": 10])], [("rowCount", ["mustBeGreaterThan": 20])],
            "no", "yes"),
        table(
            "quality-loosened", [("rowCount", ["mustBeBetween": .array([10, 20])])],
            [("rowCount", ["mustBeBetween": .array([10, 30])])], "yes", "no"),
        table(
            "quality-changed", [("rowCount", ["mustBeBetween": .array([10, 20])])],
            [("rowCount", ["mustBeBetween": .array([15, 30])])], "no", "no"),
        table(
            "rule-rewritten", [("rowCount", ["mustBeGreaterThan": 10])], [("rowCount", ["mustBeGreaterOrEqualTo": 11])],
            "yes", "yes"),
        checks(
            "quality-loosened", "string", [("nullValues", ["mustBeLessThan": 1, "unit": "percent"])],
            [("nullValues", ["mustBeLessThan": 5, "unit": "percent"])], "yes", "no"),
        checks(
            "quality-tightened", "string", [("nullValues", ["mustBeLessThan": 5])],
            [("nullValues", ["mustBeLessThan": 1])], "no", "yes"),
        checks(
            "quality-loosened", "string", [("invalidValues", ["valid": .array(["a", "b"]), "mustBe": 0])],
            [("invalidValues", ["valid": .array(["a", "b"]), "mustBeLessThan": 3])], "yes", "no"),
        checks(
            "quality-tightened", "string", [],
            [("missingValues", ["missing": .array(["N/A", .null]), "mustBeLessOrEqualTo": 2])], "no", "yes"),
        checks(
            "quality-loosened", "integer", [("duplicateValues", ["mustBeLessThan": 2])],
            [("duplicateValues", ["mustBeLessThan": 10])], "yes", "no"),
        checks(
            "quality-tightened", "integer", [("distinctCount", ["mustBeLessThan": 9])],
            [("distinctCount", ["mustBeLessThan": 4])], "no", "yes"),
        checks(
            "quality-loosened", "number", [("mean", ["mustBeBetween": .array([0, 10])])],
            [("mean", ["mustBeBetween": .array([0, 12])])], "yes", "no"),
        checks("quality-tightened", "number", [], [("maximum", ["mustBeLessThan": 7])], "no", "yes"),
        checks(
            "quality-tightened", "number", [("sum", ["mustBeLessThan": 9])], [("sum", ["mustBeLessThan": 7])], "no",
            "yes"),
        table(
            "quality-loosened", [("rowCountChange", ["mustBeBetween": .array([-10, 10])])],
            [("rowCountChange", ["mustBeBetween": .array([-20, 20])])], "yes", "no"),
        table("query-tightened", [], [("sql", ["query": "select 1", "mustBe": 1])], "unproven", "yes"),
        table("query-loosened", [("sql", ["query": "select 1", "mustBe": 1])], [], "yes", "unproven"),
        table(
            "query-changed", [("sql", ["query": "select 1", "mustBe": 1])],
            [("sql", ["query": "select 2", "mustBe": 1])], "unproven", "unproven"),
        table(
            "query-loosened", [("sql", ["query": "select 1", "mustBe": 1])],
            [("sql", ["query": "select 1", "mustBeLessThan": 2])], "yes", "unproven"),
        table(
            "words-changed", [("text", ["text": "be nice"])], [("text", ["text": "be nicer"])], "unproven", "unproven"),
        table(
            "words-changed", [("serviceLevel", ["property": "retention", "value": 3])],
            [("serviceLevel", ["property": "retention", "value": 2])], "unproven", "unproven"),
    ]

    private static let reference: [String: JSON] = [
        "columns": .array(["id"]), "object": "users", "properties": .array(["id"]),
    ]
    private static let other: [String: JSON] = [
        "columns": .array(["id"]), "object": "people", "properties": .array(["id"]),
    ]

    static let guarantees: [CompatibilityCase] = {
        var column = SampleColumn("x", "integer")
        column.checks = [("range", ["minimum": 0])]
        let base = SampleContract(column)
        let warned = base.with { $0.severity = ["range": .warning] }
        let quarantined = base.with { $0.reaction = ["range": Reaction(.quarantine)] }
        let served = base.with { $0.reaction = ["range": Reaction(.serveDefault)] }
        func upTo(_ limit: Double) -> SampleContract {
            base.with { $0.reaction = ["range": Reaction(.warn, upTo: limit)] }
        }
        return [
            CompatibilityCase("guarantee-weakened", base, warned, "yes", "no"),
            CompatibilityCase("guarantee-strengthened", warned, base, "no", "yes"),
            CompatibilityCase("guarantee-weakened", upTo(0.01), upTo(0.05), "yes", "no"),
            CompatibilityCase("guarantee-weakened", base, upTo(0.05), "yes", "no"),
            CompatibilityCase("reaction-changed", base, quarantined, "yes", "yes"),
            CompatibilityCase(
                "default-served", warned, served.with { $0.severity = ["range": .warning] }, "yes", "yes"),
            CompatibilityCase("default-served", base, served, "yes", "no", others: ["guarantee-weakened"]),
        ]
    }()

    static let keys: [CompatibilityCase] = {
        let columns = SampleContract(
            SampleColumn("a", "integer", required: true), SampleColumn("b", "integer"),
            SampleColumn("at", "timestamp"), SampleColumn("known", "timestamp"), SampleColumn("x", "number")
        ).with {
            $0.keys = ["a"]
            $0.eventTime = "at"
            $0.knownTime = "known"
        }
        let strict = columns.with { $0.columns[4].isRequired = true }
        func table(_ key: String, _ value: JSON?, _ base: SampleContract) -> SampleContract {
            base.with { $0.meaning[key] = value }
        }
        func delay(_ check: String, _ limit: Int64) -> SampleContract {
            columns.with { $0.table = [(check, ["limit": .int(limit), "column": "at"])] }
        }
        func skew(_ span: Int64) -> SampleContract {
            columns.with { $0.table = [("notInFuture", ["column": "at", "skew": .int(span)])] }
        }
        return [
            CompatibilityCase(
                "entity-key-changed", columns, columns.with { $0.keys = ["a", "b"] }, "no", "no",
                others: ["unique-loosened", "unique-tightened", "rule-rewritten"]),
            CompatibilityCase(
                "entity-key-reordered", columns.with { $0.keys = ["a", "b"] }, columns.with { $0.keys = ["b", "a"] },
                "yes", "yes"),
            CompatibilityCase("event-time-changed", columns, columns.with { $0.eventTime = "known" }, "no", "no"),
            CompatibilityCase("event-time-changed", columns, columns.with { $0.knownTime = "at" }, "no", "no"),
            CompatibilityCase("ttl-shortened", table("ttl", "7d", columns), table("ttl", "P1D", columns), "no", "yes"),
            CompatibilityCase("ttl-shortened", table("ttl", "7d", strict), table("ttl", "1d", strict), "no", "no"),
            CompatibilityCase("ttl-lengthened", table("ttl", "1d", columns), table("ttl", "P7D", columns), "yes", "no"),
            CompatibilityCase(
                "label-delay-shortened", table("labelDelay", "7d", columns), table("labelDelay", "1d", columns), "no",
                "yes"),
            CompatibilityCase(
                "label-delay-lengthened", table("labelDelay", "1d", columns), table("labelDelay", "7d", columns), "yes",
                "no"),
            meaning("environment-removed", [:], ["environments": .array(["training"])], "yes", "no"),
            meaning(
                "environment-added", ["environments": .array(["training"])],
                ["environments": .array(["training", "serving"])], "no", "yes"),
            CompatibilityCase("time-rule-loosened", skew(0), skew(60_000_000), "yes", "no"),
            CompatibilityCase("time-rule-tightened", skew(60_000_000), skew(0), "no", "yes"),
            CompatibilityCase(
                "time-rule-tightened", columns,
                columns.with { $0.table = [("knownAfterEvent", ["event": "at", "known": "known"])] }, "no", "yes"),
            CompatibilityCase(
                "time-rule-changed",
                columns.with { $0.table = [("notInFuture", ["column": "at"])] },
                columns.with { $0.table = [("notInFuture", ["column": "known"])] }, "no", "no"),
            CompatibilityCase("delay-loosened", delay("freshness", 300_000_000), delay("freshness", day), "yes", "no"),
            CompatibilityCase("delay-tightened", delay("latency", day), delay("latency", 60_000_000), "no", "yes"),
            CompatibilityCase("delay-tightened", columns, delay("frequency", day), "no", "yes"),
            CompatibilityCase(
                "delay-changed", delay("freshness", day),
                columns.with { $0.table = [("freshness", ["limit": .int(day), "column": "known"])] }, "no", "no"),
        ]
    }()

    static let meanings: [CompatibilityCase] = {
        func vector(_ arguments: [String: JSON], _ meaning: [String: JSON] = [:]) -> SampleColumn {
            SampleColumn("x", "vector", meaning: meaning, ("vector", arguments))
        }
        return [
            meaning("unit-changed", ["unit": "USD"], ["unit": "EUR"], "no", "no"),
            meaning("unit-changed", ["currency": "USD"], ["currency": "EUR"], "no", "no"),
            meaning("aggregation-changed", ["window": "7d"], ["window": "30d"], "no", "no"),
            meaning("aggregation-changed", ["aggregation": "sum"], ["aggregation": "mean"], "no", "no"),
            meaning("aggregation-changed", ["filter": "a > 1"], ["filter": "a > 2"], "no", "no"),
            meaning("transform-rewritten", ["transformLogic": "x+1"], ["transformLogic": "x + 1"], "yes", "yes"),
            meaning(
                "transform-rewritten", ["transformLogic": "select 1", "transformHash": "h"],
                ["transformLogic": "SELECT 1", "transformHash": "h"], "yes", "yes"),
            meaning(
                "transform-changed", ["transformLogic": "x + 1"], ["transformLogic": "x + 2"], "unproven", "unproven"),
            meaning("transform-changed", ["transformHash": "h"], ["transformHash": "i"], "unproven", "unproven"),
            meaning(
                "source-changed", ["transformSourceObjects": .array(["a"])], ["transformSourceObjects": .array(["b"])],
                "yes", "yes"),
            column(
                "embedding-shape-changed", vector(["dimensions": 3]), vector(["dimensions": 4]), "no", "no"),
            column(
                "embedding-shape-changed", vector(["dimensions": 3, "elementType": "float32"]),
                vector(["dimensions": 3, "elementType": "float64"]), "no", "no"),
            column(
                "rule-rewritten", vector(["dimensions": 3]), vector(["dimensions": 3, "normalized": false]), "yes",
                "yes"),
            meaning("embedding-model-changed", ["embeddingModel": "a"], ["embeddingModel": "b"], "no", "no"),
            meaning("embedding-model-changed", ["chunkSize": 100], ["chunkSize": 200], "no", "no"),
            meaning("distance-changed", ["distanceMetric": "cosine"], ["distanceMetric": "dotProduct"], "no", "no"),
            column(
                "distance-changed", vector(["dimensions": 3, "normalized": true]),
                vector(["dimensions": 3, "normalized": false]), "no", "no"),
            meaning("meaning-declared", [:], ["unit": "USD"], "no", "yes"),
            meaning("meaning-dropped", ["unit": "USD"], [:], "yes", "no"),
            meaning("meaning-changed", ["semanticType": "measure"], ["semanticType": "dimension"], "no", "no"),
            meaning("meaning-changed", ["brewedBy": "a"], ["brewedBy": "b"], "no", "no"),
        ]
    }()

    static let governance: [CompatibilityCase] = {
        let base = SampleContract(SampleColumn("x", "number"))
        func mode(_ word: String) -> SampleContract {
            base.with {
                $0.document = .object([
                    (
                        "customProperties",
                        .array([
                            .object([("property", "compatibility"), ("value", .string(word)), ("vendor", "tallystick")])
                        ])
                    )
                ])
            }
        }
        return [
            meaning(
                "classification-raised", ["classification": "public"], ["classification": "restricted"], "yes", "no"),
            meaning(
                "classification-lowered", ["classification": "restricted"], ["classification": "Public"], "no", "yes"),
            meaning("classification-changed", ["classification": "green"], ["classification": "red"], "no", "no"),
            CompatibilityCase(
                "deprecated", base, base.with { $0.columns[0].isDeprecated = true }, "yes", "yes"),
            CompatibilityCase("documentation-changed", base, base.with { $0.owner = "ops" }, "yes", "yes"),
            CompatibilityCase(
                "documentation-changed", base, base.with { $0.document = .object([("tags", .array(["a"]))]) }, "yes",
                "yes"),
            CompatibilityCase(
                "source-changed", base, base.with { $0.document = .object([("servers", .array([]))]) }, "yes", "yes"),
            CompatibilityCase("reservation-dropped", base.with { $0.reserved = ["t.y"] }, base, "yes", "yes"),
            CompatibilityCase("compatibility-relaxed", mode("FULL"), mode("BACKWARD"), "yes", "yes"),
            CompatibilityCase("compatibility-strengthened", mode("NONE"), mode("FORWARD"), "yes", "yes"),
        ]
    }()

    static let all = columns + types + values + ranges + texts + tables + guarantees + keys + meanings + governance
}
