// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyModel

/// One pair of contracts and what is said of the one change between them.
struct CompatibilityCase: CustomStringConvertible {
    let rule: String
    let old: SampleContract
    let new: SampleContract
    let backward: String
    let forward: String
    var consumers: [Consumer] = []
    var others: [String] = []

    init(
        _ rule: String, _ old: SampleContract, _ new: SampleContract, _ backward: String, _ forward: String,
        consumers: [Consumer] = [], others: [String] = []
    ) {
        self.rule = rule
        self.old = old
        self.new = new
        self.backward = backward
        self.forward = forward
        self.consumers = consumers
        self.others = others
    }

    var description: String { "\(rule) \(backward)/\(forward)" }

    /// A column `x` as it was and as it is.
    static func column(
        _ rule: String, _ old: SampleColumn, _ new: SampleColumn, _ backward: String, _ forward: String,
        others: [String] = []
    ) -> CompatibilityCase {
        let key = SampleColumn("id", "integer", required: true)
        return CompatibilityCase(
            rule, SampleContract(key, old), SampleContract(key, new), backward, forward, others: others)
    }

    /// Checks of a column `x` of one type, as they were and as they are.
    static func checks(
        _ rule: String, _ type: String, _ old: [(String, [String: JSON])], _ new: [(String, [String: JSON])],
        _ backward: String, _ forward: String, others: [String] = []
    ) -> CompatibilityCase {
        var (before, after) = (SampleColumn("x", type), SampleColumn("x", type))
        before.checks = old
        after.checks = new
        return column(rule, before, after, backward, forward, others: others)
    }

    /// The meaning of a column `x`.
    static func meaning(
        _ rule: String, _ old: [String: JSON], _ new: [String: JSON], _ backward: String, _ forward: String,
        type: String = "number"
    ) -> CompatibilityCase {
        column(rule, SampleColumn("x", type, meaning: old), SampleColumn("x", type, meaning: new), backward, forward)
    }

    /// Promises about the whole table.
    static func table(
        _ rule: String, _ old: [(String, [String: JSON])], _ new: [(String, [String: JSON])], _ backward: String,
        _ forward: String, others: [String] = []
    ) -> CompatibilityCase {
        let columns = [SampleColumn("id", "integer"), SampleColumn("at", "timestamp"), SampleColumn("x", "number")]
        func contract(_ promises: [(String, [String: JSON])]) -> SampleContract {
            SampleContract(columns[0], columns[1], columns[2], table: promises).with {
                $0.eventTime = "at"
            }
        }
        return CompatibilityCase(rule, contract(old), contract(new), backward, forward, others: others)
    }
}

/// What a check is given, in the order of the test.
private func given(_ pairs: (String, JSON)...) -> [String: JSON] { Dictionary(pairs) { first, _ in first } }

extension CompatibilityCase {
    static let columns: [CompatibilityCase] = {
        let base = SampleContract(SampleColumn("id", "integer", required: true), SampleColumn("x", "number"))
        let without = SampleContract(SampleColumn("id", "integer", required: true))
        let required = SampleContract(
            SampleColumn("id", "integer", required: true), SampleColumn("x", "number", required: true))
        let filled = SampleContract(
            SampleColumn("id", "integer", required: true),
            SampleColumn("x", "number", required: true, meaning: ["default": .int(0)]))
        func named(_ name: String) -> SampleContract {
            SampleContract(SampleColumn("id", "integer"), SampleColumn(name, "number", physicalName: "c7"))
        }
        let gone = without.with { $0.reserved = ["t.x"] }
        return [
            CompatibilityCase("object-added", base.with { $0.hasObject = false }, base, "no", "yes"),
            CompatibilityCase("object-removed", base, base.with { $0.hasObject = false }, "yes", "no"),
            CompatibilityCase("column-added", without, base, "yes", "yes"),
            CompatibilityCase("column-added", without, filled, "yes", "yes"),
            CompatibilityCase(
                "column-added", without.with { $0.table = [("undeclared", [:])] },
                base.with { $0.table = [("undeclared", [:])] }, "yes", "no"),
            CompatibilityCase("required-column-added", without, required, "no", "yes"),
            CompatibilityCase("column-removed", base, without, "yes", "yes"),
            CompatibilityCase(
                "column-removed", base, without, "yes", "no", consumers: [Consumer(name: "fraud", columns: ["t.x"])]),
            CompatibilityCase(
                "column-removed", base, without, "yes", "yes", consumers: [Consumer(name: "fraud", columns: ["t.id"])]),
            CompatibilityCase("column-removed", required, without, "yes", "no"),
            CompatibilityCase("column-removed", filled, without, "yes", "yes"),
            CompatibilityCase("column-renamed", named("a"), named("b"), "no", "no"),
            CompatibilityCase("name-reused", gone, base.with { $0.reserved = ["t.x"] }, "no", "no"),
            CompatibilityCase(
                "physical-name-changed", named("a"),
                SampleContract(
                    SampleColumn("id", "integer"), SampleColumn("a", "number", physicalName: "c8")), "yes", "yes"),
        ]
    }()

