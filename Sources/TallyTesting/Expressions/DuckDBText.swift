// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Our operations in DuckDB's SQL, so that its answers can be compared with ours bit for bit.
///
/// `TRY` turns its errors into null; where a rule of ours differs on purpose, the text says our rule in DuckDB's words
/// and `IntendedDifference.all` says why.
enum DuckDBText {
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
        text.quoted(by: "'")
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
