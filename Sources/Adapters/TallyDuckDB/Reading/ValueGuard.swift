// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// What SQL reads in place of a column of a Parquet file whose numbers DuckDB takes over without a look at them.
///
/// The text of a time of day beyond its day, and of a decimal with more digits than its type has, is written beyond
/// DuckDB's own memory. Such a number is an error here, found by its value: what a footer says of it counts for nothing.
///
/// A test alone does not do. DuckDB runs functions over the dictionary of a column, with values in it that no row has and no
/// test of rows sees. What passes is therefore brought between the bounds once more, which changes no value of a row.
enum ValueGuard {
    /// Values within more types than this are refused: each takes part in the statement.
    private static let mostLevels = 16

    /// The expression that is read in place of a column; nil for a type that has no such numbers.
    ///
    /// Messages call the column by `column`.
    static func guarded(_ value: SQL, _ type: EngineType, of column: String) -> SQL? {
        guarded(value, type, column, depth: 0)
    }

    /// What stands in place of a column that nobody may read.
    static func refusal(of column: String, _ type: String, _ reason: String = "of which duckdb reads other numbers")
        -> SQL
    {
        "error(\("\(DuckFailure.invalidMark)\(column) is \(type), \(reason)".asLiteral))"
    }

    private static func guarded(_ value: SQL, _ type: EngineType, _ column: String, depth: Int) -> SQL? {
        guard depth <= mostLevels else { return refusal(of: column, "nested too deeply", "and is not looked into") }
        switch type {
        case .plain(let name): return guarded(value, plain: name, column)
        case .list(let element, _):
            let own = "k\(depth)" as SQL
            return guarded(own, element, column, depth: depth + 1)
                .map { "list_transform(\(value), lambda \(own): \($0))" }
        case .map(let key, let item):
            let own = "k\(depth)" as SQL
            let keys = guarded(own, key, column, depth: depth + 1)
            let items = guarded(own, item, column, depth: depth + 1)
            guard keys != nil || items != nil else { return nil }
            func list(_ values: SQL, _ guarded: SQL?) -> SQL {
                guarded.map { "list_transform(\(values), lambda \(own): \($0))" } ?? values
            }
            let map: SQL = "map(\(list("map_keys(\(value))", keys)), \(list("map_values(\(value))", items)))"
            return "CASE WHEN \(value) IS NOT NULL THEN \(map) END"
        case .structure(let fields):
            return guarded(value, fields, column, depth: depth)
        }
    }

    private static func guarded(
        _ value: SQL, _ fields: [(name: String, type: EngineType)], _ column: String, depth: Int
    ) -> SQL? {
        var (isGuarded, names): (Bool, Set<[UInt8]>) = (false, [])
        var parts: [SQL] = []
        for (index, field) in fields.enumerated() {
            let own = "struct_extract_at(\(value), \(index + 1))" as SQL
            let part = guarded(own, field.type, column, depth: depth + 1)
            isGuarded = isGuarded || part != nil
            names.insert(Array(field.name.lowercasedASCII.utf8))
            parts.append("\(field.name.asIdentifier) := \(part ?? own)")
        }
        guard isGuarded else { return nil }
        // Names of parts are one in SQL where they differ in letter case only, and none may be empty.
        guard names.count == fields.count, !names.contains([]) else {
            return refusal(of: column, EngineType.structure(fields).name, "whose parts have no names of their own")
        }
        return "CASE WHEN \(value) IS NOT NULL THEN struct_pack(\(parts.joined(separator: ", "))) END"
    }

    private static func guarded(_ value: SQL, plain name: String, _ column: String) -> SQL? {
        switch name {
        case "TIME", "TIME WITH TIME ZONE", "TIME_NS":
            let zone: SQL = name == "TIME WITH TIME ZONE" ? "+00" : ""
            return bounded(
                value, "CAST('00:00:00\(zone)' AS \(SQL(type: name)))", "CAST('24:00:00\(zone)' AS \(SQL(type: name)))",
                "\(column) has a number that is no time of day")
        // What is in it has types of its own, which only its values tell.
        case "VARIANT": return refusal(of: column, name, "whose values are not looked at")
        case NativeType.wideDecimal: return refusal(of: column, "\(name) without digits")
        default: break
        }
        guard name.hasPrefix("DECIMAL(") else { return nil }
        let numbers = name.dropFirst("DECIMAL(".count).dropLast().split(separator: ",").compactMap { Int($0) }
        guard numbers.count == 2, (1...38).contains(numbers[0]), (0...numbers[0]).contains(numbers[1]) else {
            return refusal(of: column, name)
        }
        let (whole, fraction) = (numbers[0] - numbers[1], numbers[1])
        let digits =
            (whole == 0 ? "0" : String(repeating: "9", count: whole))
            + (fraction == 0 ? "" : "." + String(repeating: "9", count: fraction))
        return bounded(
            value, "CAST(\("-\(digits)".asLiteral) AS \(SQL(type: name)))",
            "CAST(\(digits.asLiteral) AS \(SQL(type: name)))",
            "\(column) has a number of more digits than \(name) has")
    }

    private static func bounded(_ value: SQL, _ lower: SQL, _ upper: SQL, _ problem: String) -> SQL {
        "CASE WHEN \(value) BETWEEN \(lower) AND \(upper) THEN least(greatest(\(value), \(lower)), \(upper)) "
            + "WHEN \(value) IS NOT NULL THEN error(\((DuckFailure.invalidMark + problem).asLiteral)) END"
    }
}
