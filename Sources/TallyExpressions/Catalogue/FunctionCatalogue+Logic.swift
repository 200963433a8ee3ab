// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

extension FunctionCatalogue {
    static let logic: [FunctionRecord] = [
        FunctionRecord(
            name: "or", group: .logic, notation: "a or b", form: .special, types: "(bool, bool) → bool",
            nulls: "true if either side is true, else null if either is null",
            summary: "The right side is not evaluated where the left one is true.", isFunction: false),
        FunctionRecord(
            name: "and", group: .logic, notation: "a and b", form: .special, types: "(bool, bool) → bool",
            nulls: "false if either side is false, else null if either is null",
            summary: "The right side is not evaluated where the left one is false.", isFunction: false),
        FunctionRecord(
            name: "not", group: .logic, notation: "not a",
            form: .signatures([Signature([.bool], .bool, .unary { (x: Bool, _) -> Bool? in !x })]),
            summary: "The opposite.", isFunction: false),
        FunctionRecord(
            name: "is true", group: .logic, notation: "a is [not] true",
            form: .signatures([Signature([.bool], .bool, .lenient { (x: [Bool?], _) -> Bool? in x[0] == true })]),
            nulls: "never null: `null is true` is false", summary: "Whether it is (not) true.", isFunction: false),
        FunctionRecord(
            name: "is false", group: .logic, notation: "a is [not] false",
            form: .signatures([Signature([.bool], .bool, .lenient { (x: [Bool?], _) -> Bool? in x[0] == false })]),
            nulls: "never null: `null is false` is false", summary: "Whether it is (not) false.", isFunction: false),
    ]

    static let comparison: [FunctionRecord] = [
        compare("=", .equal, "x = y, x == y", "Equality; NaN equals NaN."),
        compare("<>", .notEqual, "x <> y, x != y", "The opposite of `=`."),
        compare("<", .less, "x < y", "Earlier in the order of the type; NaN is larger than every number."),
        compare("<=", .lessOrEqual, "x <= y", "`<` or `=`."),
        compare(">", .greater, "x > y", "The opposite of `<=`."),
        compare(">=", .greaterOrEqual, "x >= y", "The opposite of `<`."),
        FunctionRecord(
            name: "between", group: .comparison, notation: "x [not] between low and high",
            form: .uniform(uniform(3, 3, .bool, .between)), nulls: "as `x >= low and x <= high`",
            summary: "Bounds are included. All three values are always evaluated.", isFunction: false),
        FunctionRecord(
            name: "in", group: .comparison, notation: "x [not] in (y, ...)",
            form: .uniform(uniform(2, nil, .bool, .isIn)),
            nulls: "null if x is null, or if no value equals x and one of them is null",
            summary: "Whether x equals one of the values. All values are always evaluated.", isFunction: false),
    ]

    private static func compare(
        _ name: String, _ family: OrderedFamily, _ notation: String, _ summary: String
    ) -> FunctionRecord {
        FunctionRecord(
            name: name, group: .comparison, notation: notation, form: .uniform(uniform(2, 2, .bool, family)),
            summary: summary, isFunction: false)
    }

    static func uniform(
        _ minimum: Int, _ maximum: Int?, _ result: DataType?, _ family: OrderedFamily,
        types: [DataType] = OrderedFamily.types
    ) -> FunctionRecord.Uniform {
        FunctionRecord.Uniform(
            minimum: minimum, maximum: maximum, types: types, result: result, kernel: { family.kernel(for: $0) })
    }

    static let choices: [FunctionRecord] = [
        FunctionRecord(
            name: "is null", group: .choice, notation: "x is [not] null", form: .special, types: "(any type) → bool",
            nulls: "never null", summary: "Whether it is (not) null.", isFunction: false),
        FunctionRecord(
            name: "case", group: .choice, notation: "case when c then x [when ...] [else y] end", form: .special,
            types: "conditions bool, results of one common type",
            nulls: "a condition that is null does not hold; without `else` the rest is null",
            summary: "The result of the first condition that holds. Later conditions, and results not taken, are not "
                + "evaluated for that row.", isFunction: false),
        FunctionRecord(
            name: "case value", group: .choice, notation: "case x when v then y [when ...] [else z] end",
            form: .special, types: "x and v of one common type, results of one common type",
            nulls: "null equals nothing", summary: "As `case when x = v then y ...`, with x evaluated once.",
            isFunction: false),
        FunctionRecord(
            name: "coalesce", group: .choice, notation: "coalesce(x, ...)", form: .special,
            types: "one common type, not an array", nulls: "null if all are null",
            summary: "The first value that is not null. Later ones are not evaluated for that row."),
        FunctionRecord(
            name: "nullif", group: .choice, notation: "nullif(x, y)", form: .uniform(uniform(2, 2, nil, .nullIf)),
            nulls: "x if y is null", summary: "Null where x equals y, else x."),
        FunctionRecord(
            name: "cast", group: .choice, notation: "cast(x as type), x::type", form: .special,
            types: "see the table of casts", summary: "The value in another type.", findings: .failedCast,
            isFunction: false),
    ]
}
