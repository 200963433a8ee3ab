// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A type that a column of data may have: the engine's name of it and the type its values are read as.
struct ColumnForm: Sendable, Hashable {
    /// Types between which some values may be carried over without a change.
    enum Family: Sendable, Hashable {
        case integer
        case float
        case decimal(digits: Int, scale: Int)
        case text
        case other
    }

    /// The engine's name, such as `BIGINT`.
    let native: String
    /// The type of the values.
    let type: DataType
    /// Whether it is known which values the type holds.
    var isKnown = true

    /// The form of a written physical type; one that is not known takes its values from the logical type, else texts.
    init(physical: String, logicalType: String?) {
        let name = PhysicalType.canonical(physical)
        native = Self.engineNames[name] ?? name
        if let type = Self.type(name) {
            self.type = type
        } else {
            type = LogicalType(rawValue: logicalType ?? "").flatMap(Self.forms(of:))?.first?.type ?? .string
            isKnown = false
        }
    }

    private init(_ native: String, _ type: DataType) {
        self.native = native
        self.type = type
    }

    /// The widest usual forms of a logical type, which hold whatever the narrower ones hold.
    ///
    /// Integers beyond 64 bits are beside them: see `TableSide.wideForms`.
    static func forms(of type: LogicalType) -> [ColumnForm] {
        switch type {
        case .string: [ColumnForm("VARCHAR", .string)]
        case .date: [ColumnForm("DATE", .date)]
        case .timestamp:
            [ColumnForm("TIMESTAMP WITH TIME ZONE", .timestamp), ColumnForm("TIMESTAMP", .timestamp)]
        case .time: [ColumnForm("TIME", .string)]
        case .number: [double, ColumnForm("BIGINT", .int64)]
        case .integer: [ColumnForm("BIGINT", .int64)]
        case .object: [ColumnForm("JSON", .string)]
        case .boolean: [ColumnForm("BOOLEAN", .bool)]
        case .map: [ColumnForm("MAP(VARCHAR, VARCHAR)", .string)]
        case .vector: [ColumnForm("FLOAT[]", .array(.float32)), ColumnForm("DOUBLE[]", .array(.float64))]
        case .array: [ColumnForm("BIGINT[]", .array(.int64)), ColumnForm("VARCHAR[]", .array(.string))]
        }
    }

    static let double = ColumnForm("DOUBLE", .float64)
    static let float = ColumnForm("FLOAT", .float32)
    static let huge = ColumnForm("HUGEINT", .string)
    static let unsignedHuge = ColumnForm("UHUGEINT", .string)

    /// The types that a column without a declared type may have.
    static let undeclared = [
        ColumnForm("VARCHAR", .string), ColumnForm("BIGINT", .int64), double, ColumnForm("BOOLEAN", .bool),
        ColumnForm("DATE", .date), ColumnForm("TIMESTAMP WITH TIME ZONE", .timestamp),
    ]

    private static let engineNames = [
        "TIMESTAMPWITHTIMEZONE": "TIMESTAMP WITH TIME ZONE", "TIMEWITHTIMEZONE": "TIME WITH TIME ZONE",
    ]

    private static func type(_ name: String) -> DataType? {
        if name.hasSuffix("]"), let bracket = name.lastIndex(of: "[") {
            return type(PhysicalType.canonical(String(name[..<bracket]))).map { .array($0) }
        }
        if let type = types[name] { return type }
        if decimal(name) != nil || name.hasPrefix("STRUCT(") || name.hasPrefix("MAP(") { return .string }
        return nil
    }

    /// Digits and scale of `DECIMAL`, `DECIMAL(9)` or `DECIMAL(9,2)`; nil for other types and for sizes that do not exist.
    private static func decimal(_ name: String) -> (digits: Int, scale: Int)? {
        guard name.hasPrefix("DECIMAL") else { return nil }
        let rest = name.dropFirst("DECIMAL".count)
        if rest.isEmpty { return (18, 3) }
        guard rest.first == "(", rest.last == ")" else { return nil }
        let numbers = rest.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false).map {
            Int($0)
        }
        guard (1...2).contains(numbers.count), let digits = numbers[0], (1...38).contains(digits) else { return nil }
        guard numbers.count == 2 else { return (digits, 0) }
        return numbers[1].flatMap { (0...digits).contains($0) ? (digits, $0) : nil }
    }

    private static let types: [String: DataType] = [
        "BOOLEAN": .bool, "TINYINT": .int32, "SMALLINT": .int32, "INTEGER": .int32, "BIGINT": .int64,
        "UTINYINT": .int32, "USMALLINT": .int32, "UINTEGER": .int64, "UBIGINT": .string, "HUGEINT": .string,
        "UHUGEINT": .string, "FLOAT": .float32, "DOUBLE": .float64, "VARCHAR": .string, "UUID": .string,
        "JSON": .string, "BLOB": .bytes, "DATE": .date, "TIME": .string, "TIMEWITHTIMEZONE": .string,
        "TIMESTAMP": .timestamp, "TIMESTAMP_S": .timestamp, "TIMESTAMP_MS": .timestamp, "TIMESTAMP_NS": .timestamp,
        "TIMESTAMPWITHTIMEZONE": .timestamp,
    ]
}

extension ColumnForm {
    /// The family; `other` for types that nothing is carried over to or from.
    var family: Family {
        if bits != nil { return .integer }
        if type == .float32 || type == .float64 { return .float }
        if let (digits, scale) = Self.decimal(native) { return .decimal(digits: digits, scale: scale) }
        return ["VARCHAR", "UUID", "JSON"].contains(native) ? .text : .other
    }

    /// The width of an integer type; nil for other types.
    private var bits: (count: Int, isSigned: Bool)? {
        switch native {
        case "TINYINT": (8, true)
        case "SMALLINT": (16, true)
        case "INTEGER": (32, true)
        case "BIGINT": (64, true)
        case "HUGEINT": (128, true)
        case "UTINYINT": (8, false)
        case "USMALLINT": (16, false)
        case "UINTEGER": (32, false)
        case "UBIGINT": (64, false)
        case "UHUGEINT": (128, false)
        default: nil
        }
    }

    /// The column with this form, as checks see it.
    func found(_ name: String) -> TableContext.Found {
        TableContext.Found(name: name, type: type, nativeType: native, isText: false)
    }

    /// The tests that the type itself implies for its values.
    var natural: [RowTest.Kind] {
        guard let bits, let bounds = IntegerFormat.bounds(bits: bits.count, isSigned: bits.isSigned) else { return [] }
        return bounds.test(for: found("")).map { [$0] } ?? []
    }

    /// The numbers between which an integer type's values lie.
    var bounds: Bounds? { bits.flatMap { IntegerFormat.bounds(bits: $0.count, isSigned: $0.isSigned) } }

    /// The element of a list type and its fixed length, if it has one.
    var element: (form: ColumnForm, length: Int?)? {
        guard case .array(let type) = type, native.hasSuffix("]"), let bracket = native.lastIndex(of: "[") else {
            return nil
        }
        let length = Int(native[native.index(after: bracket)...].dropLast())
        return (ColumnForm(String(native[..<bracket]), type), length)
    }
}
