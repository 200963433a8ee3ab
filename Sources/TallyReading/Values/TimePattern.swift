// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A declared form of times, such as `dd/MM/yyyy HH:mm:ss`, `%d/%m/%Y` or `epoch_seconds`.
///
/// Patterns with `%` are those of `strptime`, others those of Java's `DateTimeFormatter`, which ODCS names. A pattern
/// needs a year of four digits, a month and a day: nothing is filled in from today. English names of months and days only.
public struct TimePattern: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case literal([UInt8])
        case year
        /// Two digits, or one or two.
        case number(Field, isPadded: Bool)
        case monthName
        case dayName
        case halfDay
        case fraction
        case offset
        case epoch(unitNanoseconds: Int64)
    }

    enum Field: Sendable, Hashable {
        case month, day, dayOfYear, hour, halfDayHour, minute, second
    }

    /// The pattern as it was written.
    public let text: String
    let parts: [Part]
    /// Whether the pattern has no time of day.
    public let isDay: Bool

    /// Reads a pattern; nil for one that is not understood or lacks a year, a month or a day.
    public init?(_ text: String) {
        let units: [String: Int64] = [
            "epoch_seconds": 1_000_000_000, "epoch_milliseconds": 1_000_000, "epoch_microseconds": 1_000,
            "epoch_nanoseconds": 1,
        ]
        self.text = text
        if let unit = units[text] {
            parts = [.epoch(unitNanoseconds: unit)]
            isDay = false
            return
        }
        guard let parts = text.utf8.contains(UInt8(ascii: "%")) ? Self.percent(text) : Self.letters(text) else {
            return nil
        }
        self.parts = parts
        func has(_ field: Field) -> Bool {
            parts.contains { if case .number(field, _) = $0 { true } else { false } }
        }
        let hasDay = has(.dayOfYear) || (has(.month) || parts.contains(.monthName)) && has(.day)
        guard parts.contains(.year), hasDay, !has(.halfDayHour) || parts.contains(.halfDay) else { return nil }
        isDay = !has(.hour) && !has(.halfDayHour)
    }

    /// Whether a time of the pattern may have digits beyond microseconds.
    public var mayHoldNanoseconds: Bool {
        parts.contains { part in
            switch part {
            // A count of any unit may have a fraction.
            case .fraction, .epoch: true
            case .literal, .year, .number, .monthName, .dayName, .halfDay, .offset: false
            }
        }
    }

    /// The expected form, for messages: where the pattern comes from and how to write one.
    public static let help =
        "write for example 'dd/MM/yyyy HH:mm:ss', '%d/%m/%Y', 'yyyyMMdd' or epoch_seconds; a pattern needs a year of four digits, a month and a day"

    private static func percent(_ text: String) -> [Part]? {
        var parts: [Part] = []
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                parts.append(literal: byte)
                continue
            }
            var letter = bytes.popFirst()
            var isPadded = true
            if letter == UInt8(ascii: "-") {
                isPadded = false
                letter = bytes.popFirst()
            }
            switch letter.map({ Character(Unicode.Scalar($0)) }) {
            case "Y": parts.append(.year)
            case "m": parts.append(.number(.month, isPadded: isPadded))
            case "d": parts.append(.number(.day, isPadded: isPadded))
            case "e": parts.append(.number(.day, isPadded: false))
            case "j": parts.append(.number(.dayOfYear, isPadded: isPadded))
            case "H": parts.append(.number(.hour, isPadded: isPadded))
            case "I": parts.append(.number(.halfDayHour, isPadded: isPadded))
            case "M": parts.append(.number(.minute, isPadded: isPadded))
            case "S": parts.append(.number(.second, isPadded: isPadded))
            case "b", "B", "h": parts.append(.monthName)
            case "a", "A": parts.append(.dayName)
            case "p": parts.append(.halfDay)
            case "f": parts.append(.fraction)
            case "z", "Z": parts.append(.offset)
            case "s": parts.append(.epoch(unitNanoseconds: 1_000_000_000))
            case "F": guard let more = percent("%Y-%m-%d") else { return nil }; parts += more
            case "T": guard let more = percent("%H:%M:%S") else { return nil }; parts += more
            case "%": parts.append(literal: UInt8(ascii: "%"))
            default: return nil
            }
        }
        return parts
    }

    private static func letters(_ text: String) -> [Part]? {
        var parts: [Part] = []
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.first {
            if byte == UInt8(ascii: "'") {
                bytes.removeFirst()
                guard let end = bytes.firstIndex(of: UInt8(ascii: "'")) else { return nil }
                if end == bytes.startIndex { parts.append(literal: UInt8(ascii: "'")) }
                for quoted in bytes[..<end] { parts.append(literal: quoted) }
                bytes = bytes[(end + 1)...]
                continue
            }
            let run = bytes.prefix { $0 == byte }
            bytes = bytes.dropFirst(run.count)
            let isPadded = run.count > 1
            switch (Character(Unicode.Scalar(byte)), run.count) {
            case ("y", 4), ("u", 4): parts.append(.year)
            case ("M", 1...2), ("L", 1...2): parts.append(.number(.month, isPadded: isPadded))
            case ("M", 3...4), ("L", 3...4): parts.append(.monthName)
            case ("d", 1...2): parts.append(.number(.day, isPadded: isPadded))
            case ("D", 1), ("D", 3): parts.append(.number(.dayOfYear, isPadded: isPadded))
            case ("H", 1...2): parts.append(.number(.hour, isPadded: isPadded))
            case ("h", 1...2): parts.append(.number(.halfDayHour, isPadded: isPadded))
            case ("m", 1...2): parts.append(.number(.minute, isPadded: isPadded))
            case ("s", 1...2): parts.append(.number(.second, isPadded: isPadded))
            case ("S", 1...9): parts.append(.fraction)
            case ("E", 1...4): parts.append(.dayName)
            case ("a", 1): parts.append(.halfDay)
            case ("X", 1...3), ("x", 1...3), ("Z", 1...5): parts.append(.offset)
            default:
                // Letters and these marks are reserved; all other characters stand for themselves.
                guard !(0x41...0x5A).contains(byte), !(0x61...0x7A).contains(byte),
                    !"[]{}#".utf8.contains(byte)
                else { return nil }
                for _ in run { parts.append(literal: byte) }
            }
        }
        return parts
    }
}

extension [TimePattern.Part] {
    fileprivate mutating func append(literal byte: UInt8) {
        if case .literal(let bytes)? = last {
            self[count - 1] = .literal(bytes + [byte])
        } else {
            append(.literal([byte]))
        }
    }
}
