// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyExpressions
import TallyModel
import Testing

/// What operators and functions do at and around their boundaries: value, type and finding, in one line each.
@Suite struct SemanticsTests {
    static let columns: [ColumnSchema] =
        DataType.scalars.map { ColumnSchema(name: "null_\($0)", type: $0) } + [
            ColumnSchema(name: "nan", type: .float64), ColumnSchema(name: "inf", type: .float64),
            ColumnSchema(name: "nan32", type: .float32), ColumnSchema(name: "minus_zero", type: .float64),
            ColumnSchema(name: "small", type: .float32), ColumnSchema(name: "min32", type: .int32),
            ColumnSchema(name: "min64", type: .int64), ColumnSchema(name: "max64", type: .int64),
            ColumnSchema(name: "first", type: .timestamp), ColumnSchema(name: "last", type: .timestamp),
            ColumnSchema(name: "first_day", type: .date), ColumnSchema(name: "tags", type: .array(.string)),
            ColumnSchema(name: "raw", type: .bytes),
        ]

    static let row: [String: Value] = [
        "nan": .float64(.nan), "inf": .float64(.infinity), "nan32": .float32(.nan), "minus_zero": .float64(-0.0),
        "small": .float32(0.1), "min32": .int32(.min), "min64": .int64(.min), "max64": .int64(.max),
        "first": .timestamp(Timestamp(microseconds: .min)), "last": .timestamp(Timestamp(microseconds: .max)),
        "first_day": .date(CalendarDate(days: .min)), "tags": .array([.string("a"), .null]), "raw": .bytes([0x61, 0xFF]),
    ]

    static let logic: [(String, String)] = [
        ("true and null", "null: bool"), ("false and null", "false: bool"), ("null and false", "false: bool"),
        ("null or true", "true: bool"), ("null or false", "null: bool"), ("not null", "null: bool"),
        ("null is null", "true: bool"), ("1 is not null", "true: bool"), ("null is true", "false: bool"),
        ("null is not true", "true: bool"), ("false is false", "true: bool"), ("null_bool is not false", "true: bool"),
        ("false and 1 / 0 > 1", "false: bool"), ("true or 1 / 0 > 1", "true: bool"),
        ("true and 1 / 0 > 1", "null: bool (division by zero)"), ("1 / 0 > 1 and false", "false: bool (division by zero)"),
        ("null and 1 / 0 > 1", "null: bool (division by zero)"),
        ("1 = 1.0", "true: bool"), ("nan = nan", "true: bool"), ("nan > inf", "true: bool"), ("nan32 >= nan", "true: bool"),
        ("nan < 1", "false: bool"), ("nan <> nan", "false: bool"), ("minus_zero = 0", "true: bool"),
        ("small = 0.1", "false: bool"), ("max64 = 9223372036854775807", "true: bool"), ("'a' < 'B'", "false: bool"),
        ("'é' > 'z'", "true: bool"), ("'e\u{301}' = 'é'", "false: bool"), ("false < true", "true: bool"),
        ("date '2013-01-01' < date '2013-01-02'", "true: bool"), ("raw = raw", "true: bool"),
        ("timestamp '2013-01-01T00:00:00Z' = timestamp '2013-01-01T01:00:00+01:00'", "true: bool"),
        ("null = null", "null: bool"), ("1 < null", "null: bool"),
        ("2 between 1 and 2", "true: bool"), ("2 between 3 and null", "false: bool"), ("2 between 1 and null", "null: bool"),
        ("2 not between 1 and 2", "false: bool"), ("nan between 1 and nan", "true: bool"),
        ("1 in (2, null)", "null: bool"), ("1 not in (2, null)", "null: bool"), ("1 in (1, null)", "true: bool"),
        ("null in (1)", "null: bool"), ("1 in (2, 1.0)", "true: bool"), ("nan in (1, nan)", "true: bool"),
        ("1 in (2, 3)", "false: bool"), ("'a' not in ('b')", "true: bool"),
    ]

