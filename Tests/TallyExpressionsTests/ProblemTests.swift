// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyExpressions
import TallyModel
import Testing

/// Whole error texts, and every code at least once.
@Suite struct ProblemTests {
    static let columns: [ColumnSchema] = [
        ColumnSchema(name: "distance", type: .float64), ColumnSchema(name: "origin", type: .string),
        ColumnSchema(name: "stops", type: .int32), ColumnSchema(name: "day_", type: .date),
        ColumnSchema(name: "tags", type: .array(.string)), ColumnSchema(name: "late", type: .bool),
    ]

    static let goldens: [(text: String, wanted: String)] = [
        ("", "T0401 0..<0 the expression ends where a value is expected"),
        ("1 +", "T0401 3..<3 the expression ends where a value is expected"),
        ("1 2", "T0401 2..<3 '2' stands where an operator or the end is expected"),
        ("(1", "T0401 2..<2 the expression ends where ')' is expected"),
        ("abs(1 2)", "T0401 6..<7 '2' stands where ',' or ')' is expected"),
        ("stops in ()", "T0401 11..<11 the expression ends where a value is expected"),
        ("case end", "T0401 5..<8 'end' stands where a value is expected | a column named end is written \"end\""),
        ("case when late then 1", "T0401 21..<21 the expression ends where 'when', 'else' or 'end' is expected"),
        ("late is 1", "T0401 8..<9 '1' stands where 'null', 'true' or 'false' is expected"),
        (
            "12abc",
            "T0401 0..<3 a number is followed directly by 'a' | put a space or an operator between them; "
                + "a name that starts with a digit needs double quotes"
        ),
        ("'it", "T0402 0..<3 a string has no closing ' | write '' for a ' inside"),
        ("\"it", "T0402 0..<3 a quoted name has no closing \" | write \"\" for a \" inside"),
        ("stops ^ 2", "T0403 6..<7 '^' has no meaning in an expression | write pow(x, y)"),
        ("größe ? 1", "T0403 6..<7 '?' has no meaning in an expression"),
        (
            "9223372036854775808",
            "T0405 0..<19 the whole number 9223372036854775808 does not fit int64 | write it as a decimal: "
                + "9223372036854775808.0"
        ),
        ("1e999", "T0405 0..<5 the number 1e999 does not fit float64"),
        ("date '2013-02-30'", "T0406 0..<17 '2013-02-30' is not a date | write it as date '2013-01-31'"),
        (
            "timestamp '2013-02-01 00:00:00'",
            "T0406 0..<31 '2013-02-01 00:00:00' is not a timestamp with an offset | write it as timestamp "
                + "'2013-01-31T05:00:00Z'"
        ),
        (
            "1 < stops < 3",
            "T0407 10..<11 comparisons cannot be chained | put one comparison in parentheses, or write 'a < b and b < c'"
        ),
        (
            "distanse * stpos",
            "T0408 0..<8 there is no column distanse | did you mean distance?\n"
                + "T0408 11..<16 there is no column stpos | did you mean stops?"
        ),
        (
            "unheard_of",
            "T0408 0..<10 there is no column unheard_of | columns: day_, distance, late, origin, stops, tags"
        ),
        ("lenght(origin)", "T0409 0..<6 there is no function lenght | did you mean length?"),
        (
            "current_time()",
            "T0409 0..<12 there is no function current_time | the functions are listed in docs/guides/expressions.md"
        ),
        ("stops::varchar", "T0410 7..<14 there is no type varchar to cast to | did you mean string?"),
        ("cast(stops as floot64)", "T0410 14..<21 there is no type floot64 to cast to | did you mean float64?"),
        ("sqrt(1, 2)", "T0411 0..<10 sqrt takes 1 argument, not 2 | write it as sqrt(x)"),
        ("round()", "T0411 0..<7 round takes 1 or 2 arguments, not 0 | write it as round(x[, digits])"),
        ("nullif(1)", "T0411 0..<9 nullif takes 2 arguments, not 1 | write it as nullif(x, y)"),
        (
            "origin + 1",
            "T0412 0..<10 '+' is not defined for (string, int32) | accepted: (int32, int32) → int32; "
                + "(int64, int64) → int64; (float32, float32) → float32; (float64, float64) → float64"
        ),
        ("lower(stops)", "T0412 0..<12 'lower' is not defined for (int32) | accepted: (string) → string"),
        (
            "late and stops",
            "T0412 9..<14 'and' takes bool on both sides, not int32 | compare it with something, as in 'x > 0'"
        ),
        (
            "case when stops then 1 end",
            "T0412 10..<15 a condition of case is bool, not int32 | compare it with something, as in 'when x > 0'"
        ),
        (
            "date_diff('day', day_, timestamp '2013-01-01T00:00:00Z')",
            "T0412 0..<56 'date_diff' is not defined for (date, timestamp) | accepted: (unit, date, date) → int64; "
                + "(unit, timestamp, timestamp) → int64"
        ),
        (
            "coalesce(tags, tags)",
            "T0412 0..<20 'coalesce' is not defined for (array<string>, array<string>) | accepted: "
                + "one common type, not an array"
        ),
        ("day_::int32", "T0413 0..<11 date cannot be cast to int32 | date can be cast to string, timestamp"),
        (
            "coalesce(stops, origin)",
            "T0414 0..<23 the arguments of coalesce have no common type: int32, string | cast them to one type, as in "
                + "'cast(x as int32)'"
        ),
        (
            "case when late then 1 else 'a' end",
            "T0414 0..<34 the results of case have no common type: int32, string | cast them to one type, as in "
                + "'cast(x as int32)'"
        ),
        ("null", "T0416 0..<4 nothing says of which type this null is | write cast(null as float64)"),
        (
            "date_trunc(origin, day_)",
            "T0417 11..<17 the unit of date_trunc is a string literal | one of 'year', 'quarter', 'month', 'week', 'day', "
                + "'hour', 'minute', 'second'"
        ),
        ("date_trunc('mnth', day_)", "T0417 11..<17 there is no unit 'mnth' | did you mean 'month'?"),
        (
            "date_trunc('hour', day_)",
            "T0417 19..<23 a date has no hours | cast(... as timestamp) gives its midnight in UTC"
        ),
        (
            "origin like '5$' escape '$'",
            "T0418 12..<16 the pattern ends in its escape character | an escape character stands before '%', '_' or itself"
        ),
        (
            "origin like 'a' escape 'ab'",
            "T0418 23..<27 the escape character is a literal string of one character | write it as escape '\\'"
        ),
    ]

