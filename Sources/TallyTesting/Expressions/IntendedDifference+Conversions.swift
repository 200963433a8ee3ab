// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension IntendedDifference {
    /// Casts.
    static let conversions: [IntendedDifference] = [
        IntendedDifference(
            "NaN as a string", "DuckDB prints the sign of a NaN; there is one NaN here",
            Example(
                "cast(-x as string)", sql: "CAST(-x AS VARCHAR)", here: .string("nan"), there: .string("-nan"),
                x: Input(.float64, .float64(.nan)))),
        IntendedDifference(
            "float32 as a string", "DuckDB does not always print the shortest digits",
            Example(
                "cast(x as string)", sql: "CAST(x AS VARCHAR)", here: .string("39498.062"),
                there: .string("39498.0625"), x: Input(.float32, .float32(39498.0625)))),
        IntendedDifference(
            "float to whole number at the edge",
            "DuckDB wraps what rounds up beyond the largest value and refuses what rounds up to the smallest; we round "
                + "first, then look whether it fits",
            Example(
                "cast(x as int32)", sql: "CAST(x AS INTEGER)", here: .null, there: .int32(.min),
                x: Input(.float64, .float64(2_147_483_647.5))),
            Example(
                "cast(x as int32)", sql: "CAST(x AS INTEGER)", here: .int32(.min), there: nil,
                x: Input(.float64, .float64(-2_147_483_648.5)))),
        IntendedDifference(
            "string to number and bool",
            "DuckDB trims spaces, takes exponents and fractions for whole numbers, `_` between digits and more words; our "
                + "casts read the whole text strictly",
            Example("cast(' 5' as int32)", here: .null, there: .int32(5)),
            Example("cast('1e3' as int32)", here: .null, there: .int32(1000)),
            Example("cast('1.5' as int32)", here: .null, there: .int32(2)),
            Example("cast('1_000' as int64)", sql: "CAST('1_000' AS BIGINT)", here: .null, there: .int64(1000)),
            Example("cast(' 1.5 ' as float64)", sql: "CAST(' 1.5 ' AS DOUBLE)", here: .null, there: .float64(1.5)),
            Example("cast('yes' as bool)", here: .null, there: .bool(true))),
        IntendedDifference(
            "timestamp to string", "DuckDB prints a local form without offset; we print RFC 3339 with Z",
            Example(
                "cast(x as string)", sql: "CAST(x AS VARCHAR)", here: .string("1970-01-01T00:00:00Z"),
                there: .string("1970-01-01 00:00:00"), x: Input(.timestamp, .timestamp(Timestamp(microseconds: 0))))),
    ]
}