    static let choices: [(String, String)] = [
        ("case when null then 1 else 2 end", "2: int32"), ("case when false then 1 end", "null: int32"),
        ("case when true then 1 else 1 / 0 end", "1.0: float64"), ("case when false then 1 // 0 when true then 2 end", "2: int32"),
        ("case when 1 / 0 > 0 then 1 else 2 end", "2: int32 (division by zero)"),
        ("case 2 when 1 then 'a' when 2 then 'b' end", "'b': string"), ("case null when null then 1 else 2 end", "2: int32"),
        ("case nan when nan then 1 end", "1: int32"), ("case 1 when 1.0 then true end", "true: bool"),
        ("case when true then 1 else 2.5 end", "1.0: float64"), ("case when true then null else 2 end", "null: int32"),
        ("coalesce(null, 2, 1 // 0)", "2: int32"), ("coalesce(null, 2, 2.5)", "2.0: float64"),
        ("coalesce(1 // 0, 2)", "2: int32 (division by zero)"), ("coalesce(null_string)", "null: string"),
        ("coalesce(null, null_date)", "null: date"), ("nullif(1, 1)", "null: int32"), ("nullif(1, null)", "1: int32"),
        ("nullif(1, 2)", "1: int32"), ("nullif(nan, nan)", "null: float64"), ("nullif(null_int64, 1)", "null: int64"),
        ("greatest(1, null, 3)", "3: int32"), ("greatest(null_int32, null)", "null: int32"), ("greatest(1.0, nan)", "nan: float64"),
        ("least(1.0, nan)", "1.0: float64"), ("least('b', 'a')", "'a': string"), ("least(2, 1.5)", "1.5: float64"),
        ("greatest(date '2013-01-01', date '2012-01-01')", "2013-01-01: date"),
        ("clamp(5, 1, 3)", "3: int32"), ("clamp(0, 1, 3)", "1: int32"), ("clamp(2, 1, 3)", "2: int32"),
        ("clamp(2, 3, 1)", "null: int32 (undefined result)"), ("clamp(nan, 1, 2)", "nan: float64"),
        ("clamp(1, nan, 2)", "nan: float64"), ("clamp(2.5, 1, null)", "null: float64"),
        ("length(tags)", "2: int32"), ("tags is null", "false: bool"), ("tags", "['a', null]: array<string>"),
        ("raw", "[97, 255]: bytes"),
    ]

    static let arithmetic: [(String, String)] = [
        ("1 + 2", "3: int32"), ("1 + max64", "null: int64 (overflow)"), ("2147483647 + 1", "null: int32 (overflow)"),
        ("2147483648 + 1", "2147483649: int64"), ("min32 - 1", "null: int32 (overflow)"), ("-min32", "null: int32 (overflow)"),
        ("-min64", "null: int64 (overflow)"), ("min64 * -1", "null: int64 (overflow)"), ("abs(min32)", "null: int32 (overflow)"),
        ("abs(-3)", "3: int32"), ("abs(-2.5)", "2.5: float64"), ("+null_int32", "null: int32"), ("1 + 1.5", "2.5: float64"),
        ("1 + small", "1.100000001490116: float64"), ("small + small", "0.2: float32"), ("small * 2.0", "0.20000000298023224: float64"),
        ("1e308 * 10", "null: float64 (overflow)"), ("inf * 10", "inf: float64"), ("inf - inf", "nan: float64"),
        ("nan + 1", "nan: float64"), ("0.0 * -1", "0.0: float64"), ("minus_zero", "0.0: float64"), ("-0.0", "0.0: float64"),
        ("1 / 2", "0.5: float64"), ("small / small", "1.0: float64"), ("1 / 0", "null: float64 (division by zero)"),
        ("0.0 / 0.0", "null: float64 (division by zero)"), ("inf / 0", "inf: float64"), ("nan / 0", "nan: float64"),
        ("1 / inf", "0.0: float64"), ("-1 / inf", "0.0: float64"), ("1e308 / 1e-308", "null: float64 (overflow)"),
        ("null / 0", "null: float64"), ("7 // 2", "3: int32"), ("-7 // 2", "-3: int32"), ("7 // -2", "-3: int32"),
        ("7 // 0", "null: int32 (division by zero)"), ("min32 // -1", "null: int32 (overflow)"),
        ("min64 // -1", "null: int64 (overflow)"), ("7 % 3", "1: int32"), ("-7 % 3", "-1: int32"), ("7 % -3", "1: int32"),
        ("min32 % -1", "0: int32"), ("min64 % -1", "0: int64"), ("7 % 0", "null: int32 (division by zero)"),
        ("-7.5 % 2", "-1.5: float64"), ("7.5 % 0", "null: float64 (division by zero)"), ("inf % 2", "nan: float64"),
        ("2 % inf", "2.0: float64"), ("mod(7, 3)", "1: int32"), ("mod(-4.0, 2)", "0.0: float64"),
        ("sign(-3)", "-1: int32"), ("sign(0.0)", "0.0: float64"), ("sign(nan)", "nan: float64"), ("sign(inf)", "1.0: float64"),
        ("ceil(-0.5)", "0.0: float64"), ("floor(-0.5)", "-1.0: float64"), ("ceil(3)", "3: int32"), ("floor(nan)", "nan: float64"),
        ("ceil(small)", "1.0: float32"),
        ("round(2.5)", "3.0: float64"), ("round(-2.5)", "-3.0: float64"), ("round(0.49999999999999994)", "0.0: float64"),
        ("round(2.675, 2)", "2.68: float64"), ("round(1.005, 2)", "1.0: float64"), ("round(1234.5, -2)", "1200.0: float64"),
        ("round(1e300, 300)", "1e+300: float64"), ("round(5.0, -400)", "0.0: float64"), ("round(inf, -400)", "inf: float64"),
        ("round(25, -1)", "30: int32"), ("round(-25, -1)", "-30: int32"), ("round(24, -1)", "20: int32"),
        ("round(25, 3)", "25: int32"), ("round(2147483647, -1)", "null: int32 (overflow)"), ("round(max64, -19)", "null: int64 (overflow)"),
        ("round(min64, -20)", "0: int64"), ("round(min64, -2147483648)", "0: int64"), ("round(7, -38)", "0: int32"),
        ("round(7, -39)", "0: int32"), ("round(1.5, null)", "null: float64"),
    ]

