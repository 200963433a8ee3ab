// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyPointInTime

/// The known times of a source's chunks, as `KnownTimeRule` has them.
@safe final class KnownTimes {
    private let rule: KnownTimeRule
    /// The spine's last time: later rows may be left out, so they count nowhere.
    private let latest: Int64
    private let declared: TimeColumnReader?
    /// Rows of the spine's entities up to its last time that declare a known time before their event time.
    private(set) var beforeEvent = 0
    /// Such rows whose time is a day, which is known when it is over.
    private(set) var days = 0
    private let isUndeclared: Bool
    private let values = Scratch<Int64>()
    private let validity = Scratch<UInt64>(capacity: 32)

    /// `declared` reads the column of the known time, if there is one.
    init(_ knownTime: Source.KnownTime, declared: TimeColumnReader?, firstSeen: Timestamp?, latest: Timestamp?) {
        switch knownTime {
        case .after(let span): rule = KnownTimeRule(delay: span.microseconds, firstSeen: firstSeen?.microseconds)
        case .undeclared, .column: rule = KnownTimeRule(firstSeen: firstSeen?.microseconds)
        }
        self.declared = declared
        isUndeclared = knownTime == .undeclared
        self.latest = latest?.microseconds ?? .min
    }

    /// Known times for event times; a row without either time has none.
    @unsafe func read(
        _ column: Vector?, _ events: (values: UnsafePointer<Int64>, validity: UnsafePointer<UInt64>?),
        _ entities: UnsafePointer<UInt32>, count: Int
    ) -> (values: UnsafePointer<Int64>, validity: UnsafePointer<UInt64>?) {
        let known = unsafe values.room(count)
        var target = unsafe MutableSpan(_unsafeStart: known, count: count)
        let happened = unsafe Span(_unsafeStart: events.values, count: count)
        guard let declared, let column else {
            rule.write(&target, events: happened)
            return unsafe (UnsafePointer(known), events.validity)
        }
        let stated = unsafe declared.read(column, count: count)
        unsafe rule.write(&target, events: happened, declared: Span(_unsafeStart: stated.values, count: count))
        for row in 0..<count {
            let (state, event) = unsafe (stated.values[row], events.values[row])
            if unsafe state != event && event <= latest && entities[row] != SpineIndex.noEntity
                && isPresent(stated.validity, row) && isPresent(events.validity, row)
            {
                if state < event { beforeEvent += 1 } else if isUndeclared { days += 1 }
            }
        }
        guard let statedBits = unsafe stated.validity else { return unsafe (UnsafePointer(known), events.validity) }
        guard let eventBits = unsafe events.validity else { return unsafe (UnsafePointer(known), statedBits) }
        let bits = unsafe validity.copy(statedBits, count: count)
        for word in 0..<(count + 63) / 64 { unsafe bits[word] &= eventBits[word] }
        return unsafe (UnsafePointer(known), UnsafePointer(bits))
    }
}

/// Whether a bitmap says that a row has a value; without a bitmap all have.
@unsafe func isPresent(_ bits: UnsafePointer<UInt64>?, _ row: Int) -> Bool {
    guard let bits = unsafe bits else { return true }
    return unsafe bits[row >> 6] >> UInt64(row & 63) & 1 == 1
}
