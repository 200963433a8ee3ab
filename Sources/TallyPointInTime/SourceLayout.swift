// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The columns that every chunk of one source brings.
public struct SourceLayout: Sendable, Hashable {
    /// The payload columns in declared order, the stored features first.
    public let payload: [PayloadKind]

    /// The number of leading payload columns that are stored features; only they can make a row `tied`.
    public let comparedColumns: Int

    /// Whether rows have an event time; a source without one is always visible.
    public let hasEventTime: Bool

    /// Whether rows have a known time of their own; without one a row is known when it happens.
    public let hasKnownTime: Bool

    /// Whether rows have a sequence number; without one it is 0.
    public let hasSequence: Bool

    /// Whether the event time was cut out of nanoseconds for some rows: what was cut orders rows of one microsecond.
    public let hasCutNanoseconds: Bool

    /// Describes a source; `comparedColumns` is the whole payload by default.
    ///
    /// A known time or cut nanoseconds without an event time, and more compared columns than there are, are programming
    /// errors.
    public init(
        payload: [PayloadKind], comparedColumns: Int? = nil, hasEventTime: Bool = true, hasKnownTime: Bool = false,
        hasSequence: Bool = false, hasCutNanoseconds: Bool = false
    ) {
        let compared = comparedColumns ?? payload.count
        precondition(
            compared >= 0 && compared <= payload.count, "comparedColumns is \(compared) of \(payload.count) columns")
        precondition(hasEventTime || !hasKnownTime, "a source with a known time but no event time")
        precondition(hasEventTime || !hasCutNanoseconds, "a source with cut nanoseconds but no event time")
        self.payload = payload
        self.comparedColumns = compared
        self.hasEventTime = hasEventTime
        self.hasKnownTime = hasKnownTime
        self.hasSequence = hasSequence
        self.hasCutNanoseconds = hasCutNanoseconds
    }
}
