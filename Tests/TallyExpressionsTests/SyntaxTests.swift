// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyExpressions
import TallyModel
import Testing

/// What the text of an expression means: precedence, literals, spelling, limits.
@Suite struct SyntaxTests {
    static let columns: [ColumnSchema] = [
        ColumnSchema(name: "a", type: .int32), ColumnSchema(name: "b", type: .int32),
        ColumnSchema(name: "c", type: .bool), ColumnSchema(name: "s", type: .string),
        ColumnSchema(name: "Case", type: .int32), ColumnSchema(name: "two words", type: .int32),
        ColumnSchema(name: "größe", type: .float64), ColumnSchema(name: "date", type: .date),
        ColumnSchema(name: "say \"hi\"", type: .bool),
    ]

    @Test(arguments: [
        ("  a  ", "a"), ("\"a\"", "a"), ("((a))", "a"), ("a==b", "a = b"), ("a!=b", "a <> b"),
        ("a*(b+1)", "a * (b + 1)"),
        ("(a*b)+1", "a * b + 1"), ("a-(b-1)", "a - (b - 1)"), ("(a-b)-1", "a - b - 1"), ("-(a)", "-a"),
        ("- - a", "-(-a)"), ("-(5)", "-5"), ("-(-5)", "-(-5)"), ("1--1", "1 - -1"), ("+a", "+a"),
        ("NOT c AND c", "not c and c"), ("not (c and c)", "not (c and c)"), ("c or c and c", "c or c and c"),
        ("(c or c) and c", "(c or c) and c"), ("not a = b", "not a = b"), ("(not c) = c", "(not c) = c"),
        ("a::int64::string", "cast(cast(a as int64) as string)"), ("-a::int64", "-cast(a as int64)"),
        ("CAST(a AS FLOAT64)", "cast(a as float64)"), ("s||s", "s || s"), ("s||s like s", "s || s like s"),
        ("a in(1,2 , 3)", "a in (1, 2, 3)"), ("a Not In (1)", "a not in (1)"), ("not a in (1)", "not a in (1)"),
        ("a between 1 and 2 and c", "a between 1 and 2 and c"),
        ("a+1 between b-1 and b", "a + 1 between b - 1 and b"),
        ("c between (c and c) and c", "c between (c and c) and c"), ("a=b is null", "a = b is null"),
        ("c=(b is null)", "c = (b is null)"), ("c is not TRUE is false", "c is not true is false"),
        ("s like 'a''b' escape '$'", "s like 'a''b' escape '$'"), ("1.50", "1.5"), (".5", "0.5"), ("1.", "1.0"),
        ("1.e2", "100.0"), ("1E3", "1000.0"), ("1e-7", "1e-07"), ("1e300", "1e+300"), ("007", "7"),
        ("CASE WHEN c THEN a END", "case when c then a end"),
        ("case (a) when 1 then 2 else (3) end", "case a when 1 then 2 else 3 end"),
        ("COALESCE( a ,b)", "coalesce(a, b)"), ("\"Case\" + \"two words\"", "\"Case\" + \"two words\""),
        ("\"größe\"", "größe"), ("date", "date"), ("DATE '2013-01-01'", "date '2013-01-01'"),
        ("timestamp '2013-01-01 00:30:00.5+01:00'", "timestamp '2012-12-31T23:30:00.500Z'"),
        ("\"say \"\"hi\"\"\"", "\"say \"\"hi\"\"\""), ("a\n\t+\r\nb", "a + b"), ("\"and\"", "\"and\""),
        ("a // b % a / b", "a // b % a / b"), ("a // (b % a)", "a // (b % a)"),
    ])
    func `the canonical text keeps only what is needed`(text: String, wanted: String) throws {
        let columns = Self.columns + [ColumnSchema(name: "and", type: .int32), ColumnSchema(name: "A", type: .int32)]
        let expression = try TypedExpression.compile(text, columns: columns).get()
        #expect(expression.canonicalText == wanted)
    }

    @Test
    func `names of columns keep their letter case, words and functions do not`() {
        #expect(Rendering.value("ABS(-1) + a", row: ["a": .int32(2)], columns: Self.columns) == "3: int32")
        #expect(
            Rendering.problems("B + 1", columns: Self.columns) == "T0408 0..<1 there is no column B | did you mean b?")
    }

    @Test
    func `columns are found in the order of the text without knowing types`() throws {
        let found = try TypedExpression.columnsReferenced(in: "b + \"two words\" * abs(b) > date '2013-01-01'").get()
        #expect(found.map(\.name) == ["b", "two words", "b"])
        #expect(found.map(\.range) == [0..<1, 4..<15, 22..<23])
    }

    @Test
    func `inputs are the columns in order of first use`() throws {
        let expression = try TypedExpression.compile("b + a * b", columns: Self.columns).get()
        #expect(expression.inputs == ["b", "a"])
    }

    @Test(arguments: ["(", "-", "not ", "abs(", "case when ", "a + (", "a = (", "cast(", "a in (", "1+"])
    func `too much nesting is an error, not a crash`(piece: String) {
        for count in [300, 5_000, 100_000] {
            let problem = Rendering.problems(String(repeating: piece, count: count) + "a", columns: Self.columns)
            #expect(problem.hasPrefix("T0404"), "\(piece) \(count) times: \(problem.prefix(200))")
        }
    }

    @Test
    func `a long flat list is not nesting`() {
        let list = (0..<5_000).map(String.init).joined(separator: ", ")
        #expect(Rendering.value("4999 in (\(list))") == "true: bool")
        let nested = String(repeating: "(", count: 150) + "1" + String(repeating: ")", count: 150)
        #expect(Rendering.value(nested) == "1: int32")
    }
}
