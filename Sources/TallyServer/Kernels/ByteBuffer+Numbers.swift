// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore

extension ByteBuffer {
    /// Appends numbers as the machine has them, one behind the other.
    ///
    /// Their bytes count as unsafe because a type may have padding, which integers and floats have not. The slow twin in
    /// the tests writes number by number.
    mutating func write<Number: FixedWidthNumber>(numbers: [Number]) { unsafe writeBytes(numbers.span.bytes) }
}

/// A number whose bytes all tell of its value.
protocol FixedWidthNumber: BitwiseCopyable {}

extension Int32: FixedWidthNumber {}
extension Int64: FixedWidthNumber {}
extension Float: FixedWidthNumber {}
extension Double: FixedWidthNumber {}
