// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// One row of a view as the online store holds it: when it happened, when it was known, and its stored values.
public struct OnlineRow: Sendable, Hashable {
    /// The event time; nil for a source without event time, whose rows are always visible.
    public let eventTime: Timestamp?
    /// The nanoseconds cut from the event time, which was rounded up: −999 to 0; 0 where the source has none.
    public let cutNanoseconds: Int32
    /// The effective known time (SEMANTICS 1.3); `Timestamp.distantPast` for a source without event time.
    public let knownTime: Timestamp
    /// The position in the source's log; 0 for rows of files.
    public let sequence: Int64
    /// The canonical encoding of the view's stored values in declared order (`CanonicalEncoding.row`).
    public let values: [UInt8]

    /// Describes a row.
    public init(
        eventTime: Timestamp?, cutNanoseconds: Int32 = 0, knownTime: Timestamp, sequence: Int64 = 0, values: [UInt8]
    ) {
        self.eventTime = eventTime
        self.cutNanoseconds = cutNanoseconds
        self.knownTime = knownTime
        self.sequence = sequence
        self.values = values
    }
}

extension OnlineRow: Comparable {
    /// The total order of SEMANTICS 2: event time, nanoseconds cut from it, known time, sequence, bytes.
    public static func < (left: OnlineRow, right: OnlineRow) -> Bool {
        let (one, other) = (left.eventTime ?? .distantPast, right.eventTime ?? .distantPast)
        if one != other { return one < other }
        if left.cutNanoseconds != right.cutNanoseconds { return left.cutNanoseconds < right.cutNanoseconds }
        if left.knownTime != right.knownTime { return left.knownTime < right.knownTime }
        if left.sequence != right.sequence { return left.sequence < right.sequence }
        return left.values.lexicographicallyPrecedes(right.values)
    }
}

/// The stored rows of one entity in one part of a view: those that can answer, as the view's law keeps them.
///
/// Rows stand in the order of SEMANTICS 2, and so in the order in which they become known where only the last known one
/// answers. Rows known after the horizon are the pending area of SEMANTICS 1.6: readers see them when their time comes.
/// `ViewLaw` says which rows are kept and what they answer.
public struct OnlineCell: Sendable, Hashable {
    /// The rows in order; empty only before the first was taken.
    public private(set) var rows: [OnlineRow]

    /// Starts empty.
    public init() { rows = [] }

    /// Takes one row.
    public init(_ row: OnlineRow) { rows = [row] }

    /// Takes rows that are already in order, as in a stored cell.
    init(ordered rows: [OnlineRow]) { self.rows = rows }

    /// Adds a row where only the last known one answers; false when a row that is known no later comes after it.
    ///
    /// What becomes known up to the horizon counts as known at the horizon: only the last of those rows can answer.
    /// The result does not depend on the order of offers, nor on how often a row is offered.
    mutating func offer(_ row: OnlineRow, horizon: Timestamp) -> Bool {
        let known = max(row.knownTime, horizon)
        for other in rows where max(other.knownTime, horizon) <= known && other >= row {
            return false
        }
        rows.removeAll { max($0.knownTime, horizon) >= known && $0 < row }
        let place = rows.firstIndex { $0.knownTime > row.knownTime } ?? rows.endIndex
        rows.insert(row, at: place)
        return true
    }

    /// Adds a row and keeps all others, at its place in the order.
    mutating func insert(_ row: OnlineRow) -> Bool {
        rows.insert(row, at: rows.firstIndex { row < $0 } ?? rows.endIndex)
        return true
    }

    /// The rows without the one at `place`.
    func removing(at place: Int) -> OnlineCell {
        var rest = rows
        rest.remove(at: place)
        return OnlineCell(ordered: rest)
    }
}