    static let mathematics: [(String, String)] = [
        ("sqrt(4)", "2.0: float64"), ("sqrt(-1)", "null: float64 (undefined result)"), ("sqrt(-inf)", "nan: float64"),
        ("sqrt(nan)", "nan: float64"), ("ln(1)", "0.0: float64"), ("ln(0)", "null: float64 (undefined result)"),
        ("ln(-1)", "null: float64 (undefined result)"), ("ln(inf)", "inf: float64"), ("log10(1000)", "3.0: float64"),
        ("log10(0)", "null: float64 (undefined result)"), ("exp(0)", "1.0: float64"), ("exp(1000)", "null: float64 (overflow)"),
        ("exp(-1000)", "0.0: float64"), ("exp(-inf)", "0.0: float64"), ("pow(2, 10)", "1024.0: float64"),
        ("pow(0, -1)", "null: float64 (division by zero)"), ("pow(-8, 1.0 / 3)", "null: float64 (undefined result)"),
        ("pow(10, 400)", "null: float64 (overflow)"), ("pow(inf, 2)", "inf: float64"), ("pow(nan, 0)", "1.0: float64"),
        ("sin(0)", "0.0: float64"), ("cos(0)", "1.0: float64"), ("tan(0)", "0.0: float64"), ("sin(inf)", "nan: float64"),
        ("cos(radians(60))", "0.5000000000000001: float64"), ("atan2(1, 1)", "0.7853981633974483: float64"),
        ("atan2(0, 0)", "0.0: float64"), ("atan2(minus_zero, -1)", "3.141592653589793: float64"),
        ("degrees(radians(180))", "180.0: float64"), ("degrees(1e308)", "null: float64 (overflow)"),
        ("radians(null_float64)", "null: float64"),
        ("haversine_km(0, 0, 0, 0)", "0.0: float64"), ("haversine_km(0, 0, 0, 180)", "20015.114352233686: float64"),
        ("haversine_km(90, 0, -90, 0)", "20015.114352233686: float64"),
        ("haversine_km(91, 0, 0, 0)", "null: float64 (undefined result)"), ("haversine_km(nan, 0, 0, 0)", "nan: float64"),
        ("haversine_km(0, inf, 0, 0)", "nan: float64"), ("haversine_km(0, 0, null, 0)", "null: float64"),
    ]