    static let types: [CompatibilityCase] = {
        func physical(_ rule: String, _ old: String, _ new: String, _ backward: String, _ forward: String)
            -> CompatibilityCase
        {
            column(rule, SampleColumn("x", physical: old), SampleColumn("x", physical: new), backward, forward)
        }
        func format(_ rule: String, _ old: String, _ new: String, _ backward: String, _ forward: String)
            -> CompatibilityCase
        {
            column(
                rule, SampleColumn("x", "integer", ("numberFormat", given(("format", .string(old))))),
                SampleColumn("x", "integer", ("numberFormat", given(("format", .string(new))))), backward, forward)
        }
        let small = ("range", given(("minimum", .int(0)), ("maximum", .int(100))))
        let exact = ("range", given(("minimum", .int(-1000)), ("maximum", .int(1000))))
        return [
            physical("type-respelled", "INT", "INTEGER", "yes", "yes"),
            physical("integer-widened", "INTEGER", "BIGINT", "yes", "no"),
            physical("integer-widened", "UTINYINT", "SMALLINT", "yes", "no"),
            format("integer-widened", "i8", "i16", "yes", "no"), format("integer-widened", "i32", "i64", "yes", "no"),
            format("integer-widened", "u32", "i64", "yes", "no"), format("integer-widened", "i64", "i128", "yes", "no"),
            format("integer-narrowed", "i64", "i32", "no", "yes"), format("type-changed", "u32", "i32", "no", "no"),
            physical("integer-narrowed", "BIGINT", "SMALLINT", "no", "yes"),
            column(
                "integer-resized", SampleColumn("x", physical: "INTEGER", small),
                SampleColumn("x", physical: "BIGINT", small), "yes", "yes"),
            column(
                "integer-resized", SampleColumn("x", physical: "BIGINT", small),
                SampleColumn("x", physical: "TINYINT", small), "yes", "yes"),
            physical("integer-to-float", "INTEGER", "DOUBLE", "yes", "no"),
            physical("integer-to-float", "SMALLINT", "FLOAT", "yes", "no"),
            physical("integer-to-narrow-float", "BIGINT", "DOUBLE", "no", "no"),
            physical("integer-to-narrow-float", "INTEGER", "FLOAT", "no", "no"),
            column(
                "integer-to-float", SampleColumn("x", physical: "BIGINT", exact),
                SampleColumn("x", physical: "DOUBLE", exact), "yes", "no"),
            physical("float-to-integer", "DOUBLE", "INTEGER", "no", "yes"),
            physical("float-to-integer", "DOUBLE", "BIGINT", "no", "no"),
            physical("float-widened", "FLOAT", "DOUBLE", "yes", "no"),
            physical("float-narrowed", "DOUBLE", "FLOAT", "no", "yes"),
            column(
                "float-widened", SampleColumn("x", "number", ("numberFormat", given(("format", .string("f32"))))),
                SampleColumn("x", "number", ("numberFormat", given(("format", .string("f64"))))), "yes", "no"),
            physical("decimal-widened", "DECIMAL(10,2)", "DECIMAL(12,2)", "yes", "no"),
            // One digit more before the point.
            physical("type-changed", "DECIMAL(10,2)", "DECIMAL(10,1)", "no", "no"),
            physical("decimal-narrowed", "DECIMAL(10,2)", "DECIMAL(9,1)", "no", "yes"),
            column("type-loosened", SampleColumn("x", "string"), SampleColumn("x"), "yes", "no"),
            column("type-tightened", SampleColumn("x"), SampleColumn("x", "string"), "no", "yes"),
            column(
                "type-respelled", SampleColumn("x", "string"), SampleColumn("x", "string", physical: "VARCHAR"), "yes",
                "yes"),
            // A column of whole numbers is one of numbers, and stays what it is.
            column("type-loosened", SampleColumn("x", "integer"), SampleColumn("x", "number"), "yes", "no"),
            column("type-changed", SampleColumn("x", "string"), SampleColumn("x", "integer"), "no", "no"),
            column("type-changed", SampleColumn("x", "number"), SampleColumn("x", "string"), "no", "no"),
            column("type-changed", SampleColumn("x", "boolean"), SampleColumn("x", "integer"), "no", "no"),
            column("type-changed", SampleColumn("x", "timestamp"), SampleColumn("x", "string"), "no", "no"),
            column("time-type-changed", SampleColumn("x", "date"), SampleColumn("x", "timestamp"), "no", "no"),
            physical("time-type-changed", "TIMESTAMP_MS", "TIMESTAMP", "no", "no"),
            physical("time-type-changed", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "no", "no"),
            physical("type-loosened", "INTEGER[]", "BIGINT[]", "yes", "no"),
            physical("type-tightened", "BIGINT[]", "INTEGER[]", "no", "yes"),
        ]
    }()
}
