// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// How our operations are said in DuckDB's SQL, so that its answer can be compared with ours bit for bit.
///
/// `TRY` turns its errors into null; where a rule of ours differs on purpose, the text says our rule in DuckDB's words
/// and `intendedDifferences` says why.
enum DuckDBText {
    /// Where DuckDB does something else and we mean it.
    static let intendedDifferences: [(subject: String, reason: String)] = [
        (
            "finite inputs with a result that is not finite",
            "DuckDB returns NaN or an infinity for x / 0.0, pow(0, -1), exp(1000); we return null and a finding, since "
                + "SEMANTICS 6 counts such rows"
        ),
        (
            "infinite argument of sin, cos, tan, minus infinity of sqrt, ln, log10",
            "DuckDB fails the query; we return NaN, as IEEE 754 does"
        ),
        ("NaN as a string", "DuckDB prints the sign of a NaN ('-nan'); there is one NaN here"),
        ("the smallest whole number % -1", "DuckDB fails with an overflow; the remainder is 0"),
        ("−0.0", "DuckDB keeps it; every value of ours is canonical (SEMANTICS 5)"),
        ("int with float32", "DuckDB computes in float32; we in float64, so that whole numbers stay exact"),
        ("float32 / float32", "DuckDB gives float32; `/` is always float64 here"),
        ("// of floats", "DuckDB divides without rounding; `//` is for whole numbers only here"),
        ("ceil and floor of whole numbers", "DuckDB gives float64; we keep the type, so that nothing is lost"),
        ("sign", "DuckDB gives int8 and 0 for NaN; we keep the type and NaN"),
        ("round with many negative digits", "DuckDB gives 0 for NaN and infinities; we propagate them"),
        (
            "float to whole number at the edge",
            "DuckDB wraps 2147483647.5 to the smallest int32 and refuses -2147483648.5; we round first, then look whether it fits"
        ),
        (
            "string to number and bool",
            "DuckDB trims spaces, takes '1e3', '1_000', 'yes'; our casts read the whole text strictly"
        ),
        ("timestamp to string", "DuckDB prints a local form without offset; we print RFC 3339 with Z"),
        ("upper('ß')", "DuckDB maps single code points (ẞ); we use Unicode's full mapping (SS)"),
        ("substring with a negative length", "DuckDB reads backwards; for us it is undefined"),
        ("float32 as a string", "DuckDB does not always print the shortest digits (39498.0625 for 39498.062)"),
        (
            "substring that starts before the string",
            "DuckDB counts the missing positions toward the length for some columns and not for others; we always do"
        ),
        (
            "a null date_trunc compared with a constant",
            "DuckDB 1.5.5 answers true or false when the constant is no start of the unit; comparing a null gives null"
        ),
        ("date_trunc of a date", "DuckDB gives a timestamp; we keep the type"),
        ("date_diff in weeks", "DuckDB counts weeks from Thursdays; we count the Mondays that date_trunc gives"),
        ("length and date parts", "DuckDB gives int64; int32 widens to every number that matters"),
    ]

    /// The type in DuckDB.
    static func name(_ type: DataType) -> String {
        switch type {
        case .bool: "BOOLEAN"
        case .int32: "INTEGER"
        case .int64: "BIGINT"
        case .float32: "FLOAT"
        case .float64: "DOUBLE"
        case .string: "VARCHAR"
        case .bytes: "BLOB"
        case .timestamp: "TIMESTAMP"
        case .date: "DATE"
        case .array(let element): name(element) + "[]"
        }
    }

    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    /// A column; floats lose −0.0.
    static func column(_ name: String, _ type: DataType) -> String {
        type == .float32 || type == .float64 ? canonical(name, type) : name
    }

    static func canonical(_ text: String, _ type: DataType) -> String { "(\(text) + CAST(0 AS \(name(type))))" }

    static func widened(_ text: String, from: DataType, to: DataType) -> String {
        from == to ? text : "CAST(\(text) AS \(name(to)))"
    }

    /// The canonical result; null when it is not finite although the inputs are.
    static func settled(_ text: String, _ inputs: [String], _ type: DataType) -> String {
        let finite = inputs.map { "isfinite(\($0))" }.joined(separator: " AND ")
        let result = "TRY(\(text))"
        return canonical("(CASE WHEN NOT (\(finite)) OR isfinite(\(result)) THEN \(result) END)", type)
    }

    static func arithmetic(_ sign: String, _ left: String, _ right: String, _ type: DataType) -> String {
        let text = sign == "%" ? "mod(\(left), \(right))" : "(\(left) \(sign) \(right))"
        return settled(text, [left, right], type)
    }

    /// The remainder of whole numbers.
    static func remainder(_ left: String, _ right: String) -> String {
        "(CASE WHEN \(right) = -1 AND \(left) IS NOT NULL THEN 0 ELSE TRY(mod(\(left), \(right))) END)"
    }