    static let text: [(String, String)] = [
        ("'a' || 'b'", "'ab': string"), ("'a' || null", "null: string"), ("concat('a', null, 'b')", "'ab': string"),
        ("concat(null)", "'': string"), ("length('é')", "1: int32"), ("length('e\u{301}')", "2: int32"),
        ("length('🇩🇪')", "2: int32"), ("length('')", "0: int32"), ("length(null_string)", "null: int32"),
        ("lower('ÀB')", "'àb': string"), ("upper('aß')", "'ASS': string"), ("lower('ΑΣ')", "'ας': string"), ("upper('i')", "'I': string"),
        ("lower('İ')", "'i\u{307}': string"), ("trim('  a b ')", "'a b': string"), ("trim('\ta ')", "'\ta': string"),
        ("trim('   ')", "'': string"), ("substring('hello', 2, 3)", "'ell': string"), ("substring('hello', 0, 3)", "'he': string"),
        ("substring('hello', 0)", "'hello': string"), ("substring('hello', -2)", "'lo': string"),
        ("substring('hello', -2, 1)", "'l': string"), ("substring('hello', -10, 7)", "'he': string"),
        ("substring('hello', -10, 3)", "'': string"), ("substring('hello', 9)", "'': string"),
        ("substring('hello', 2, -1)", "null: string (undefined result)"), ("substring('añb', 2, 1)", "'ñ': string"),
        ("substring('hello', min64, max64)", "'': string"), ("substring('hello', 1, max64)", "'hello': string"),
        ("substring('hello', max64)", "'': string"), ("substring('', 1, 1)", "'': string"),
        ("substring('hello', 3, 0)", "'': string"),
        ("replace('aaa', 'a', 'bb')", "'bbbbbb': string"), ("replace('aaa', 'aa', 'b')", "'ba': string"),
        ("replace('abc', '', 'x')", "'abc': string"), ("replace('abc', 'b', '')", "'ac': string"),
        ("starts_with('abc', 'ab')", "true: bool"), ("starts_with('abc', '')", "true: bool"), ("starts_with('a', 'ab')", "false: bool"),
        ("contains('abc', 'bc')", "true: bool"), ("contains('abc', '')", "true: bool"), ("contains('', 'a')", "false: bool"),
        ("contains('aab', 'ab')", "true: bool"), ("contains('abc', null)", "null: bool"),
        ("'abc' like 'a%'", "true: bool"), ("'abc' like 'A%'", "false: bool"), ("'abc' like '_b_'", "true: bool"),
        ("'é' like '_'", "true: bool"), ("'日本' like '%_本'", "true: bool"), ("'日' like '__'", "false: bool"),
        ("'' like '%%'", "true: bool"), ("'' like '_'", "false: bool"), ("'abcabc' like '%bc'", "true: bool"),
        ("'a%c' like 'a$%c' escape '$'", "true: bool"), ("'abc' like 'a$%c' escape '$'", "false: bool"),
        ("'a\\c' like 'a\\c'", "true: bool"), ("'mississippi' like '%iss%ip%'", "true: bool"), ("'ab' not like 'b%'", "true: bool"),
        ("'a' like null", "null: bool"), ("'a' like 'a' || '%'", "true: bool"),
        ("'a' like 'a' || '$' escape '$'", "null: bool (undefined result)"), ("'aé' like 'aéé' escape 'é'", "true: bool"),
    ]

