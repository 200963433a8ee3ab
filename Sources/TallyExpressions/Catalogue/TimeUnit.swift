// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The units of `date_trunc` and `date_diff`; weeks begin on Monday.
enum TimeUnit: String, Sendable, CaseIterable {
    case year, quarter, month, week, day, hour, minute, second

    /// Whether a date can be cut to the unit.
    var isWholeDays: Bool {
        switch self {
        case .year, .quarter, .month, .week, .day: true
        case .hour, .minute, .second: false
        }
    }

    /// The length in microseconds of the units that have one.
    private var microseconds: Int64? {
        switch self {
        case .year, .quarter, .month, .week: nil
        case .day: 86_400_000_000
        case .hour: 3_600_000_000
        case .minute: 60_000_000
        case .second: 1_000_000
        }
    }

    /// The number of the unit that holds a day, on a scale without gaps.
    func index(ofDay days: Int32) -> Int64 {
        switch self {
        case .year: return Int64(CalendarDate(days: days).components.year)
        case .quarter, .month:
            let (year, month, _) = CalendarDate(days: days).components
            return self == .month ? Int64(year * 12 + month - 1) : Int64(year * 4 + (month - 1) / 3)
        case .week: return (Int64(days) + 3).flooredDivision(by: 7).quotient
        case .day, .hour, .minute, .second: return Int64(days)
        }
    }

    /// The number of the unit that holds an instant, on a scale without gaps.
    func index(ofMicrosecond instant: Int64) -> Int64 {
        if let microseconds { return instant.flooredDivision(by: microseconds).quotient }
        return index(ofDay: TimeKernels.day(of: instant))
    }

    /// The first day of the unit that holds a day; nil when it is out of range.
    func start(ofDay days: Int32) -> Int32? {
        switch self {
        case .year, .quarter, .month:
            let (year, month, _) = CalendarDate(days: days).components
            let first = self == .year ? 1 : self == .month ? month : (month - 1) / 3 * 3 + 1
            return CalendarDate(year: year, month: first, day: 1)?.days
        case .week: return Int32(exactly: index(ofDay: days) * 7 - 3)
        case .day, .hour, .minute, .second: return days
        }
    }

    /// The first microsecond of the unit that holds an instant; nil when it is out of range.
    func start(ofMicrosecond instant: Int64) -> Int64? {
        let (start, length): (Int64?, Int64) =
            if let microseconds {
                (instant.flooredDivision(by: microseconds).quotient, microseconds)
            } else {
                (start(ofDay: TimeKernels.day(of: instant)).map(Int64.init), 86_400_000_000)
            }
        guard let (product, overflow) = start?.multipliedReportingOverflow(by: length), !overflow else { return nil }
        return product
    }
}
