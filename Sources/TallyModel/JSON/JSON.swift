// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A JSON value; objects keep the order in which they were written.
public enum JSON: Sendable {
    case null
    case bool(Bool)
    /// A number written without fraction or exponent that fits 64 bits.
    case int(Int64)
    /// Any other number; never NaN or infinite.
    case double(Double)
    case string(String)
    case array([JSON])
    case members([Member])

    /// One name and value of an object.
    public struct Member: Sendable {
        /// The name.
        public let name: String
        /// The value.
        public let value: JSON

        /// Pairs a name with a value.
        public init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// An object from name and value pairs, in order.
    public static func object(_ members: [(String, JSON)]) -> JSON {
        .members(members.map { Member($0.0, $0.1) })
    }

    /// The value of an object's member; nil for a missing name and for what is no object.
    public subscript(name: String) -> JSON? {
        guard case .members(let members) = self else { return nil }
        return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// The text of a string value.
    public var stringValue: String? { if case .string(let text) = self { text } else { nil } }
    /// The number of an integer value.
    public var intValue: Int64? { if case .int(let number) = self { number } else { nil } }
    /// The truth value.
    public var boolValue: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    /// The elements of an array.
    public var arrayValue: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
    /// The members of an object.
    public var objectValue: [Member]? { if case .members(let members) = self { members } else { nil } }

    /// A string, or null for nil.
    public static func optional(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
    /// An integer that stays exact in every reader: beyond 2^53 it is written as a string (SEMANTICS 9).
    public static func exact(_ number: Int64) -> JSON {
        number.magnitude <= 1 << 53 ? .int(number) : .string(String(number))
    }
    /// The number of what `exact(_:)` made: an integer, or its decimal text.
    public var exactValue: Int64? { intValue ?? stringValue.flatMap { Int64($0) } }
    /// The number of things that `exact(_:)` made; nil for what counts nothing that there is: below 0, or above 2^40.
    ///
    /// Files may say anything. Sums of millions of such counts fit 64 bits.
    public var countValue: Int? { exactValue.flatMap { Int(exactly: $0) }.flatMap { $0.isCount ? $0 : nil } }

    /// The same value with whole numbers as integers: `5.0` and `5` are one number, and one text in canonical form.
    public var plainNumbers: JSON {
        switch self {
        case .double(let number): number.magnitude < 0x1p53 ? Int64(exactly: number).map { .int($0) } ?? self : self
        case .array(let elements): .array(elements.map(\.plainNumbers))
        case .members(let members): .members(members.map { Member($0.name, $0.value.plainNumbers) })
        case .null, .bool, .int, .string: self
        }
    }
}

extension Int {
    /// Whether it can be how many things there are: 0 to 2^40.
    public var isCount: Bool { (0...1 << 40).contains(self) }
}