    static let times: [(String, String)] = [
        ("year(date '2013-06-30')", "2013: int32"), ("month(timestamp '2013-06-30T23:59:59Z')", "6: int32"),
        ("day(timestamp '1969-12-31T23:59:59.999999Z')", "31: int32"), ("hour(timestamp '1969-12-31T23:59:59Z')", "23: int32"),
        ("minute(timestamp '2013-06-30T23:59:59Z')", "59: int32"), ("hour(timestamp '2013-01-01T00:30:00+05:30')", "19: int32"),
        ("day_of_week(date '2013-01-06')", "0: int32"), ("day_of_week(date '2013-01-05')", "6: int32"),
        ("day_of_week(date '1969-12-31')", "3: int32"), ("year(first)", "-290308: int32"), ("year(first_day)", "-5877641: int32"),
        ("date_trunc('hour', timestamp '1969-12-31T23:59:59Z')", "1969-12-31T23:00:00Z: timestamp"),
        ("date_trunc('WEEK', date '2013-01-06')", "2012-12-31: date"), ("date_trunc('week', date '2012-12-31')", "2012-12-31: date"),
        ("date_trunc('quarter', date '2013-06-30')", "2013-04-01: date"), ("date_trunc('year', date '1969-06-30')", "1969-01-01: date"),
        ("date_trunc('month', timestamp '2013-06-30T11:00:00Z')", "2013-06-01T00:00:00Z: timestamp"),
        ("date_trunc('day', first)", "null: timestamp (overflow)"), ("date_trunc('second', first)", "null: timestamp (overflow)"),
        ("date_trunc('year', first)", "null: timestamp (overflow)"), ("date_trunc('year', first_day)", "null: date (overflow)"),
        ("date_trunc('week', first_day)", "null: date (overflow)"), ("date_trunc('day', null_date)", "null: date"),
        ("date_diff('hour', timestamp '2013-01-01T00:59:00Z', timestamp '2013-01-01T01:01:00Z')", "1: int64"),
        ("date_diff('hour', timestamp '1969-12-31T23:59:00Z', timestamp '1970-01-01T00:01:00Z')", "1: int64"),
        ("date_diff('month', date '2013-01-31', date '2013-02-01')", "1: int64"),
        ("date_diff('week', date '2013-01-05', date '2013-01-07')", "1: int64"),
        ("date_diff('week', date '2013-01-06', date '2013-01-05')", "0: int64"),
        ("date_diff('quarter', date '2013-01-05', date '2013-04-07')", "1: int64"),
        ("date_diff('year', date '2013-01-05', date '2012-12-31')", "-1: int64"),
        ("date_diff('second', first, last)", "18446744073710: int64"), ("date_diff('day', null, date '2013-01-01')", "null: int64"),
    ]

