// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// What the 64-bit numbers of a time type count, and whether they count from an instant.
struct TimeUnit: Hashable, Sendable {
    /// The length of one.
    enum Scale: Hashable, Sendable {
        case seconds
        case milliseconds
        case microseconds
        case nanoseconds
    }

    /// The length of one.
    let scale: Scale
    /// Whether zero is 1970-01-01T00:00:00Z rather than midnight of that day on some wall.
    let isZoned: Bool

    /// Whole microseconds, floored, and the nanoseconds beyond them, 0 to 999; saturates beyond the range of `Int64`.
    @inline(__always)
    func floored(_ count: Int64) -> (microseconds: Int64, nanoseconds: Int32) {
        switch scale {
        case .seconds: return (Self.scaled(count, by: 1_000_000), 0)
        case .milliseconds: return (Self.scaled(count, by: 1_000), 0)
        case .microseconds: return (count, 0)
        case .nanoseconds:
            let (quotient, remainder) = count.quotientAndRemainder(dividingBy: 1_000)
            return remainder < 0
                ? (quotient - 1, Int32(truncatingIfNeeded: remainder + 1_000))
                : (quotient, Int32(truncatingIfNeeded: remainder))
        }
    }

    private static func scaled(_ count: Int64, by factor: Int64) -> Int64 {
        let (product, overflow) = count.multipliedReportingOverflow(by: factor)
        return overflow ? (count < 0 ? -.max : .max) : product
    }

    /// Whether a number stands for DuckDB's `infinity` or `-infinity`.
    ///
    /// Of nanoseconds those are the ends of what files say, such as `pandas.Timestamp.max`: they are instants here.
    @inline(__always)
    func isInfinite(_ count: Int64) -> Bool { (count == .max || count == -.max) && scale != .nanoseconds }
}
