// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A length of time in microseconds, written in definitions as a number and a unit: `90s`, `20m`, `3h`, `7d`, `250ms`.
///
/// ```swift
/// TimeSpan("90m") == TimeSpan(microseconds: 5_400_000_000)  // true
/// ```
public struct TimeSpan: Sendable, Hashable, Comparable {
    /// The length in microseconds; never negative when read from a definition.
    public let microseconds: Int64

    /// Wraps a count of microseconds.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// From one instant to another, cut at the ends of what 64 bits hold.
    public init(from start: Timestamp, to end: Timestamp) {
        let (length, overflow) = end.microseconds.subtractingReportingOverflow(start.microseconds)
        self.init(microseconds: overflow ? (end > start ? .max : .min) : length)
    }

    /// A measured number of microseconds without its fraction, cut at the ends of what 64 bits hold; NaN is no time.
    public init(measured: Double) {
        self.init(
            microseconds: Int64(exactly: measured.rounded(.towardZero))
                ?? (measured.isNaN ? 0 : measured < 0 ? .min : .max))
    }

    /// No time at all.
    public static let zero = TimeSpan(microseconds: 0)

    /// The units of a written time span with their length in microseconds, largest first.
    public static let units: [(name: String, microseconds: Int64)] = [
        ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1),
    ]

    /// Orders time spans from shorter to longer.
    public static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.microseconds < right.microseconds }

    /// Reads a whole number directly followed by a unit; nil for anything else and on overflow.
    public init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits), !digits.isEmpty,
            let unit = Self.units.first(where: { $0.name == text.dropFirst(digits.count) })
        else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit.microseconds)
        guard !overflow else { return nil }
        self.init(microseconds: product)
    }
}

extension TimeSpan: CustomStringConvertible {
    /// The shortest exact spelling that `init(_:)` reads back: a whole number of the largest unit that divides it.
    public var description: String {
        guard microseconds != 0 else { return "0s" }
        for unit in Self.units where microseconds % unit.microseconds == 0 {
            return "\(microseconds / unit.microseconds)\(unit.name)"
        }
        return "\(microseconds)us"
    }
}
