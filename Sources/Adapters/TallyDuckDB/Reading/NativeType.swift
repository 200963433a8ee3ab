// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A type of DuckDB by its name, and how it meets ours.
indirect enum NativeType: Hashable {
    /// A type without parts, such as `INTEGER`, `DECIMAL(18,3)` or `ENUM('a', 'b')`.
    case plain(String)
    /// `LIST` or, with a fixed length, `ARRAY`.
    case list(NativeType, isFixed: Bool)
    /// A type with named parts, or of numbers that DuckDB does not read rightly: no column of ours holds it.
    case composite(String)

    /// The name we give to nanoseconds in UTC, which DuckDB has no type for: their vectors are those of `TIMESTAMP_NS`.
    static let zonedNanoseconds = "TIMESTAMP_NS WITH TIME ZONE"

    /// Reads the name of a type as `DESCRIBE` prints it.
    init(name: String) {
        if name.hasSuffix("]"), let bracket = name.lastIndex(of: "[") {
            let isFixed = name.index(after: bracket) != name.index(before: name.endIndex)
            self = .list(NativeType(name: String(name[..<bracket])), isFixed: isFixed)
        } else if ["STRUCT(", "MAP(", "UNION("].contains(where: name.hasPrefix) || Self.opaque.contains(name)
            || Self.isWideDecimal(name)
        {
            self = .composite(name)
        } else {
            self = .plain(name)
        }
    }

    /// Whether a name is that of decimals with more digits than DuckDB has, which it reads as other numbers
    /// (`ParquetSchemas`).
    private static func isWideDecimal(_ name: String) -> Bool {
        guard name.hasPrefix("DECIMAL") else { return false }
        let digits = name.dropFirst("DECIMAL(".count).prefix { $0 != "," }
        return name == wideDecimal || (Int(digits) ?? 0) > 38
    }

    /// The name of decimals that do not say how many digits they have.
    static let wideDecimal = "DECIMAL"

    private static let opaque: Set<String> = ["VARIANT", "GEOMETRY", "\"NULL\"", "LAMBDA"]

    /// The type of ours that holds every value: exact but for times, which are rounded to microseconds; nil for none.
    var dataType: DataType? {
        switch self {
        case .composite: nil
        case .list(let element, _): element.dataType.map { .array($0) }
        case .plain(let name): Self.dataTypes[name] ?? (name.hasPrefix("ENUM(") ? .string : nil)
        }
    }

    private static let dataTypes: [String: DataType] = [
        "BOOLEAN": .bool, "TINYINT": .int32, "SMALLINT": .int32, "UTINYINT": .int32, "USMALLINT": .int32,
        "INTEGER": .int32, "UINTEGER": .int64, "BIGINT": .int64, "FLOAT": .float32, "DOUBLE": .float64,
        "VARCHAR": .string, "UUID": .string, "JSON": .string, "BLOB": .bytes, "DATE": .date,
        "TIMESTAMP": .timestamp, "TIMESTAMP_S": .timestamp, "TIMESTAMP_MS": .timestamp, "TIMESTAMP_NS": .timestamp,
        "TIMESTAMP WITH TIME ZONE": .timestamp, zonedNanoseconds: .timestamp,
    ]

    /// Types that ours hold, but not every value of them or not in a form that goes back: carried as text.
    private static let carriedAsText: Set<String> = ["UUID", "JSON", "TIMESTAMP_NS"]

    /// The type that carries every value without loss and back: text if need be; nil for types with named parts.
    var carriedType: DataType? {
        switch self {
        case .composite: nil
        case .list(let element, _): element.carriedType.map { .array($0) }
        case .plain(let name): Self.carriedAsText.contains(name) ? .string : dataType ?? .string
        }
    }

    /// The unit of a time type; nil for other types.
    var timeUnit: TimeUnit? {
        guard case .plain(let name) = self else { return nil }
        return switch name {
        case "TIMESTAMP": TimeUnit(scale: .microseconds, isZoned: false)
        case "TIMESTAMP_S": TimeUnit(scale: .seconds, isZoned: false)
        case "TIMESTAMP_MS": TimeUnit(scale: .milliseconds, isZoned: false)
        case "TIMESTAMP_NS": TimeUnit(scale: .nanoseconds, isZoned: false)
        case "TIMESTAMP WITH TIME ZONE": TimeUnit(scale: .microseconds, isZoned: true)
        case Self.zonedNanoseconds: TimeUnit(scale: .nanoseconds, isZoned: true)
        default: nil
        }
    }

    /// The innermost element of a list, or the type itself.
    var leaf: NativeType {
        if case .list(let element, _) = self { return element.leaf }
        return self
    }

    /// Whether a value of this type becomes one of `type` without loss, beyond rounding times.
    func widens(to type: DataType) -> Bool {
        if case .list(let element, _) = self, case .array(let wanted) = type { return element.widens(to: wanted) }
        if dataType == type { return true }
        guard case .plain(let name) = self else { return false }
        switch (dataType, type) {
        case (.int32, .int64), (.int32, .float64), (.float32, .float64): return true
        case (.int32, .float32): return name != "INTEGER"
        default: return false
        }
    }

    /// DuckDB's name of the type whose vectors are read for `type`: times keep their own unit.
    func vectorType(for type: DataType) -> String {
        switch (self, type) {
        case (.list(let element, _), .array(let wanted)): element.vectorType(for: wanted) + "[]"
        case (.plain(let name), .timestamp): name
        case (_, _): type.duckName
        }
    }

    /// The name of the type.
    var name: String {
        switch self {
        case .plain(let name), .composite(let name): name
        case .list(let element, let isFixed): element.name + (isFixed ? "[?]" : "[]")
        }
    }
}

extension DataType {
    /// The type in SQL.
    var sqlType: SQL { SQL(type: duckName) }

    /// DuckDB's type for values of ours.
    var duckName: String {
        switch self {
        case .bool: "BOOLEAN"
        case .int32: "INTEGER"
        case .int64: "BIGINT"
        case .float32: "FLOAT"
        case .float64: "DOUBLE"
        case .string: "VARCHAR"
        case .bytes: "BLOB"
        case .timestamp: "TIMESTAMP WITH TIME ZONE"
        case .date: "DATE"
        case .array(let element): element.duckName + "[]"
        }
    }
}
