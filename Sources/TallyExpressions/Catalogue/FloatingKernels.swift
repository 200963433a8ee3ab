// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// IEEE 754 arithmetic in which finite inputs never give a NaN or an infinity: they give null and a finding.
enum FloatingKernels {
    /// The canonical result; null and a finding when it is not finite although the inputs are.
    @inline(__always)
    static func settled<T: Floating>(
        _ result: T, _ isInputFinite: Bool, _ reason: EvaluationFinding, _ finding: inout EvaluationFinding
    ) -> T? {
        if result.isFinite || !isInputFinite { return result.canonical }
        finding.insert(reason)
        return nil
    }

    @inline(__always)
    static func add<T: Floating>(_: T.Type) -> Kernel {
        .binary { (left: T, right: T, finding) -> T? in
            settled(left + right, left.isFinite && right.isFinite, .overflow, &finding)
        }
    }

    @inline(__always)
    static func subtract<T: Floating>(_: T.Type) -> Kernel {
        .binary { (left: T, right: T, finding) -> T? in
            settled(left - right, left.isFinite && right.isFinite, .overflow, &finding)
        }
    }

    @inline(__always)
    static func multiply<T: Floating>(_: T.Type) -> Kernel {
        .binary { (left: T, right: T, finding) -> T? in
            settled(left * right, left.isFinite && right.isFinite, .overflow, &finding)
        }
    }

    static let divide = Kernel.binary { (left: Double, right: Double, finding) -> Double? in
        settled(
            left / right, left.isFinite && right.isFinite, right == 0 ? .divisionByZero : .overflow, &finding)
    }

    /// Takes the sign of the dividend; exact.
    @inline(__always)
    static func remainder<T: Floating>(_: T.Type) -> Kernel {
        .binary { (left: T, right: T, finding) -> T? in
            settled(
                left.truncatingRemainder(dividingBy: right), left.isFinite && right.isFinite, .divisionByZero,
                &finding)
        }
    }

    @inline(__always)
    static func negate<T: Floating>(_: T.Type) -> Kernel {
        .unary { (value: T, _) -> T? in (-value).canonical }
    }

    @inline(__always)
    static func abs<T: Floating>(_: T.Type) -> Kernel {
        .unary { (value: T, _) -> T? in value.magnitude.canonical }
    }

    /// −1, 0 or 1; NaN stays NaN.
    @inline(__always)
    static func sign<T: Floating>(_: T.Type) -> Kernel {
        .unary { (value: T, _) -> T? in value > 0 ? 1 : value < 0 ? -1 : value }
    }

    @inline(__always)
    static func rounded<T: Floating>(_: T.Type, _ rule: FloatingPointRoundingRule) -> Kernel {
        .unary { (value: T, _) -> T? in value.rounded(rule).canonical }
    }

    /// `round(x · 10^d) / 10^d` half away from zero, computed in float64; x itself where that is not finite.
    @inline(__always)
    static func round<T: Floating>(_: T.Type) -> Kernel {
        .binary { (value: T, digits: Int32, _) -> T? in
            guard value.isFinite else { return value }
            let wide = Double(value)
            let modifier = MathLibrary.pow(10, Double(digits.magnitude))
            if digits < 0 {
                let rounded = (wide / modifier).rounded(.toNearestOrAwayFromZero) * modifier
                return rounded.isFinite ? T(rounded).canonical : 0
            }
            let rounded = (wide * modifier).rounded(.toNearestOrAwayFromZero) / modifier
            return rounded.isFinite ? T(rounded).canonical : value
        }
    }

    /// The value moved into bounds; NaN anywhere gives NaN, bounds in the wrong order an undefined result.
    @inline(__always)
    static func clamp<T: Ordered>(_: T.Type, isUndefined: @escaping @Sendable (T) -> Bool) -> Kernel {
        .ternary { (value: T, low: T, high: T, finding) -> T? in
            for candidate in [value, low, high] where isUndefined(candidate) { return candidate }
            if T.isLess(high, low) {
                finding.insert(.undefinedResult)
                return nil
            }
            return T.isLess(value, low) ? low : T.isLess(high, value) ? high : value
        }
    }

    /// A function of one float64 that is undefined, or too large, for some finite arguments.
    @inline(__always)
    static func function(
        raising reason: EvaluationFinding = .undefinedResult, _ body: @escaping @Sendable (Double) -> Double
    ) -> Kernel {
        .unary { (value: Double, finding) -> Double? in settled(body(value), value.isFinite, reason, &finding) }
    }

    static let pow = Kernel.binary { (base: Double, exponent: Double, finding) -> Double? in
        let result = MathLibrary.pow(base, exponent)
        let reason: EvaluationFinding = result.isNaN ? .undefinedResult : base == 0 ? .divisionByZero : .overflow
        return settled(result, base.isFinite && exponent.isFinite, reason, &finding)
    }

    static let atan2 = Kernel.binary { (y: Double, x: Double, _) -> Double? in MathLibrary.atan2(y, x).canonical }

    /// The mean radius of the Earth in kilometres, R₁ = (2a + b) / 3.
    ///
    /// Source: H. Moritz, Geodetic Reference System 1980, Bulletin géodésique 54 (1980).
    static let earthRadiusKilometres = 6_371.0088

    /// Great-circle distance in kilometres between two points in degrees, on a sphere.
    ///
    /// Source: R W Sinnott, Virtues of the Haversine, Sky and Telescope 68 (1984), page 159.
    static let haversine = Kernel.quaternary { latitude1, longitude1, latitude2, longitude2, finding in
        if latitude1.magnitude > 90 || latitude2.magnitude > 90 {
            if latitude1.isFinite && latitude2.isFinite {
                finding.insert(.undefinedResult)
                return nil
            }
        }
        let radians = Double.pi / 180
        let sineLatitude = MathLibrary.sin((latitude2 - latitude1) * radians / 2)
        let sineLongitude = MathLibrary.sin((longitude2 - longitude1) * radians / 2)
        let cosines = MathLibrary.cos(latitude1 * radians) * MathLibrary.cos(latitude2 * radians)
        let square = sineLatitude * sineLatitude + cosines * sineLongitude * sineLongitude
        // Rounding can carry the square past 1 for opposite points.
        let distance = 2 * earthRadiusKilometres * MathLibrary.asin(Swift.min(square, 1).squareRoot())
        let isFinite =
            latitude1.isFinite && longitude1.isFinite && latitude2.isFinite && longitude2.isFinite
        return settled(distance, isFinite, .overflow, &finding)
    }
}
