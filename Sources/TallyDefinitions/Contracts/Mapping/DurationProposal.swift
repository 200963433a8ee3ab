// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Guesses which duration was meant by a text that is none.
enum DurationProposal {
    /// Returns advice on how to write a duration instead.
    static func help(for text: String) -> String {
        let compact = text.filter { $0 != " " && $0 != "_" }
        if compact.hasPrefix("-") { return "a duration is not negative" }
        if let span = iso(compact) ?? worded(compact) { return "write '\(span)'" }
        if Int64(compact) != nil { return "add a unit: '\(compact)s', '\(compact)m', '\(compact)h' or '\(compact)d'" }
        return "write for example '90s', '20m', '3h' or '7d'"
    }

    /// A number, perhaps with a fraction, and a word: `7 dayz`, `1.5 hours`, `3H`.
    private static func worded(_ text: String) -> TimeSpan? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let word = text.dropFirst(number.count).lowercased()
        guard let count = Double(number), count.isFinite, count > 0, let unit = microseconds(of: word) else {
            return nil
        }
        let length = (count * Double(unit)).rounded()
        return length >= 1 && length < 9e15 ? TimeSpan(microseconds: Int64(length)) : nil
    }

    /// The simplest forms of ISO 8601: `PT3H`, `P7D`.
    private static func iso(_ text: String) -> TimeSpan? {
        let upper = text.uppercased()
        guard upper.hasPrefix("P"), let last = upper.last else { return nil }
        let isTime = upper.hasPrefix("PT")
        let units: [Character: Int64] =
            isTime
            ? ["H": 3_600_000_000, "M": 60_000_000, "S": 1_000_000] : ["D": 86_400_000_000, "W": 604_800_000_000]
        guard let unit = units[last], let count = Int64(upper.dropFirst(isTime ? 2 : 1).dropLast()), count > 0 else {
            return nil
        }
        let (length, overflow) = count.multipliedReportingOverflow(by: unit)
        return overflow ? nil : TimeSpan(microseconds: length)
    }

    private static func microseconds(of word: String) -> Int64? {
        if word.hasPrefix("mo") || word.hasPrefix("y") { return nil }
        let words: [(String, Int64)] = [
            ("ms", 1_000), ("mil", 1_000), ("us", 1), ("mic", 1), ("d", 86_400_000_000), ("h", 3_600_000_000),
            ("w", 604_800_000_000), ("m", 60_000_000), ("s", 1_000_000),
        ]
        return words.first { word.hasPrefix($0.0) }?.1
    }
}
