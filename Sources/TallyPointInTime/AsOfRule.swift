// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The rule by which a spine row may see a source row, and for how long.
public struct AsOfRule: Sendable, Hashable {
    /// The instant that makes a row visible at `t`.
    public enum KnownTime: Sendable, Hashable {
        /// A row is visible when it was known: `max(k, e) ≤ t`.
        case respected
        /// A row is visible when it happened, `e ≤ t`, known or not; rows that leaked are counted.
        case ignored
    }

    /// The largest age `t − e` of a value in microseconds, inclusive; nil for no limit.
    public var timeToLive: Int64?

    /// Whether the known time is respected.
    public var knownTime: KnownTime

    /// Makes a rule; a negative `timeToLive` is a programming error.
    public init(timeToLive: Int64? = nil, knownTime: KnownTime = .respected) {
        precondition((timeToLive ?? 0) >= 0, "timeToLive is \(timeToLive ?? 0) microseconds, below zero")
        self.timeToLive = timeToLive
        self.knownTime = knownTime
    }
}