    static func simple(_ function: String, _ text: String, _ type: DataType) -> String {
        switch function {
        case "+": text
        case "sign": "(CASE WHEN isnan(\(text)) THEN \(text) ELSE CAST(sign(\(text)) AS \(name(type))) END)"
        default: canonical("\(function)(\(text))", type)
        }
    }

    static func function(_ function: String, _ text: String) -> String {
        switch function {
        case "sin", "cos", "tan":
            "(CASE WHEN NOT isfinite(\(text)) THEN CAST('nan' AS DOUBLE) ELSE "
                + canonical("\(function)(CASE WHEN isfinite(\(text)) THEN \(text) END)", .float64) + " END)"
        case "sqrt", "ln", "log10":
            "(CASE WHEN \(text) = CAST('-inf' AS DOUBLE) THEN CAST('nan' AS DOUBLE) ELSE "
                + settled("\(function)(\(text))", [text], .float64) + " END)"
        default: settled("\(function)(\(text))", [text], .float64)
        }
    }

    static func roundedFloat(_ text: String, digits: Int, _ type: DataType) -> String {
        "(CASE WHEN isfinite(\(text)) THEN \(canonical("round(\(text), \(digits))", type)) ELSE \(text) END)"
    }

    static func roundedInteger(_ text: String, digits: Int, _ type: DataType) -> String {
        "TRY(CAST(round(CAST(\(text) AS HUGEINT), \(digits)) AS \(name(type))))"
    }

    static func clamp(_ value: String, _ low: String, _ high: String) -> String {
        "(CASE WHEN \(value) IS NULL OR \(low) IS NULL OR \(high) IS NULL THEN NULL WHEN isnan(\(value)) THEN \(value) "
            + "WHEN isnan(\(low)) THEN \(low) WHEN isnan(\(high)) THEN \(high) WHEN \(low) > \(high) THEN NULL "
            + "ELSE greatest(\(low), least(\(value), \(high))) END)"
    }

    static func textFunction(_ function: String, _ text: String) -> String {
        function == "upper" ? "replace(upper(\(text)), 'ẞ', 'SS')" : "\(function)(\(text))"
    }

    static func truncated(_ unit: String, _ text: String, _ type: DataType) -> String {
        "(CASE WHEN \(text) IS NOT NULL THEN CAST(date_trunc('\(unit)', \(text)) AS \(name(type))) END)"
    }

    static func difference(_ unit: String, _ from: String, _ to: String) -> String {
        guard unit == "week" else { return "date_diff('\(unit)', \(from), \(to))" }
        return "(date_diff('day', date_trunc('week', \(from)), date_trunc('week', \(to))) // 7)"
    }

    /// A cast; nil when DuckDB's result has another form.
    static func cast(_ text: String, from: DataType, to: DataType) -> String {
        let plain = "TRY_CAST(\(text) AS \(name(to)))"
        switch (from, to) {
        case (.string, .bool): return guarded(text, "(?i)true|false", plain)
        case (.string, .int32), (.string, .int64): return guarded(text, "[+-]?[0-9]+", plain)
        case (.string, .float32), (.string, .float64):
            let number = "(?i)[+-]?(([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[+-]?[0-9]+)?|nan|inf|infinity)"
            let isWord = "regexp_full_match(\(text), '(?i)[+-]?(nan|inf|infinity)')"
            let guardedNumber = guarded(text, number, plain)
            return canonical(
                "(CASE WHEN \(isWord) OR isfinite(\(guardedNumber)) THEN \(guardedNumber) END)", to)
        case (.float32, .int32), (.float32, .int64), (.float64, .int32), (.float64, .int64):
            let limit = to == .int32 ? "2147483647.5" : "9223372036854775807.0"
            // DuckDB looks at the range before it rounds, so that the smallest int32 less a half does not fit.
            let edge =
                to == .int32
                ? "WHEN CAST(\(text) AS DOUBLE) BETWEEN -2147483648.5 AND -2147483648 THEN CAST(-2147483648 AS INTEGER) "
                : ""
            return "(CASE \(edge)WHEN isfinite(\(text)) AND CAST(\(text) AS DOUBLE) < CAST(\(limit) AS DOUBLE) "
                + "THEN \(plain) END)"
        case (.float64, .float32): return canonical(plain, to)
        case (.float64, .string): return "(CASE WHEN isnan(\(text)) THEN 'nan' ELSE \(plain) END)"
        case (.timestamp, .string):
            let micros = "(epoch_us(\(text)) % 1000000 + 1000000) % 1000000"
            return
                "(strftime(\(text), '%Y-%m-%dT%H:%M:%S') || CASE WHEN \(micros) = 0 THEN '' WHEN \(micros) % 1000 = 0 "
                + "THEN '.' || lpad(CAST((\(micros)) // 1000 AS VARCHAR), 3, '0') "
                + "ELSE '.' || lpad(CAST(\(micros) AS VARCHAR), 6, '0') END || 'Z')"
        default: return plain
        }
    }

    private static func guarded(_ text: String, _ pattern: String, _ cast: String) -> String {
        "(CASE WHEN regexp_full_match(\(text), '\(pattern)') THEN \(cast) END)"
    }
}
