// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Finds the values of a JSON text (RFC 8259) without turning them into anything: where each begins and ends.
///
/// `NaN`, `Infinity` and `-Infinity` count as numbers, since many programs write them.
struct JSONScanner {
    /// The kind of a value.
    enum Kind: Equatable {
        case null
        case text(isEscaped: Bool)
        case number
        /// `true` or `false`.
        case word
        case array
        case object
    }

    private(set) var index = 0
    private let count: Int
    /// The bytes of the last value: a text without its quotes, everything else unchanged.
    private(set) var token = 0..<0
    private static let deepest = 512

    init(_ count: Int, from index: Int = 0) {
        self.count = count
        self.index = index
    }

    /// Whether nothing but blanks is left.
    mutating func isAtEnd(_ text: Span<UInt8>) -> Bool {
        blanks(text)
        return index >= count
    }

    mutating func open(_ byte: UInt8, _ text: Span<UInt8>) -> Bool { mark(byte, text) }

    mutating func close(_ byte: UInt8, _ text: Span<UInt8>) -> Bool { mark(byte, text) }

    mutating func comma(_ text: Span<UInt8>) -> Bool { mark(UInt8(ascii: ","), text) }

    /// A member's name and the colon behind it; nil for anything else.
    mutating func name(_ text: Span<UInt8>) -> (token: Range<Int>, isEscaped: Bool)? {
        blanks(text)
        guard index < count, text[index] == UInt8(ascii: "\""), let isEscaped = string(text) else { return nil }
        let found = token
        guard mark(UInt8(ascii: ":"), text) else { return nil }
        return (found, isEscaped)
    }

    /// The next value; nil for what is none.
    mutating func value(_ text: Span<UInt8>) -> Kind? { value(text, depth: 0) }

    private mutating func value(_ text: Span<UInt8>, depth: Int) -> Kind? {
        blanks(text)
        guard index < count, depth < Self.deepest else { return nil }
        let start = index
        switch text[index] {
        case UInt8(ascii: "\""): return string(text).map { .text(isEscaped: $0) }
        case UInt8(ascii: "{"):
            guard members(text, depth: depth) else { return nil }
            token = start..<index
            return .object
        case UInt8(ascii: "["):
            guard elements(text, depth: depth) else { return nil }
            token = start..<index
            return .array
        case UInt8(ascii: "t"): return word("true", text) ? .word : nil
        case UInt8(ascii: "f"): return word("false", text) ? .word : nil
        case UInt8(ascii: "n"): return word("null", text) ? .null : nil
        case UInt8(ascii: "N"): return word("NaN", text) ? .number : nil
        case UInt8(ascii: "I"): return word("Infinity", text) ? .number : nil
        default: return number(text) ? .number : nil
        }
    }

    private mutating func members(_ text: Span<UInt8>, depth: Int) -> Bool {
        index += 1
        if mark(UInt8(ascii: "}"), text) { return true }
        while true {
            guard name(text) != nil, value(text, depth: depth + 1) != nil else { return false }
            if mark(UInt8(ascii: "}"), text) { return true }
            guard mark(UInt8(ascii: ","), text) else { return false }
        }
    }

    private mutating func elements(_ text: Span<UInt8>, depth: Int) -> Bool {
        index += 1
        if mark(UInt8(ascii: "]"), text) { return true }
        while true {
            guard value(text, depth: depth + 1) != nil else { return false }
            if mark(UInt8(ascii: "]"), text) { return true }
            guard mark(UInt8(ascii: ","), text) else { return false }
        }
    }

    private mutating func blanks(_ text: Span<UInt8>) {
        while index < count {
            switch text[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private mutating func mark(_ byte: UInt8, _ text: Span<UInt8>) -> Bool {
        blanks(text)
        guard index < count, text[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func word(_ word: StaticString, _ text: Span<UInt8>) -> Bool {
        let letters = word.description.utf8
        guard count - index >= letters.count else { return false }
        for (place, letter) in letters.enumerated() where text[index + place] != letter { return false }
        token = index..<index + letters.count
        index += letters.count
        return true
    }

    /// A string; whether it holds escapes, nil where it does not end or holds a control character.
    private mutating func string(_ text: Span<UInt8>) -> Bool? {
        var place = index + 1
        var isEscaped = false
        while place < count {
            let byte = text[place]
            if byte == UInt8(ascii: "\"") {
                token = index + 1..<place
                index = place + 1
                return isEscaped
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                place += 1
            } else if byte < 0x20 {
                return nil
            }
            place += 1
        }
        return nil
    }

    private mutating func number(_ text: Span<UInt8>) -> Bool {
        let start = index
        if text[index] == UInt8(ascii: "-") { index += 1 }
        if index < count, text[index] == UInt8(ascii: "I") {
            guard word("Infinity", text) else { return false }
            token = start..<index
            return true
        }
        let whole = digits(text)
        guard whole > 0, whole == 1 || text[index - whole] != UInt8(ascii: "0") else { return false }
        if index < count, text[index] == UInt8(ascii: ".") {
            index += 1
            guard digits(text) > 0 else { return false }
        }
        if index < count, text[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < count, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") { index += 1 }
            guard digits(text) > 0 else { return false }
        }
        token = start..<index
        return true
    }

    private mutating func digits(_ text: Span<UInt8>) -> Int {
        let start = index
        while index < count, text[index] &- UInt8(ascii: "0") < 10 { index += 1 }
        return index - start
    }

    /// The characters of a string with escapes; nil for an escape that is none, and for half a surrogate pair.
    static func unescaped(_ text: Span<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "\\") else {
                bytes.append(text[index])
                index += 1
                continue
            }
            guard index + 1 < text.count else { return nil }
            index += 2
            switch text[index - 1] {
            case UInt8(ascii: "\""): bytes.append(0x22)
            case UInt8(ascii: "\\"): bytes.append(0x5C)
            case UInt8(ascii: "/"): bytes.append(0x2F)
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "u"):
                guard let scalar = scalar(text, &index) else { return nil }
                bytes.append(contentsOf: Array(String(Character(scalar)).utf8))
            default: return nil
            }
        }
        return bytes
    }

    /// The character of `\u` escapes whose digits begin at `index`, two escapes where one is half a pair.
    private static func scalar(_ text: Span<UInt8>, _ index: inout Int) -> Unicode.Scalar? {
        guard let first = unit(text, &index) else { return nil }
        guard (0xD800...0xDBFF).contains(first) else { return Unicode.Scalar(first) }
        guard index + 1 < text.count, text[index] == UInt8(ascii: "\\"), text[index + 1] == UInt8(ascii: "u") else {
            return nil
        }
        index += 2
        guard let second = unit(text, &index), (0xDC00...0xDFFF).contains(second) else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private static func unit(_ text: Span<UInt8>, _ index: inout Int) -> UInt32? {
        guard index + 4 <= text.count else { return nil }
        var value: UInt32 = 0
        for place in index..<index + 4 {
            let digit: UInt8
            switch text[place] {
            case 0x30...0x39: digit = text[place] - 0x30
            case 0x41...0x46: digit = text[place] - 0x37
            case 0x61...0x66: digit = text[place] - 0x57
            default: return nil
            }
            value = value << 4 | UInt32(digit)
        }
        index += 4
        return value
    }
}
