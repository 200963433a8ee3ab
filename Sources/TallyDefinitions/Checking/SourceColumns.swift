// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The known facts about the columns of a source.
struct SourceColumns {
    /// The columns that have a type of ours; nil when nothing is known.
    var columns: [ColumnSchema]?
    /// The engine's types of columns that have no counterpart, by name.
    var native: [String: String] = [:]
    /// The columns as the files have them, where they were described.
    var found = ByName<TableDescription.Column>([])
    /// The number of checks that could not be made.
    var skippedChecks = 0

    /// Every column's name.
    var names: [String] { (columns ?? []).map(\.name) + native.keys }

    /// The type of a column.
    func type(of name: String) -> DataType? { columns?.first { $0.name.isSame(as: name) }?.type }

    /// Whether a column can be read as a type; nil where there is no such column.
    func reads(_ name: String, as type: DataType) -> Bool? {
        guard let own = self.type(of: name) else { return nil }
        return own.widens(to: type) || (found[name]?.reads(as: type) ?? false)
    }

    /// Returns the file that gives a column its type, if files differ: `column 'rain' is string in data/b.parquet`.
    func origin(of name: String) -> String? {
        guard let column = found[name], let file = column.file else { return nil }
        return "column '\(name)' is \(column.type?.name ?? column.nativeType) in \(file)"
    }

    /// Returns advice about a name that is not a column.
    func help(for name: String) -> String {
        if let near = nearestName(to: name, among: names) { return "write '\(near)'" }
        guard !names.isEmpty else { return "the source has no columns" }
        let shown = names.sorted().prefix(8)
        return "the source has \(listed(Array(shown)))"
            + (names.count > shown.count ? " and \(names.count - shown.count) more" : "")
    }

    /// Returns advice about a column whose type has no equal among our types.
    func help(forForeign column: String, as type: DataType?) -> String {
        guard found[column]?.conflict != nil else { return Self.castHelp(column, as: type, native: native[column]) }
        return "write the column in one way everywhere, or read the files as two sources"
    }

    /// The advice about decimals of more digits than SQL has: a query cannot read their files either.
    private static let fewerDigits = "write the column with at most 38 digits, or as text, where its files are made"

    private static func isWideDecimal(_ native: String?) -> Bool {
        guard let native, native.hasPrefix("DECIMAL") else { return false }
        return (native.split { !$0.isNumber }.first.flatMap { Int($0) } ?? .max) > 38
    }

    /// Returns advice on how to cast a column of a foreign type to one of our types.
    static func castHelp(_ column: String, as type: DataType?, native: String?) -> String {
        if isWideDecimal(native) { return fewerDigits }
        let names: [DataType: String] = [
            .bool: "boolean", .int32: "integer", .int64: "bigint", .float32: "real", .float64: "double",
            .string: "varchar", .bytes: "blob", .timestamp: "timestamptz", .date: "date",
        ]
        let target = type.flatMap { names[$0] } ?? "varchar"
        return "read the source with 'query:' and write cast(\(quoted(column)) as \(target)) as \(quoted(column)) in it"
    }

    /// Returns advice on how to make a time of a column; a day becomes a date, which is known when the day is over.
    ///
    /// Each expression gives a type that is taken as it is. None makes an instant of a day: it would be known a day early.
    ///
    /// `key` says which time it is, for a pattern that would be enough.
    static func timeHelp(_ column: String, _ type: DataType?, native: String, key: String = "eventTime") -> String {
        if isWideDecimal(native) { return fewerDigits }
        let name = quoted(column)
        let pattern = "declare its pattern, such as '\(key): {column: \(name), format: yyyyMMdd}', else "
        let numbers = ["DECIMAL", "HUGEINT", "UHUGEINT", "UBIGINT", "BIGNUM"]
        switch type {
        case .int32, .int64:
            return pattern + "read the source with 'query:' and write " + ofNumbers(name)
        case .float32, .float64: return "read the source with 'query:' and write " + ofNumbers(name)
        case .string:
            return pattern
                + "read the source with 'query:' and write cast(\(name) as date) as \(name) in it for days such as "
                + "2024-01-31, or cast(\(name) as timestamptz) as \(name) for instants such as 2024-01-31T09:30:00Z"
        case .bool, .bytes, .timestamp, .date, .array, nil:
            if numbers.contains(where: native.hasPrefix) {
                return "read the source with 'query:' and write " + ofNumbers(name)
            }
            return "read the source with 'query:' and make a date or a timestamptz of it there, or name another column"
        }
    }

    private static func ofNumbers(_ name: String) -> String {
        "cast(strptime(cast(cast(\(name) as bigint) as varchar), '%Y%m%d') as date) as \(name) in it for days such as "
            + "20240131, or to_timestamp(\(name)) as \(name) for seconds since 1970"
    }

    private static func quoted(_ name: String) -> String { NameRule.problem(with: name) == nil ? name : "\"\(name)\"" }
}
