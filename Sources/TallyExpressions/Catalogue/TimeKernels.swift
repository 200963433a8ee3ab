// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Functions of dates (days since 1970-01-01) and timestamps (microseconds since 1970-01-01T00:00:00Z), in UTC.
enum TimeKernels {
    /// The UTC day of an instant; every int64 instant has one that fits.
    static func day(of instant: Int64) -> Int32 {
        Int32(clamping: instant.flooredDivision(by: 86_400_000_000).quotient)
    }

    /// A part of the calendar day, for dates and timestamps.
    static func part(_ part: @escaping @Sendable (CalendarDate) -> Int) -> [Signature] {
        [
            Signature([.date], .int32, .unary { (days: Int32, _) -> Int32? in Int32(part(CalendarDate(days: days))) }),
            Signature(
                [.timestamp], .int32,
                .unary { (instant: Int64, _) -> Int32? in Int32(part(CalendarDate(days: day(of: instant)))) }),
        ]
    }

    /// A part of the time of day, for timestamps.
    static func clock(unit: Int64, of whole: Int64) -> [Signature] {
        [
            Signature(
                [.timestamp], .int32,
                .unary { (instant: Int64, _) -> Int32? in
                    Int32(truncatingIfNeeded: instant.flooredDivision(by: whole).remainder / unit)
                })
        ]
    }

    /// The start of the unit that holds the argument.
    static func truncate(_ unit: TimeUnit) -> [Signature] {
        let timestamps = Signature(
            [.timestamp], .timestamp,
            .unary { (instant: Int64, finding) -> Int64? in
                let start = unit.start(ofMicrosecond: instant)
                if start == nil { finding.insert(.overflow) }
                return start
            })
        guard unit.isWholeDays else { return [timestamps] }
        let dates = Signature(
            [.date], .date,
            .unary { (days: Int32, finding) -> Int32? in
                let start = unit.start(ofDay: days)
                if start == nil { finding.insert(.overflow) }
                return start
            })
        return [dates, timestamps]
    }

    /// Returns the signatures that count the changes of a unit from the first to the second argument.
    static func difference(_ unit: TimeUnit) -> [Signature] {
        let timestamps = Signature(
            [.timestamp, .timestamp], .int64,
            .binary { (from: Int64, to: Int64, _) -> Int64? in
                unit.index(ofMicrosecond: to) - unit.index(ofMicrosecond: from)
            })
        guard unit.isWholeDays else { return [timestamps] }
        let dates = Signature(
            [.date, .date], .int64,
            .binary { (from: Int32, to: Int32, _) -> Int64? in unit.index(ofDay: to) - unit.index(ofDay: from) })
        return [dates, timestamps]
    }
}
