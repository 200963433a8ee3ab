// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel

/// The text of a `Date` field (RFC 9110, section 5.6.7), written once a second.
enum DateField {
    private static let last = Mutex<(second: Int64, text: String)>((.min, ""))
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Returns the field of a time, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func text(of time: Timestamp) -> String {
        let second = time.microseconds.flooredDivision(by: 1_000_000).quotient
        return last.withLock { last in
            if last.second != second { last = (second, format(second)) }
            return last.text
        }
    }

    private static func format(_ second: Int64) -> String {
        let (day, inDay) = second.flooredDivision(by: 86_400)
        let date = CalendarDate(days: Int32(clamping: day))
        let (year, month, dayOfMonth) = date.components
        let clock = [inDay / 3_600, inDay / 60 % 60, inDay % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(days[date.dayOfWeek]), \(dayOfMonth < 10 ? "0" : "")\(dayOfMonth) \(months[month - 1]) \(year) "
            + clock.joined(separator: ":") + " GMT"
    }
}
