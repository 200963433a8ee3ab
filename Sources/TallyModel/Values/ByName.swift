// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Values by name, where names are the same only if their bytes are.
///
/// Swift takes strings for equal that are canonically equivalent (`ä` as one character or as two); columns are not.
public struct ByName<Value> {
    private var values: [[UInt8]: Value] = [:]

    /// Keeps the first value of each name.
    public init(_ pairs: some Sequence<(String, Value)>) {
        for (name, value) in pairs where values[Array(name.utf8)] == nil { values[Array(name.utf8)] = value }
    }

    /// The value of exactly this name.
    public subscript(name: String) -> Value? {
        get { values[Array(name.utf8)] }
        set { values[Array(name.utf8)] = newValue }
    }

    /// The value of exactly this name, or a value in its place.
    public subscript(name: String, default value: @autoclosure () -> Value) -> Value {
        get { values[Array(name.utf8)] ?? value() }
        set { values[Array(name.utf8)] = newValue }
    }
}

extension ByName: Sendable where Value: Sendable {}

extension String {
    /// Whether two names have the same bytes.
    package func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// The name with small letters for the capitals of ASCII, as the engines fold names; all other bytes stay.
    package var lowercasedASCII: String {
        String(decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
