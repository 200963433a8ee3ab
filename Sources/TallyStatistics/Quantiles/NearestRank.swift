// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The place of a quantile among sorted values by the nearest rank: ⌈q·n⌉, at least 1 and at most n.
///
/// Exact on the decimal text of q: of 100 values 0.55 takes the 55th, though the float above 0.55 is a little more.
///
/// ```swift
/// NearestRank(0.9).value(among: [7, 1, 3, 9, 5, 2, 8, 4, 6, 10])  // 9
/// ```
public struct NearestRank: Sendable, Hashable {
    private let share: DecimalNumber

    /// The rank of a quantile from 0 to 1.
    public init(_ quantile: Double) {
        guard (0...1).contains(quantile), let share = DecimalNumber(shortest: quantile) else {
            preconditionFailure("the quantile \(quantile)")
        }
        self.share = share
    }

    /// The rank among so many values, counted from 1; of no values there is none.
    public func rank(among count: Int) -> Int {
        precondition(count > 0, "a rank among \(count) values")
        let product = share * count
        guard product.exponent > 0 else { return 1 }
        // Whatever is behind the point makes one more.
        return Self.wholePart(of: product) + (product.digits.count > product.exponent ? 1 : 0)
    }

    /// The share as a fraction of whole numbers; nil where ten to the power below it has more than 18 zeros.
    public var fraction: (numerator: Int, denominator: Int)? {
        let places = max(0, share.digits.count - share.exponent)
        guard places <= 18 else { return nil }
        return (
            Self.wholePart(of: share.timesTen(toThe: places)),
            Self.wholePart(of: DecimalNumber(1).timesTen(toThe: places))
        )
    }

    /// The smallest value that has at least the share of all values not above it; nil of no values.
    ///
    /// The values come in any order and have one: NaN must not be among them.
    public func value<Number: Comparable>(among numbers: [Number]) -> Number? {
        numbers.isEmpty ? nil : numbers.sorted()[rank(among: numbers.count) - 1]
    }

    private static func wholePart(of number: DecimalNumber) -> Int {
        (0..<max(0, number.exponent)).reduce(0) { whole, place in
            whole * 10 + (place < number.digits.count ? Int(number.digits[place]) : 0)
        }
    }
}
