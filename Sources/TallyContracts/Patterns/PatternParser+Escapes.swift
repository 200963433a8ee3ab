// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension PatternParser {
    /// Reads the meaning of an escape whose backslash is read; outside a class it is neither `\b` nor `\B`.
    mutating func escape(from start: Int, isInClass: Bool) throws(PatternProblem) -> ClassAtom {
        guard let scalar = peek() else {
            throw PatternProblem(
                "the pattern ends in '\\'", at: start..<position, help: "write '\\\\' for the character")
        }
        position += 1
        switch scalar {
        case "d": return .set(.digits)
        case "D": return .set(.notDigits)
        case "w": return .set(.word)
        case "W": return .set(.notWord)
        case "s": return .set(.space)
        case "S": return .set(.notSpace)
        case "t": return .scalar(0x09)
        case "n": return .scalar(0x0A)
        case "v": return .scalar(0x0B)
        case "f": return .scalar(0x0C)
        case "r": return .scalar(0x0D)
        case "b" where isInClass: return .scalar(0x08)
        case "c": return .scalar(try controlLetter(from: start))
        case "0": return .scalar(try zero(from: start))
        case "x": return .scalar(try hexadecimal(digits: 2, from: start))
        case "u": return .scalar(try unicode(from: start))
        case _ where Self.isPunctuation(scalar): return .scalar(scalar.value)
        default: throw refusal(of: scalar, from: start, isInClass: isInClass)
        }
    }

    private mutating func refusal(of scalar: Unicode.Scalar, from start: Int, isInClass: Bool) -> PatternProblem {
        if scalar == "p" || scalar == "P" {
            return PatternProblem(
                "'\\\(scalar)', a property of Unicode, is not supported", at: start..<position,
                help: "write the characters as a class, such as '[A-Za-z\\u00C0-\\u024F]'")
        }
        if !isInClass, scalar == "k" || ("1"..."9").contains(scalar) {
            return PatternProblem(
                "'\(written(from: start))', a reference back to a group, is not supported", at: start..<position,
                help: "write the content of the group again, or test the repetition with an expression")
        }
        let help =
            switch scalar {
            case "A": "write '^' for the start of the text"
            case "Z", "z": "write '$' for the end of the text"
            case "e": "write '\\x1B'"
            case "a": "write '\\x07'"
            case "h": "write '[\\t ]'"
            case "B": "outside of brackets it means 'no word boundary'; inside it has no meaning"
            default: "leave out the '\\'; only punctuation is escaped by it"
            }
        return PatternProblem(
            "the escape '\(written(from: start))' is not known", at: start..<position, help: help)
    }

    private mutating func controlLetter(from start: Int) throws(PatternProblem) -> UInt32 {
        guard let letter = peek(), ("A"..."Z").contains(letter) || ("a"..."z").contains(letter) else {
            throw PatternProblem(
                "'\\c' is not followed by a letter", at: start..<position, help: "write '\\cJ', or '\\x0A'")
        }
        position += 1
        return letter.value % 32
    }

    private mutating func zero(from start: Int) throws(PatternProblem) -> UInt32 {
        if let digit = peek(), ("0"..."9").contains(digit) {
            position += 1
            throw PatternProblem(
                "'\(written(from: start))' is an octal escape, which is not known", at: start..<position,
                help: "write '\\x' and two hexadecimal digits")
        }
        return 0
    }

    private mutating func hexadecimal(digits: Int, from start: Int) throws(PatternProblem) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = peek().flatMap(Self.value(ofHex:)) else {
                throw PatternProblem(
                    "'\(written(from: start))' is not followed by \(digits) hexadecimal digits", at: start..<position,
                    help: digits == 2 ? "write '\\x2F'" : "write '\\u002F' or '\\u{2F}'")
            }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    /// `\uHHHH`, two of them for a pair of surrogates, or `\u{H…}`.
    private mutating func unicode(from start: Int) throws(PatternProblem) -> UInt32 {
        if take("{") { return try unicodeInBraces(from: start) }
        let first = try hexadecimal(digits: 4, from: start)
        guard (0xD800...0xDBFF).contains(first), peek() == "\\", peek(1) == "u", peek(2) != "{" else { return first }
        let between = position
        position += 2
        let second = try hexadecimal(digits: 4, from: between)
        guard (0xDC00...0xDFFF).contains(second) else {
            position = between
            return first
        }
        return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
    }

    private mutating func unicodeInBraces(from start: Int) throws(PatternProblem) -> UInt32 {
        let first = position
        var value: UInt32 = 0
        while let digit = peek().flatMap(Self.value(ofHex:)) {
            value = min(value << 4 | digit, 0x110000)
            position += 1
        }
        guard position > first, take("}") else {
            throw PatternProblem(
                "'\(written(from: start))' is not closed by hexadecimal digits and '}'", at: start..<position,
                help: "write '\\u{2F}'")
        }
        if value > 0x10FFFF {
            throw PatternProblem(
                "'\(written(from: start))' is beyond the last character, U+10FFFF", at: start..<position)
        }
        return value
    }

    static func value(ofHex scalar: Unicode.Scalar) -> UInt32? {
        switch scalar {
        case "0"..."9": scalar.value - 0x30
        case "a"..."f": scalar.value - 0x61 + 10
        case "A"..."F": scalar.value - 0x41 + 10
        default: nil
        }
    }

    /// ASCII punctuation and the space: more than ECMA-262 escapes with the `u` flag, but never in doubt.
    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " "..."/", ":"..."@", "["..."`", "{"..."~": true
        default: false
        }
    }
}
