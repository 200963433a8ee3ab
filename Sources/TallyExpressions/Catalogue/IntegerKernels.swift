// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Whole-number arithmetic: a result that does not fit gives null and `overflow`, never a wrap.
enum IntegerKernels {
    @inline(__always)
    static func add<T: FixedWidthInteger & Primitive>(_: T.Type) -> Kernel {
        .binary { (left: T, right: T, finding) -> T? in fitting(left.addingReportingOverflow(right), &finding) }
    }

    @inline(__always)
    static func subtract<T: FixedWidthInteger & Primitive>(_: T.Type) -> Kernel {
        .binary { (left: T, right: T, finding) -> T? in fitting(left.subtractingReportingOverflow(right), &finding) }
    }

    @inline(__always)
    static func multiply<T: FixedWidthInteger & Primitive>(_: T.Type) -> Kernel {
        .binary { (left: T, right: T, finding) -> T? in fitting(left.multipliedReportingOverflow(by: right), &finding) }
    }

    /// Rounds toward zero.
    @inline(__always)
    static func divide<T: FixedWidthInteger & Primitive>(_: T.Type) -> Kernel {
        .binary { (left: T, right: T, finding) -> T? in
            guard right != 0 else {
                finding.insert(.divisionByZero)
                return nil
            }
            return fitting(left.dividedReportingOverflow(by: right), &finding)
        }
    }

    /// Takes the sign of the dividend.
    @inline(__always)
    static func remainder<T: FixedWidthInteger & SignedInteger & Primitive>(_: T.Type) -> Kernel {
        .binary { (left: T, right: T, finding) -> T? in
            guard right != 0 else {
                finding.insert(.divisionByZero)
                return nil
            }
            // The smallest number by −1 has remainder 0, though its quotient does not fit.
            return right == -1 ? 0 : left % right
        }
    }

    @inline(__always)
    static func negate<T: FixedWidthInteger & Primitive>(_: T.Type) -> Kernel {
        .unary { (value: T, finding) -> T? in fitting(T.zero.subtractingReportingOverflow(value), &finding) }
    }

    @inline(__always)
    static func abs<T: FixedWidthInteger & Primitive>(_: T.Type) -> Kernel {
        .unary { (value: T, finding) -> T? in
            value < 0 ? fitting(T.zero.subtractingReportingOverflow(value), &finding) : value
        }
    }

    @inline(__always)
    static func sign<T: FixedWidthInteger & Primitive>(_: T.Type) -> Kernel {
        .unary { (value: T, _) -> T? in value.signum() }
    }

    @inline(__always)
    static func identity<T: Primitive>(_: T.Type) -> Kernel {
        .unary { (value: T, _) -> T? in value }
    }

    /// Rounds to tens, hundreds and so on for negative digits, half away from zero.
    @inline(__always)
    static func round<T: FixedWidthInteger & SignedInteger & Primitive>(_: T.Type) -> Kernel {
        .binary { (value: T, digits: Int32, finding) -> T? in
            guard digits < 0 else { return value }
            // 10^38 is the largest power of ten of Int128, and far beyond twice any value.
            guard digits >= -38 else { return 0 }
            var unit: Int128 = 1
            for _ in 0..<(-Int(digits)) { unit *= 10 }
            let (quotient, rest) = Int128(value).quotientAndRemainder(dividingBy: unit)
            let isAway = rest.magnitude >= unit.magnitude / 2
            let rounded = (quotient + (isAway ? Int128(value.signum()) : 0)) * unit
            guard let result = T(exactly: rounded) else {
                finding.insert(.overflow)
                return nil
            }
            return result
        }
    }

    @inline(__always)
    private static func fitting<T>(
        _ result: (partialValue: T, overflow: Bool), _ finding: inout EvaluationFinding
    ) -> T? {
        if result.overflow {
            finding.insert(.overflow)
            return nil
        }
        return result.partialValue
    }
}
