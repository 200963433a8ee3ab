// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Lengths of time as contracts write them: `5m` as in definitions, ISO 8601 (`PT5M`), and a number with a unit word.
enum DurationText {
    private static let second: Int64 = 1_000_000
    private static let units: [(names: [String], microseconds: Int64)] = [
        (["us", "microsecond", "microseconds"], 1),
        (["ms", "millis", "millisecond", "milliseconds"], 1_000),
        (["s", "sec", "secs", "second", "seconds"], second),
        (["m", "min", "mins", "minute", "minutes"], 60 * second),
        (["h", "hr", "hrs", "hour", "hours"], 3_600 * second),
        (["d", "day", "days"], 86_400 * second),
        (["w", "wk", "wks", "week", "weeks"], 7 * 86_400 * second),
        (["mo", "month", "months"], 30 * 86_400 * second),
        (["y", "yr", "yrs", "year", "years"], 365 * 86_400 * second),
    ]

    /// Every unit that is read, shortest spelling first.
    static let unitNames = units.flatMap(\.names)

    /// The length of a unit; a month has 30 days and a year 365.
    static func microseconds(ofUnit unit: String) -> Int64? {
        units.first { $0.names.contains(unit.lowercased()) }?.microseconds
    }

    /// A number of units; nil for an unknown unit, a negative number and on overflow.
    static func microseconds(_ value: JSON, unit: String) -> Int64? {
        guard let length = microseconds(ofUnit: unit), let number = number(value), number >= 0 else { return nil }
        return rounded(number * Double(length))
    }

    /// Returns a duration that has its own unit; nil for anything else.
    static func microseconds(_ value: JSON) -> Int64? {
        guard let text = value.stringValue else { return nil }
        return TimeSpan(text)?.microseconds ?? iso(text)
    }

    /// A number, or the text of one.
    static func number(_ value: JSON) -> Double? {
        value.numberValue ?? value.stringValue.flatMap { CoreSchema.value(ofPlain: $0).numberValue }
    }

    /// `P3Y6M4DT12H30M5.5S` and its parts; a month has 30 days and a year 365.
    private static func iso(_ text: String) -> Int64? {
        guard text.hasPrefix("P"), text.count > 1, !text.hasSuffix("T") else { return nil }
        let date: [Character: String] = ["Y": "y", "M": "mo", "W": "w", "D": "d"]
        let time: [Character: String] = ["H": "h", "M": "m", "S": "s"]
        var isTime = false
        var number = ""
        var total = 0.0
        for character in text.dropFirst() {
            if character == "T", !isTime, number.isEmpty {
                isTime = true
            } else if (character.isASCII && character.isNumber) || character == "." {
                number.append(character)
            } else {
                guard let unit = (isTime ? time : date)[character], let count = Double(number),
                    let length = microseconds(ofUnit: unit)
                else { return nil }
                total += count * Double(length)
                number = ""
            }
        }
        return number.isEmpty ? rounded(total) : nil
    }

    private static func rounded(_ microseconds: Double) -> Int64? {
        microseconds < 9e18 ? Int64(microseconds.rounded()) : nil
    }
}
