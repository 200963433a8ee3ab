// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension IntendedDifference {
    /// Strings, dates and timestamps.
    static let textAndTime: [IntendedDifference] = [
        IntendedDifference(
            "upper('ß')", "DuckDB maps single code points; we use Unicode's full mapping",
            Example("upper('ß')", here: .string("SS"), there: .string("ẞ"))),
        IntendedDifference(
            "|| with a constant null",
            "DuckDB gives nulls of type int32; nulls of type string here, as for any other null",
            Example(
                "x || cast(null as string)", sql: "x || CAST(NULL AS VARCHAR)", here: .null, there: .null,
                x: Input(.string, .string("a")))),
        IntendedDifference(
            "substring with a negative length", "DuckDB reads backwards; for us it is undefined",
            Example("substring('abc', 3, -2)", here: .null, there: .string("ab"))),
        IntendedDifference(
            "a null date_trunc compared with a constant",
            "DuckDB 1.5.5 answers true or false when the constant is no start of the unit; comparing a null gives null",
            Example(
                "date_trunc('month', x) = date '2013-06-30'", here: .null, there: .bool(false), x: Input(.date, .null)),
            Example(
                "date_trunc('month', x) <> date '2013-06-30'", here: .null, there: .bool(true), x: Input(.date, .null))
        ),
        IntendedDifference(
            "date_trunc of a date", "DuckDB gives a timestamp; we keep the type",
            Example(
                "date_trunc('month', x)", here: .date(CalendarDate(days: 0)),
                there: .timestamp(Timestamp(microseconds: 0)), x: Input(.date, .date(CalendarDate(days: 30))))),
        IntendedDifference(
            "date_diff in weeks",
            "DuckDB counts whole spans of seven days; we count the Mondays that date_trunc gives, as for other units",
            Example("date_diff('week', date '2024-01-07', date '2024-01-08')", here: .int64(1), there: .int64(0))),
        IntendedDifference(
            "length and date parts", "DuckDB gives int64; int32 widens to every number that matters",
            Example("length('abc')", here: .int32(3), there: .int64(3)),
            Example("year(x)", here: .int32(1970), there: .int64(1970), x: Input(.date, .date(CalendarDate(days: 0))))),
    ]
}