    static let casts: [(String, String)] = [
        ("true::int32", "1: int32"), ("false::float64", "0.0: float64"), ("2::bool", "true: bool"), ("0::bool", "false: bool"),
        ("max64::int32", "null: int32 (failed cast)"), ("2.5::int32", "2: int32"), ("3.5::int32", "4: int32"), ("-2.5::int32", "-2: int32"),
        ("2147483647.5::int32", "null: int32 (failed cast)"), ("2147483647.4::int32", "2147483647: int32"),
        ("cast(-2147483648.5 as int32)", "-2147483648: int32"), ("nan::int64", "null: int64 (failed cast)"),
        ("inf::int64", "null: int64 (failed cast)"), ("9223372036854775807.0::int64", "null: int64 (failed cast)"),
        ("16777217::float32", "16777216.0: float32"), ("max64::float64", "9.223372036854776e+18: float64"),
        ("1e39::float32", "null: float32 (failed cast)"), ("inf::float32", "inf: float32"), ("nan::float32", "nan: float32"),
        ("1e-50::float32", "0.0: float32"), ("small::float64", "0.10000000149011612: float64"),
        ("'TRUE'::bool", "true: bool"), ("'yes'::bool", "null: bool (failed cast)"), ("'12'::int32", "12: int32"), ("'+12'::int64", "12: int64"),
        ("'-0'::int32", "0: int32"), ("' 12'::int32", "null: int32 (failed cast)"), ("'1.5'::int32", "null: int32 (failed cast)"),
        ("'1e3'::int32", "null: int32 (failed cast)"), ("''::int32", "null: int32 (failed cast)"), ("'-'::int32", "null: int32 (failed cast)"),
        ("'3000000000'::int32", "null: int32 (failed cast)"), ("'１'::int32", "null: int32 (failed cast)"),
        ("'1.5'::float64", "1.5: float64"), ("'.5'::float64", "0.5: float64"), ("'5.'::float64", "5.0: float64"),
        ("'1e3'::float64", "1000.0: float64"), ("'-1E+2'::float32", "-100.0: float32"), ("'-0'::float64", "0.0: float64"),
        ("'NaN'::float64", "nan: float64"), ("'-inf'::float64", "-inf: float64"), ("'Infinity'::float32", "inf: float32"),
        ("'1e400'::float64", "null: float64 (failed cast)"), ("'1e40'::float32", "null: float32 (failed cast)"),
        ("'0x10'::float64", "null: float64 (failed cast)"), ("'1e'::float64", "null: float64 (failed cast)"),
        ("'.'::float64", "null: float64 (failed cast)"), ("'1 '::float64", "null: float64 (failed cast)"), ("''::float64", "null: float64 (failed cast)"),
        ("'2013-01-01'::date", "2013-01-01: date"), ("'2013-1-1'::date", "null: date (failed cast)"),
        ("'2013-01-01T00:00:00Z'::timestamp", "2013-01-01T00:00:00Z: timestamp"),
        ("'2013-01-01T00:00:00'::timestamp", "null: timestamp (failed cast)"),
        ("true::string", "'true': string"), ("-5::string", "T0412 0..<10 'unary -' is not defined for (string) | accepted: "
            + "(int32) → int32; (int64) → int64; (float32) → float32; (float64) → float64"),
        ("cast(-5 as string)", "'-5': string"), ("1.0::string", "'1.0': string"), ("1e15::string", "'1000000000000000.0': string"),
        ("1e16::string", "'1e+16': string"), ("123456789.125::string", "'123456789.125': string"), ("0.0001::string", "'0.0001': string"),
        ("0.00012345::string", "'0.00012345': string"), ("1e-7::string", "'1e-07': string"), ("1.5e300::string", "'1.5e+300': string"),
        ("0.1::string", "'0.1': string"), ("small::string", "'0.1': string"), ("5e9::float32::string", "'5000000000.0': string"),
        ("nan::string", "'nan': string"), ("cast(-inf as string)", "'-inf': string"), ("minus_zero::string", "'0.0': string"),
        ("date '2013-01-31'::string", "'2013-01-31': string"),
        ("timestamp '2013-01-31T05:00:00.25Z'::string", "'2013-01-31T05:00:00.250Z': string"),
        ("timestamp '1969-12-31T23:00:00Z'::date", "1969-12-31: date"), ("date '2013-01-01'::timestamp", "2013-01-01T00:00:00Z: timestamp"),
        ("first_day::timestamp", "null: timestamp (failed cast)"), ("'aé'::bytes", "[97, 195, 169]: bytes"),
        ("'aé'::bytes::string", "'aé': string"), ("raw::string", "null: string (failed cast)"), ("null::int32", "null: int32"),
        ("null_int32::string", "null: string"), ("1::int32", "1: int32"),
    ]

    static let all = logic + choices + arithmetic + mathematics + text + times + casts

    @Test("every operator and function at its boundaries", arguments: all)
    func table(text: String, wanted: String) {
        #expect(Rendering.value(text, row: Self.row, columns: Self.columns) == wanted)
    }

    @Test("the column evaluator says the same as the table", arguments: all)
    func columnTable(text: String, wanted: String) throws {
        guard case .success(let expression) = TypedExpression.compile(text, columns: Self.columns) else { return }
        let batch = Batch(
            Self.columns.map { column in
                let value = Self.row[column.name] ?? .null
                return (column.name, Column(type: column.type, values: [value, value, value]))
            })
        let result = expression.evaluate(batch)
        for row in 0..<3 {
            let finding = EvaluationFinding(rawValue: result.findingRows?[row] ?? 0)
            let found =
                "\(Rendering.text(result.column[row])): \(expression.type)" + (finding.isEmpty ? "" : " (\(finding))")
            #expect(found == wanted)
        }
    }

    @Test("a batch without rows gives a column without rows")
    func empty() throws {
        for (text, _) in Self.all {
            guard case .success(let expression) = TypedExpression.compile(text, columns: Self.columns) else { continue }
            let batch = Batch(Self.columns.map { ($0.name, Column(type: $0.type, values: [])) })
            let result = expression.evaluate(batch)
            #expect(result.column.count == 0 && result.column.type == expression.type && result.findings.isEmpty, "\(text)")
        }
    }

    @Test("every function and operator of the catalogue is in a table")
    func coverage() {
        let texts = Self.all.map(\.0).joined(separator: "\n").lowercased()
        for name in FunctionCatalogue.functionNames { #expect(texts.contains(name + "("), "\(name)") }
    }
}
