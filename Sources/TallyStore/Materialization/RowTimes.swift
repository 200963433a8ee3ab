// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyPointInTime

/// The event times and known times of a batch's rows, by `KnownTimeRule`.
struct RowTimes {
    private let events: [Int64]?
    private let cuts: [Int32]?
    private let eventValidity: Validity
    private let declared: [Int64]?
    private let declaredValidity: Validity
    private let rule: KnownTimeRule
    private let known: [Int64]

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
        rule = KnownTimeRule(knownTime, firstSeen: firstSeen)
        guard let events else {
            known = []
            return
        }
        var known = [Int64](repeating: 0, count: events.count)
        var target = known.mutableSpan
        if let declared = self.declared {
            rule.write(&target, events: events.span, declared: declared.span)
        } else {
            rule.write(&target, events: events.span)
        }
        self.known = known
    }

    private static func microseconds(_ column: Column) -> [Int64] {
        guard case .int64(let values) = column.storage else {
            preconditionFailure("times are int64, not \(column.type)")
        }
        return values
    }

    /// The number of rows whose time is a day, and which are known only when that day is over.
    var days: Int {
        guard let events, let declared else { return 0 }
        return events.indices.count {
            eventValidity[$0] && declaredValidity[$0] && declared[$0] > events[$0]
        }
    }

    /// Returns a row's event time, its cut nanoseconds, and its known time; nil for a row that lacks a time and is
    /// never seen.
    @inline(__always)
    subscript(row: Int) -> (event: Timestamp?, cut: Int32, known: Timestamp, isKnownBeforeEvent: Bool)? {
        guard let events else { return (nil, 0, .distantPast, false) }
        guard eventValidity[row], declaredValidity[row] else { return nil }
        let event = events[row]
        return (
            Timestamp(microseconds: event), cuts?[row] ?? 0, Timestamp(microseconds: known[row]),
            (declared?[row] ?? rule.declared(event)) < event
        )
    }
}

extension KnownTimeRule {
    /// The rule of a source's rows.
    init(_ knownTime: Source.KnownTime, firstSeen: Timestamp?) {
        switch knownTime {
        case .after(let span): self.init(delay: span.microseconds, firstSeen: firstSeen?.microseconds)
        case .undeclared, .column: self.init(firstSeen: firstSeen?.microseconds)
        }
    }
}
