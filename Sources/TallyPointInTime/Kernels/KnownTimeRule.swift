// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The rule for known times: `max(first seen, declared, event time)` (SEMANTICS 1.3).
///
/// The one place where this is computed: engines and fills call it, so that training and serving cannot differ in it.
/// Instants are microseconds. Whether a row has its times is for the caller to know; a row without them gets a number
/// that means nothing.
public struct KnownTimeRule: Sendable {
    private let delay: Int64
    private let firstSeen: Int64

    /// Takes the delay after which a row is known when no column holds known times, and when its file was first seen.
    ///
    /// - Parameters:
    ///   - delay: microseconds, for rows without a column of known times.
    ///   - firstSeen: nil for rows of a source's first snapshot, and for those whose declared times count.
    public init(delay: Int64 = 0, firstSeen: Int64? = nil) {
        self.delay = delay
        self.firstSeen = firstSeen ?? .min
    }

    /// Writes the known times of rows that declare none; a sum beyond what there is becomes the last instant there is.
    public func write(_ known: inout MutableSpan<Int64>, events: Span<Int64>) {
        for row in events.indices {
            known[row] = max(declared(events[row]), events[row], firstSeen)
        }
    }

    /// Writes the known times of rows with a column of them.
    public func write(_ known: inout MutableSpan<Int64>, events: Span<Int64>, declared: Span<Int64>) {
        for row in events.indices {
            known[row] = max(declared[row], events[row], firstSeen)
        }
    }

    /// Returns the known time that a row declares when there is no column for it: its event time and a delay.
    public func declared(_ event: Int64) -> Int64 {
        let (sum, overflow) = event.addingReportingOverflow(delay)
        return overflow ? (delay < 0 ? .min : .max) : sum
    }
}
