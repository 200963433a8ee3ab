// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// A primitive with the total order of the language; every value is canonical, so NaN has one form.
protocol Ordered: Primitive {
    static func isLess(_ left: Self, _ right: Self) -> Bool
    static func isSame(_ left: Self, _ right: Self) -> Bool
}

extension Bool: Ordered {
    static func isLess(_ left: Bool, _ right: Bool) -> Bool { !left && right }
    static func isSame(_ left: Bool, _ right: Bool) -> Bool { left == right }
}

extension Int32: Ordered {
    static func isLess(_ left: Int32, _ right: Int32) -> Bool { left < right }
    static func isSame(_ left: Int32, _ right: Int32) -> Bool { left == right }
}

extension Int64: Ordered {
    static func isLess(_ left: Int64, _ right: Int64) -> Bool { left < right }
    static func isSame(_ left: Int64, _ right: Int64) -> Bool { left == right }
}

extension Float: Ordered {
    /// NaN is larger than every number.
    static func isLess(_ left: Float, _ right: Float) -> Bool { left < right || (right.isNaN && !left.isNaN) }
    /// NaN equals NaN.
    static func isSame(_ left: Float, _ right: Float) -> Bool { left == right || (left.isNaN && right.isNaN) }
}

extension Double: Ordered {
    /// NaN is larger than every number.
    static func isLess(_ left: Double, _ right: Double) -> Bool { left < right || (right.isNaN && !left.isNaN) }
    /// NaN equals NaN.
    static func isSame(_ left: Double, _ right: Double) -> Bool { left == right || (left.isNaN && right.isNaN) }
}

extension Bytes: Ordered {
    /// Byte by byte, a prefix before what continues it; for UTF-8 this is the order of code points.
    static func isLess(_ left: Bytes, _ right: Bytes) -> Bool { left.lexicographicallyPrecedes(right) }
    static func isSame(_ left: Bytes, _ right: Bytes) -> Bool { left == right }
}