    @Test(arguments: goldens)
    func `a wrong expression says where, what and what to do`(text: String, wanted: String) {
        #expect(Rendering.problems(text, columns: Self.columns) == wanted)
    }

    static let results: [(text: String, expected: DataType, wanted: String)] = [
        ("stops", .int64, "no problem: stops is int64"), ("stops", .float64, "no problem: stops is float64"),
        ("1", .float32, "no problem: 1 is float32"), ("-1", .int64, "no problem: -1 is int64"),
        (
            "9007199254740993", .float64,
            "T0415 0..<16 the expression is int64, but float64 is declared | "
                + "write cast(... as float64), or declare int64"
        ),
        ("null", .string, "no problem: null is string"), ("tags", .array(.string), "no problem: tags is array<string>"),
        (
            "distance", .int32,
            "T0415 0..<8 the expression is float64, but int32 is declared | write cast(... as int32), or declare float64"
        ),
        (
            "stops", .float32,
            "T0415 0..<5 the expression is int32, but float32 is declared | "
                + "write cast(... as float32), or declare int32"
        ),
        ("day_", .int32, "T0415 0..<4 the expression is date, but int32 is declared"),
    ]

    @Test(arguments: results)
    func `a declared type is reached only where nothing is lost`(text: String, expected: DataType, wanted: String) {
        #expect(Rendering.problems(text, columns: Self.columns, expected: expected) == wanted)
    }

    @Test
    func `every code has a text that produces it`() {
        let tooLong = String(repeating: " ", count: 70_000) + "1"
        let produced = Set(
            (Self.goldens.map(\.wanted) + Self.results.map(\.wanted) + [Rendering.problems(tooLong)])
                .flatMap { $0.split(separator: "\n") }.map { String($0.prefix(5)) })
        for code in ExpressionCode.all { #expect(produced.contains(code.code), "\(code.code)") }
    }

    @Test
    func `a declared type is the type of every value`() throws {
        let expression = try TypedExpression.compile("stops", columns: Self.columns, expected: .float64).get()
        #expect(expression.evaluate(row: ["stops": .int32(3)]).value == .float64(3))
        #expect(expression.evaluate(row: [:]).value == .null)
    }

    @Test func `columns that look the same and differ in a byte are two`() throws {
        let names = ["\u{E9}", "e\u{301}"]
        let columns = [ColumnSchema(name: names[0], type: .int32), ColumnSchema(name: names[1], type: .string)]
        let batch = Batch([
            (names[0], Column(type: .int32, values: [.int32(7)])),
            (names[1], Column(type: .string, values: [.string("x")])),
        ])
        for (name, type, value) in [(names[0], DataType.int32, Value.int32(7)), (names[1], .string, .string("x"))] {
            let expression = try TypedExpression.compile("\"\(name)\"", columns: columns, expected: type).get()
            #expect(expression.evaluate(batch).column.values == [value])
            #expect(expression.evaluate { $0.utf8.count == name.utf8.count ? value : .null }.value == value)
        }
        #expect(Set(columns + columns).count == 2)
    }
}
