// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The memory layout of the values of one payload column.
///
/// Dates travel as `int32`, timestamps as `int64`, strings as `bytes`, lists as `encoded`.
public enum PayloadKind: UInt8, Sendable, Hashable, CaseIterable {
    /// One byte; zero is false and everything else is true.
    case bool
    /// Four bytes, two's complement.
    case int32
    /// Eight bytes, two's complement.
    case int64
    /// IEEE 754 binary32; stored with one NaN and without negative zero.
    case float32
    /// IEEE 754 binary64; stored with one NaN and without negative zero.
    case float64
    /// A sixteen-byte string view: length, then twelve inline bytes, or four of prefix and a pointer.
    case bytes
    /// A view like that of `bytes`, of an encoding that shows its own end, such as a list's: compared without the length.
    case encoded

    /// The bytes one value takes in a column vector: 1, 4, 8 or 16.
    public var width: Int {
        switch self {
        case .bool: 1
        case .int32, .float32: 4
        case .int64, .float64: 8
        case .bytes, .encoded: 16
        }
    }
}
