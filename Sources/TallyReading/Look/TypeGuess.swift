// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The narrowest type that every value of an undeclared column has.
///
/// What looks like a number and would lose something as one is text: leading zeros, a plus, more digits than fit.
struct TypeGuess {
    private struct Candidates: OptionSet {
        let rawValue: UInt8
        static let bool = Candidates(rawValue: 1)
        static let integer = Candidates(rawValue: 2)
        static let float = Candidates(rawValue: 4)
        static let date = Candidates(rawValue: 8)
        static let timestamp = Candidates(rawValue: 16)
        static let list = Candidates(rawValue: 32)
        static let fields: Candidates = [.bool, .integer, .float, .date, .timestamp]
        static let texts: Candidates = [.date, .timestamp]
        static let numbers: Candidates = [.integer, .float]
    }

    private var candidates: Candidates = [.fields, .list]
    private var hasValue = false
    /// Whether every value so far is an object of JSON.
    private var isObject = true
    private var elements: [TypeGuess] = []
    private let mark: UInt8
    private let times: Times

    /// The form of the column's times and dates, if it has any.
    private enum Times {
        case iso
        case pattern(TimePattern)
        /// A pattern that is not understood, by which nothing is read.
        case unknown
    }

    init(_ options: TextOptions, of column: String) {
        mark = options.decimal == .comma ? UInt8(ascii: ",") : UInt8(ascii: ".")
        times = options.format(of: column).map { TimePattern($0).map { .pattern($0) } ?? .unknown } ?? .iso
    }

    /// Whether the column holds objects of JSON and nothing else, which are read as their text.
    var isObjects: Bool { hasValue && isObject }

    /// The type; nil for a column without values.
    var type: DataType? {
        guard hasValue else { return nil }
        if candidates.contains(.bool) { return .bool }
        if candidates.contains(.integer) { return .int64 }
        if candidates.contains(.float) { return .float64 }
        if candidates.contains(.date) { return .date }
        if candidates.contains(.timestamp) { return .timestamp }
        if candidates.contains(.list), let element = elements.first { return .array(element.type ?? .string) }
        return .string
    }

    /// Looks at a field of CSV.
    mutating func see(field text: Span<UInt8>) {
        (hasValue, isObject) = (true, false)
        narrow(to: .fields, text)
    }

    /// Looks at a value of JSON.
    mutating func see(_ kind: JSONScanner.Kind, _ token: Range<Int>, _ text: Span<UInt8>) {
        switch kind {
        case .null: return
        case .text: narrow(to: .texts, text.extracting(token))
        case .number: narrow(to: .numbers, text.extracting(token))
        case .word: candidates.formIntersection(.bool)
        case .object: candidates = []
        case .array: see(list: text.extracting(token))
        }
        hasValue = true
        if kind != .object { isObject = false }
    }

    private mutating func see(list text: Span<UInt8>) {
        candidates.formIntersection(.list)
        guard !candidates.isEmpty else { return }
        if elements.isEmpty {
            var element = self
            element.candidates = [.fields, .list]
            element.hasValue = false
            element.isObject = true
            elements = [element]
        }
        var scanner = JSONScanner(text.count)
        guard scanner.open(UInt8(ascii: "["), text), !scanner.close(UInt8(ascii: "]"), text) else { return }
        repeat {
            guard let kind = scanner.value(text) else { return }
            elements[0].see(kind, scanner.token, text)
        } while scanner.comma(text)
    }

    private mutating func narrow(to kinds: Candidates, _ text: Span<UInt8>) {
        candidates.formIntersection(kinds)
        guard !candidates.isEmpty else { return }
        if candidates.contains(.integer) {
            if Self.isPlain(text), NumberText.integer(text) != nil {
                // Digits alone are a float as well, and nothing else.
                candidates.formIntersection(.numbers)
                return
            }
            candidates.remove(.integer)
        }
        if candidates.contains(.bool), !Self.isWord(text) { candidates.remove(.bool) }
        if candidates.contains(.float), !isFloat(text) { candidates.remove(.float) }
        if candidates.contains(.date), !isDate(text) { candidates.remove(.date) }
        if candidates.contains(.timestamp), !isTime(text) { candidates.remove(.timestamp) }
    }

    private func isDate(_ text: Span<UInt8>) -> Bool {
        switch times {
        case .iso: TimeText.date(text) != nil
        case .pattern(let pattern): pattern.isDay && pattern.read(text) != nil
        case .unknown: false
        }
    }

    private func isTime(_ text: Span<UInt8>) -> Bool {
        switch times {
        case .iso: TimeText.iso(text) != nil
        case .pattern(let pattern): pattern.read(text) != nil
        case .unknown: false
        }
    }

    private func isFloat(_ text: Span<UInt8>) -> Bool {
        guard Self.isPlain(text), NumberText.double(text, mark: mark) != nil else { return false }
        // A whole number that int64 does not hold would lose digits.
        for index in text.indices where !(0x30...0x39).contains(text[index]) && text[index] != UInt8(ascii: "-") {
            return true
        }
        return NumberText.integer(text) != nil
    }

    /// Whether a number is written without a plus and without leading zeros.
    private static func isPlain(_ text: Span<UInt8>) -> Bool {
        guard !text.isEmpty, text[0] != UInt8(ascii: "+") else { return false }
        let first = text[0] == UInt8(ascii: "-") ? 1 : 0
        guard first + 1 < text.count, text[first] == UInt8(ascii: "0") else { return true }
        return !(0x30...0x39).contains(text[first + 1])
    }

    private static func isWord(_ text: Span<UInt8>) -> Bool {
        guard (4...5).contains(text.count) else { return false }
        var word: UInt64 = 0
        for index in text.indices { word = word << 8 | UInt64(text[index] | 0x20) }
        return word == 0x7472_7565 || word == 0x66_616C_7365
    }
}
