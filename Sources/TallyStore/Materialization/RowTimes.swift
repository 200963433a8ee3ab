// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// When the rows of a batch happened and became known: `max(declared, event time, first seen)` (SEMANTICS 1.3).
struct RowTimes {
    private let events: [Int64]?
    private let cuts: [Int32]?
    private let eventValidity: Validity
    private let declared: [Int64]?
    private let declaredValidity: Validity
    private let delay: Int64
    private let firstSeen: Int64

    /// Reads the time columns of a batch; `event` is nil for a source without times, `cuts` are the nanoseconds cut from it.
    init(
        event: Column?, cuts: [Int32]?, declared: Column?, knownTime: Source.KnownTime, firstSeen: Timestamp?,
        count: Int
    ) {
        events = event.map(Self.microseconds)
        self.cuts = cuts
        eventValidity = event?.validity ?? Validity(allPresent: count)
        self.declared = declared.map(Self.microseconds)
        declaredValidity = declared?.validity ?? Validity(allPresent: count)
        switch knownTime {
        case .after(let span): delay = span.microseconds
        case .undeclared, .column: delay = 0
        }
        self.firstSeen = firstSeen?.microseconds ?? .min
    }

    private static func microseconds(_ column: Column) -> [Int64] {
        guard case .int64(let values) = column.storage else {
            preconditionFailure("times are int64, not \(column.type)")
        }
        return values
    }

    /// How many rows are known only when the day is over that their time is.
    var days: Int {
        guard let events, let declared else { return 0 }
        return events.indices.count {
            eventValidity[$0] && declaredValidity[$0] && declared[$0] > events[$0]
        }
    }

    /// A row's event time, what was cut from it, and its known time; nil for a row that lacks one of them and that nobody can see.
    @inline(__always)
    subscript(row: Int) -> (event: Timestamp?, cut: Int32, known: Timestamp, isKnownBeforeEvent: Bool)? {
        guard let events else { return (nil, 0, .distantPast, false) }
        guard eventValidity[row], declaredValidity[row] else { return nil }
        let event = events[row]
        let stated: Int64
        if let declared {
            stated = declared[row]
        } else {
            let (sum, overflow) = event.addingReportingOverflow(delay)
            stated = overflow ? (delay < 0 ? .min : .max) : sum
        }
        return (
            Timestamp(microseconds: event), cuts?[row] ?? 0, Timestamp(microseconds: max(stated, event, firstSeen)),
            stated < event
        )
    }
}
