// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A window over event times, and its edges at an instant (SEMANTICS 4.1 to 4.4).
///
/// Every kernel, part and engine takes the edges from `bounds(at:)`. Instants beyond what 64 bits hold are cut at the ends.
public struct EventWindow: Sendable, Hashable {
    /// The inclusion of the window's two ends.
    public enum Edges: String, Sendable, Hashable, CaseIterable {
        /// The end, and not the beginning.
        case after = "(]"
        /// The beginning, and not the end.
        case before = "[)"
        /// Both.
        case both = "[]"
    }

    /// The length of the window.
    public let size: TimeSpan
    /// The step of the lower edge; nil for an exact one, whose rows are all in one part.
    public let hop: TimeSpan?
    /// The inclusion of the window's two ends.
    public let edges: Edges
    /// Whether the upper edge is the last step, too.
    public let endsAtHop: Bool
    /// The distance from the instant back to the end of the window.
    public let offset: TimeSpan

    /// Describes a window; nil for lengths below one microsecond, and a hop that does not divide the size.
    public init?(
        size: TimeSpan, hop: TimeSpan? = nil, edges: Edges = .after, endsAtHop: Bool = false, offset: TimeSpan = .zero
    ) {
        guard size > .zero, offset >= .zero else { return nil }
        if let hop { guard hop > .zero, size.microseconds % hop.microseconds == 0 else { return nil } }
        self.size = size
        self.hop = hop
        self.edges = edges
        self.endsAtHop = endsAtHop
        self.offset = offset
    }

    /// The rows in a window at an instant: those known by `known` with an event time in `first...last`.
    public struct Bounds: Sendable, Hashable {
        /// The instant up to which rows are known.
        public let known: Timestamp
        /// The first event time of the window.
        public let first: Timestamp
        /// The last event time of the window; before `first` where no row can be in it.
        public let last: Timestamp

        /// Whether a row is in the window.
        public func hold(_ event: Timestamp?, _ known: Timestamp) -> Bool {
            guard let event else { return false }
            return known <= self.known && first <= event && event <= last
        }
    }

    /// The bounds of the window at an instant.
    public func bounds(at time: Timestamp) -> Bounds {
        let now = endsAtHop ? floor(time.microseconds) : time.microseconds
        let upper = now.subtracting(offset.microseconds)
        let lower = floor(upper.subtracting(size.microseconds))
        let isLowerIn = edges != .after
        let isUpperIn = edges != .before
        return Bounds(
            known: Timestamp(microseconds: now),
            first: Timestamp(microseconds: isLowerIn ? lower : lower.adding(1)),
            last: Timestamp(microseconds: isUpperIn ? upper : upper.subtracting(1)))
    }

    /// The part of a row: part `i` covers `(i · hop, (i + 1) · hop]`.
    func part(of event: Timestamp) -> ViewPart {
        guard let hop else { return .whole }
        return ViewPart(event.microseconds.subtracting(1).floored(by: hop.microseconds))
    }

    /// The parts that may hold rows of the window at an instant.
    func parts(at time: Timestamp) -> Range<ViewPart> {
        let bounds = bounds(at: time)
        let first = part(of: bounds.first)
        return bounds.first > bounds.last ? first..<first : first..<part(of: bounds.last).next
    }

    /// Whether a row may be in the window at some instant from the horizon on: the lower edge never moves back.
    func mayAnswer(_ row: OnlineRow, from horizon: Timestamp) -> Bool {
        row.eventTime.map { $0 >= bounds(at: horizon).first } ?? false
    }

    /// The last step at or before an instant, also before 1970.
    private func floor(_ time: Int64) -> Int64 {
        guard let hop = hop?.microseconds else { return time }
        let (step, overflow) = time.floored(by: hop).multipliedReportingOverflow(by: hop)
        return overflow ? .min : step
    }
}

extension Int64 {
    /// The sum, cut at the ends of what 64 bits hold.
    fileprivate func adding(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }

    /// The difference, cut at the ends of what 64 bits hold.
    fileprivate func subtracting(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other > 0 ? .min : .max) : difference
    }

    /// The quotient by a positive number, rounded down.
    fileprivate func floored(by other: Int64) -> Int64 {
        let quotient = self / other
        return self % other < 0 ? quotient - 1 : quotient
    }
}
