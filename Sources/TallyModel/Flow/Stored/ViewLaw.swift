// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The law by which a view keeps rows of an entity and answers at an instant from them (SEMANTICS 3 and 4).
///
/// Each row of an entity belongs to one part. What is kept of a part's rows is its state; states of one part merge. The states
/// of the parts that an instant needs give the answer. A state is made for a horizon: it answers for every instant from
/// the horizon on, and for no earlier one.
///
/// These functions are the law, written plainly. Kernels that join, fill and read do the same work on other forms of rows,
/// and tests hold each of them against this. What every law obeys:
/// - the order of rows and of merges does not change a state;
/// - `advance` changes no answer from the new horizon on, and may come before or after a merge;
/// - `withdraw` gives the state of the rows without the withdrawn one, or says that the part must be made anew.
public enum ViewLaw: Sendable, Hashable {
    /// The visible row that is last (SEMANTICS 3.1): one part, in which a row offered again changes nothing.
    case latestRow(timeToLive: TimeSpan? = nil)
    /// All visible rows of a window (SEMANTICS 4), each as often as it was offered; a part for each step of the window.
    case window(EventWindow)

    /// The part to which a row belongs.
    public func part(of row: OnlineRow) -> ViewPart {
        switch self {
        case .latestRow: .whole
        case .window(let window): window.part(of: row.eventTime ?? .distantPast)
        }
    }

    /// The parts that an answer at `time` may need; empty where none holds a row of the window.
    public func parts(at time: Timestamp) -> Range<ViewPart> {
        switch self {
        case .latestRow: .whole..<ViewPart.whole.next
        case .window(let window): window.parts(at: time)
        }
    }

    /// Takes a row of a part into its state; false where that changes nothing.
    ///
    /// `horizon` is the instant from which on the state answers; it is not before the one for which the state was made.
    @discardableResult
    public func take(_ row: OnlineRow, into state: inout OnlineCell, horizon: Timestamp) -> Bool {
        switch self {
        case .latestRow: state.offer(row, horizon: horizon)
        case .window(let window): window.mayAnswer(row, from: horizon) && state.insert(row)
        }
    }

    /// Takes the rows of another state of the same part into a state; false where that changes nothing.
    @discardableResult
    public func merge(_ other: OnlineCell, into state: inout OnlineCell, horizon: Timestamp) -> Bool {
        var isChanged = false
        for row in other.rows where take(row, into: &state, horizon: horizon) { isChanged = true }
        return isChanged
    }

    /// The state without what no longer answers from a later horizon on; it may be empty.
    public func advance(_ state: OnlineCell, to horizon: Timestamp) -> OnlineCell {
        var advanced = OnlineCell()
        merge(state, into: &advanced, horizon: horizon)
        return advanced
    }

    /// Returns the effect on a state of withdrawing a row that was offered to it.
    public func withdraw(_ row: OnlineRow, from state: OnlineCell) -> Withdrawal {
        guard let place = state.rows.firstIndex(of: row) else { return .unchanged }
        switch self {
        // The row that it outdated answers again, and is not kept.
        case .latestRow: return .rebuild
        case .window: return .state(state.removing(at: place))
        }
    }

    /// The answer of the states of the parts that `time` needs; states of other parts change nothing.
    ///
    /// `time` is not before the horizon for which the states were made.
    public func answer(_ states: [OnlineCell], at time: Timestamp) -> ViewAnswer {
        switch self {
        case .latestRow(let timeToLive):
            guard let row = states.flatMap(\.rows).filter({ $0.knownTime <= time }).max() else { return .notFound }
            return Self.isOutside(timeToLive, row.eventTime, at: time) ? .outsideMaxAge(row) : .row(row)
        case .window(let window):
            let bounds = window.bounds(at: time)
            return .rows(states.flatMap(\.rows).filter { bounds.hold($0.eventTime, $0.knownTime) }.sorted())
        }
    }

    /// Whether a row is older than its time to live, whose edge is included; a row without event time never is.
    static func isOutside(_ timeToLive: TimeSpan?, _ event: Timestamp?, at time: Timestamp) -> Bool {
        guard let timeToLive, let event else { return false }
        let (age, overflow) = time.microseconds.subtractingReportingOverflow(event.microseconds)
        return overflow || age > timeToLive.microseconds
    }

    /// The effect of withdrawing a row on a state.
    public enum Withdrawal: Sendable, Hashable {
        /// The row was not kept, and the state stays.
        case unchanged
        /// The state without the row; it may be empty.
        case state(OnlineCell)
        /// The state does not tell what answers now: it is made anew out of the rows of its part.
        case rebuild
    }
}

/// The number of a part of what is kept of an entity; parts are in the order of their event times.
public struct ViewPart: Sendable, Hashable, Comparable {
    /// The number of the step; 0 where there is one part only.
    public let number: Int64

    /// Names a part.
    public init(_ number: Int64) { self.number = number }

    /// The only part of a law that has one.
    public static let whole = ViewPart(0)

    /// The part after this one.
    public var next: ViewPart { ViewPart(number == .max ? .max : number + 1) }

    /// Orders parts by their numbers.
    public static func < (left: ViewPart, right: ViewPart) -> Bool { left.number < right.number }
}

/// The answer of an entity's kept rows at an instant.
public enum ViewAnswer: Sendable, Hashable {
    /// No row is visible.
    case notFound
    /// The last visible row is older than the time to live.
    case outsideMaxAge(OnlineRow)
    /// The last visible row.
    case row(OnlineRow)
    /// The visible rows of a window in the order of SEMANTICS 2, from which aggregates are computed; empty for an empty window.
    case rows([OnlineRow])
}

extension FeatureView {
    /// The law by which it keeps rows of an entity and answers from them.
    public var law: ViewLaw { .latestRow(timeToLive: timeToLive) }
}
