// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension CompatibilityCatalogue {
    static let valueRules: [CompatibilityRule] =
        [
            CompatibilityRule(
                "became-required", .values, "null is forbidden", backward: "no", forward: "yes", .same, .minor,
                why: "history may hold nulls", help: "fill the nulls of history first"),
            CompatibilityRule(
                "became-nullable", .values, "null is allowed", backward: "yes",
                forward: "no, unless a default is served for null", .shift, .major,
                why: "models never saw null", help: "serve a default, or retrain with nulls"),
            CompatibilityRule(
                "default-changed", .values, "the value served in place of a missing one changes", backward: "yes",
                forward: "yes", .shift, .major,
                why: "no reader can tell from the data, and yet models read another number",
                help: "retrain with the new default before it is served"),
            CompatibilityRule(
                "missing-loosened", .values, "a missing value no longer is an error", backward: "yes", forward: "no",
                .shift, .major, why: "readers get a default or null where they got an error",
                help: "have the readers agree"),
            CompatibilityRule(
                "missing-tightened", .values, "a missing value becomes an error", backward: "no", forward: "yes",
                .shift, .major, why: "readers get an error where they got a value", help: "have the readers agree"),
            CompatibilityRule(
                "enum-value-added", .values, "a listed value is added, or the list dropped", backward: "yes",
                forward: "no", .shift, .major, why: "models meet a category that they never saw",
                help: "retrain, or map the new value to one that is known"),
            CompatibilityRule(
                "enum-value-removed", .values, "a listed value is removed, or a list is new", backward: "no",
                forward: "yes", .same, .minor, why: "history may hold the value", help: "recode history first"),
            CompatibilityRule(
                "enum-recoded", .values, "listed values are replaced by others", backward: "no", forward: "no", .new,
                .major, why: "encoders give the same number to another value", help: "add a column with the new codes"),
            CompatibilityRule(
                "rule-rewritten", .values, "a promise is written otherwise and admits the same, or binds nobody",
                backward: "yes", forward: "yes", .same, .patch,
                why: "sets are compared, not texts: x > 4 is x >= 5 for whole numbers", help: "nothing has to be done"),
        ] + CompatibilityFacet.values.flatMap(\.rules)

    static let tableRules: [CompatibilityRule] =
        CompatibilityFacet.tables.flatMap(\.rules) + [
            CompatibilityRule(
                "words-changed", .tables, "a rule that data cannot show changes", backward: "unproven",
                forward: "unproven", .shift, .minor,
                why: "rules in words, of other engines, and service levels beside the data are not executed",
                help: "have the readers agree")
        ]

    static let guaranteeRules: [CompatibilityRule] = [
        CompatibilityRule(
            "guarantee-weakened", .guarantees, "a promise stays and binds less: a warning in place of a block",
            backward: "yes", forward: "no", .same, .minor, why: "the guarantee is gone though the rule stays",
            help: "have the readers agree"),
        CompatibilityRule(
            "guarantee-strengthened", .guarantees, "a promise stays and binds more", backward: "no", forward: "yes",
            .same, .minor, why: "history may break what only warned before", help: "check history against the promise"),
        CompatibilityRule(
            "reaction-changed", .guarantees, "what is done about a broken promise changes, and readers see the same",
            backward: "yes", forward: "yes", .same, .minor,
            why: "rows that break the promise stay hidden, or stay visible", help: "tell those who operate it"),
        CompatibilityRule(
            "default-served", .guarantees, "a default begins or ceases to be served for values that break a promise",
            backward: "computed", forward: "computed", .shift, .major,
            why: "models read the default where they read a value or nothing", help: "retrain with the default"),
    ]
}
