// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Timestamp {
    /// The direction in which a time finer than microseconds is rounded (SEMANTICS 1.1).
    public enum Rounding: Sendable, Hashable {
        /// Down to the microsecond before, as for the instant of a request: a later event is not seen.
        case down
        /// Up to the microsecond after, as for the time of an event: it is never seen too early.
        case up

        /// Rounds nanoseconds beyond a whole microsecond, 0 to 999: returns the microseconds to add, and the part that
        /// is cut.
        ///
        /// What is cut is the time less its rounded one: 0 to 999 downwards, −999 to 0 upwards, so that it orders times of
        /// one rounded microsecond.
        @inlinable
        public func rounding(_ nanoseconds: Int32) -> (carry: Int64, cut: Int32) {
            switch self {
            case .down: (0, nanoseconds)
            case .up: nanoseconds == 0 ? (0, 0) : (1, nanoseconds - 1_000)
            }
        }
    }

    /// The instant of a count of nanoseconds since 1970-01-01T00:00:00Z, with the nanoseconds that were cut from it.
    ///
    /// Nil where 64 bits do not hold the microseconds.
    @inlinable
    public static func rounded<Count: FixedWidthInteger & SignedInteger>(
        nanoseconds count: Count, _ rounding: Rounding
    ) -> (time: Timestamp, cut: Int32)? {
        var (quotient, remainder) = count.quotientAndRemainder(dividingBy: 1_000)
        if remainder < 0 { (quotient, remainder) = (quotient - 1, remainder + 1_000) }
        let (carry, cut) = rounding.rounding(Int32(truncatingIfNeeded: remainder))
        return Int64(exactly: quotient + Count(carry)).map { (Timestamp(microseconds: $0), cut) }
    }
}
