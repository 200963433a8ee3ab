// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The type of a column, a feature, a join key or an expression.
///
/// Spelled in definitions as `bool`, `int32`, `int64`, `float32`, `float64`, `string`, `bytes`, `timestamp`, `date`,
/// and `array<T>` of any of them.
public indirect enum DataType: Sendable, Hashable {
    case bool
    case int32
    case int64
    case float32
    case float64
    /// UTF-8 text; compared and ordered by bytes, never normalised.
    case string
    case bytes
    /// Microseconds since 1970-01-01T00:00:00Z.
    case timestamp
    /// Days since 1970-01-01.
    case date
    case array(DataType)

    /// The types that are not arrays, in the order the documentation lists them.
    public static let scalars: [DataType] = [
        .bool, .int32, .int64, .float32, .float64, .string, .bytes, .timestamp, .date,
    ]

    /// The spelling used in definitions, plans and fingerprints.
    public var name: String {
        switch self {
        case .bool: "bool"
        case .int32: "int32"
        case .int64: "int64"
        case .float32: "float32"
        case .float64: "float64"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .date: "date"
        case .array(let element): "array<\(element.name)>"
        }
    }

    /// Reads the spelling of `name`; nil when the text names no type.
    ///
    /// Arrays are nested in at most `deepestNesting` others.
    public init?(name: String) {
        var rest = name[...]
        var depth = 0
        while rest.hasPrefix("array<"), rest.hasSuffix(">"), depth <= Self.deepestNesting {
            rest = rest.dropFirst("array<".count).dropLast()
            depth += 1
        }
        guard depth <= Self.deepestNesting, let scalar = Self.scalars.first(where: { $0.name == rest }) else {
            return nil
        }
        self = (0..<depth).reduce(scalar) { element, _ in .array(element) }
    }

    /// The greatest depth to which arrays may be nested; everything that follows a type recurses once for each level.
    public static let deepestNesting = 32

    /// Whether arithmetic is defined on the type.
    public var isNumeric: Bool {
        switch self {
        case .int32, .int64, .float32, .float64: true
        case .bool, .string, .bytes, .timestamp, .date, .array: false
        }
    }

    /// Whether every value takes the same number of bytes.
    public var isFixedWidth: Bool {
        switch self {
        case .bool, .int32, .int64, .float32, .float64, .timestamp, .date: true
        case .string, .bytes, .array: false
        }
    }

    /// Whether the type may be part of an entity key: floats and arrays may not (SEMANTICS 10).
    public var canBeKey: Bool {
        switch self {
        case .bool, .int32, .int64, .string, .bytes, .timestamp, .date: true
        case .float32, .float64, .array: false
        }
    }
}

extension DataType: CustomStringConvertible {
    /// The spelling used in definitions.
    public var description: String { name }
}

extension DataType {
    /// Whether values hold floats, of which equal bits and equal values are not the same.
    public var holdsFloats: Bool {
        switch self {
        case .float32, .float64: true
        case .array(let element): element.holdsFloats
        case .bool, .int32, .int64, .string, .bytes, .timestamp, .date: false
        }
    }
}
