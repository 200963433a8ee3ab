// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension IntendedDifference {
    /// Arithmetic and mathematics.
    static let numbers: [IntendedDifference] = [
        IntendedDifference(
            "finite inputs with a result that is not finite",
            "DuckDB returns NaN or an infinity; we return null and a finding, since SEMANTICS 6 counts such rows",
            Example("1.0 / 0.0", sql: "1::DOUBLE / 0::DOUBLE", here: .null, there: .float64(.infinity)),
            Example("pow(0, -1)", here: .null, there: .float64(.infinity)),
            Example("exp(1000)", here: .null, there: .float64(.infinity)),
            Example("0.0 % 0.0", sql: "0::DOUBLE % 0::DOUBLE", here: .null, there: .float64(.nan))),
        IntendedDifference(
            "infinite argument of sin, cos, tan, minus infinity of sqrt, ln, log10",
            "DuckDB fails the query; we return NaN, as IEEE 754 does",
            Example("sin(x)", here: .float64(.nan), there: nil, x: Input(.float64, .float64(.infinity))),
            Example("cos(x)", here: .float64(.nan), there: nil, x: Input(.float64, .float64(-.infinity))),
            Example("tan(x)", here: .float64(.nan), there: nil, x: Input(.float64, .float64(.infinity))),
            Example("sqrt(x)", here: .float64(.nan), there: nil, x: Input(.float64, .float64(-.infinity))),
            Example("ln(x)", here: .float64(.nan), there: nil, x: Input(.float64, .float64(-.infinity))),
            Example("log10(x)", here: .float64(.nan), there: nil, x: Input(.float64, .float64(-.infinity)))),
        IntendedDifference(
            "decimal literals",
            "DuckDB reads 0.1 as an exact DECIMAL; we have no such type, a literal with a point is float64",
            Example("0.1 + 0.2 = 0.3", here: .bool(false), there: .bool(true))),
        IntendedDifference(
            "the smallest whole number % -1", "DuckDB fails with an overflow; the remainder is 0",
            Example("x % -1", here: .int32(0), there: nil, x: Input(.int32, .int32(.min))),
            Example("x % -1", here: .int64(0), there: nil, x: Input(.int64, .int64(.min)))),
        IntendedDifference(
            "−0.0", "DuckDB keeps it; every value of ours is canonical (SEMANTICS 5)",
            Example(
                "cast(-x as string)", sql: "CAST(-x AS VARCHAR)", here: .string("0.0"), there: .string("-0.0"),
                x: Input(.float64, .float64(0)))),
        IntendedDifference(
            "int with float32", "DuckDB computes in float32; we in float64, so that whole numbers stay exact",
            Example(
                "16777217 + x", here: .float64(16_777_217), there: .float32(16_777_216), x: Input(.float32, .float32(0))
            )),
        IntendedDifference(
            "float32 / float32", "DuckDB gives float32; `/` is always float64 here",
            Example(
                "x / cast(3 as float32)", sql: "x / 3::FLOAT", here: .float64(1.0 / 3), there: .float32(1.0 / 3),
                x: Input(.float32, .float32(1)))),
        IntendedDifference(
            "// of floats", "DuckDB divides without rounding; `//` is for whole numbers only here",
            Example("x // 2", here: nil, there: .float64(3.75), x: Input(.float64, .float64(7.5)))),
        IntendedDifference(
            "ceil and floor of whole numbers", "DuckDB gives float64; we keep the type, so that nothing is lost",
            Example(
                "ceil(x)", here: .int64(9_007_199_254_740_993), there: .float64(9_007_199_254_740_992),
                x: Input(.int64, .int64(9_007_199_254_740_993))),
            Example("floor(x)", here: .int32(7), there: .float64(7), x: Input(.int32, .int32(7)))),
        IntendedDifference(
            "sign", "DuckDB gives int8 and 0 for NaN; we keep the type and NaN",
            Example("sign(x)", here: .float64(.nan), there: .int32(0), x: Input(.float64, .float64(.nan))),
            Example("sign(x)", here: .float64(-1), there: .int32(-1), x: Input(.float64, .float64(-2.5)))),
        IntendedDifference(
            "round of NaN and infinities to digits", "DuckDB gives 0; we propagate them",
            Example("round(x, -2)", here: .float64(.nan), there: .float64(0), x: Input(.float64, .float64(.nan))),
            Example(
                "round(x, -310)", here: .float64(.infinity), there: .float64(0),
                x: Input(.float64, .float64(.infinity)))),
        IntendedDifference(
            "round of a whole number beyond its type",
            "DuckDB wraps around; for us it is an overflow, null and a finding",
            Example("round(x, -1)", here: .null, there: .int32(-2_147_483_646), x: Input(.int32, .int32(.max)))),
    ]
}
