// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Walks over the bytes of one JSON text (RFC 8259) without building a tree, value by value as the caller expects them.
///
/// The bytes are checked to be UTF-8 once, at the start; grammar is checked as the text is walked over. A position can be
/// kept and gone back to, so that a column is read after the types it needs are known.
struct JSONScanner {
    let bytes: [UInt8]
    /// The next byte to look at.
    var offset = 0

    /// Deeper nesting is refused.
    static let deepestNesting = 128

    /// Takes a text; a problem when it is not UTF-8.
    init(_ bytes: [UInt8]) throws(BodyProblem) {
        self.bytes = bytes
        guard Self.isText(bytes) else { throw BodyProblem("the body is not UTF-8", .syntax) }
    }

    private static func isText(_ bytes: [UInt8]) -> Bool {
        do {
            _ = try UTF8Span(validating: bytes.span)
            return true
        } catch {
            return false
        }
    }

    func problem(_ message: String) -> BodyProblem {
        BodyProblem(message + " at byte \(offset)", .syntax)
    }

    /// The next byte that is no white space, which is not taken; a problem at the end.
    mutating func peek() throws(BodyProblem) -> UInt8 {
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            offset += 1
        }
        throw problem("the text ends too early")
    }

    /// Takes the byte if it comes next after white space.
    mutating func take(_ byte: UInt8) throws(BodyProblem) -> Bool {
        guard try peek() == byte else { return false }
        offset += 1
        return true
    }

    /// Requires the end of the text after white space.
    mutating func finish() throws(BodyProblem) {
        while offset < bytes.count {
            guard [0x20, 0x0A, 0x0D, 0x09].contains(bytes[offset]) else { throw problem("text after the end") }
            offset += 1
        }
    }

    /// Goes into an object; false, and nothing taken, when something else comes.
    mutating func enterObject() throws(BodyProblem) -> Bool { try take(UInt8(ascii: "{")) }

    /// Goes into an array; false, and nothing taken, when something else comes.
    mutating func enterArray() throws(BodyProblem) -> Bool { try take(UInt8(ascii: "[")) }

    /// The name of the next member of the object, whose value comes next; nil at the object's end.
    mutating func nextMember(_ isFirst: inout Bool) throws(BodyProblem) -> String? {
        if try take(UInt8(ascii: "}")) {
            return nil
        }
        if !isFirst, try !take(UInt8(ascii: ",")) { throw problem("expected ',' or '}'") }
        isFirst = false
        guard try peek() == UInt8(ascii: "\"") else { throw problem("expected a name in quotes") }
        let name = try readString()
        guard try take(UInt8(ascii: ":")) else { throw problem("expected ':'") }
        return name
    }

    /// Whether another element of the array comes next; false at the array's end.
    mutating func nextElement(_ isFirst: inout Bool) throws(BodyProblem) -> Bool {
        if try take(UInt8(ascii: "]")) {
            return false
        }
        if !isFirst, try !take(UInt8(ascii: ",")) { throw problem("expected ',' or ']'") }
        isFirst = false
        return true
    }

    /// Takes `null` if it comes next.
    mutating func takeNull() throws(BodyProblem) -> Bool {
        guard try peek() == UInt8(ascii: "n") else { return false }
        try takeWord("null")
        return true
    }

    /// Takes `true` or `false`; nil, and nothing taken, when something else comes.
    mutating func readBool() throws(BodyProblem) -> Bool? {
        switch try peek() {
        case UInt8(ascii: "t"):
            try takeWord("true")
            return true
        case UInt8(ascii: "f"):
            try takeWord("false")
            return false
        default: return nil
        }
    }

    private mutating func takeWord(_ word: StaticString) throws(BodyProblem) {
        let length = word.utf8CodeUnitCount
        guard offset + length <= bytes.count, "\(word)".utf8.elementsEqual(bytes[offset..<offset + length]) else {
            throw problem("no JSON value")
        }
        offset += length
    }

    /// Walks over one value of any kind and returns where it is.
    @discardableResult
    mutating func skipValue(depth: Int = 0) throws(BodyProblem) -> Range<Int> {
        let first = try peek()
        let start = offset
        switch first {
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < Self.deepestNesting else { throw problem("nesting deeper than \(Self.deepestNesting)") }
            offset += 1
            var isFirst = true
            if first == UInt8(ascii: "{") {
                while try skipMember(&isFirst) { try skipValue(depth: depth + 1) }
            } else {
                while try nextElement(&isFirst) { try skipValue(depth: depth + 1) }
            }
        case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try readBool()
        case UInt8(ascii: "n"): _ = try takeNull()
        default: _ = try readNumber()
        }
        return start..<offset
    }

    private mutating func skipMember(_ isFirst: inout Bool) throws(BodyProblem) -> Bool {
        if try take(UInt8(ascii: "}")) {
            return false
        }
        if !isFirst, try !take(UInt8(ascii: ",")) { throw problem("expected ',' or '}'") }
        isFirst = false
        guard try peek() == UInt8(ascii: "\"") else { throw problem("expected a name in quotes") }
        try skipString()
        guard try take(UInt8(ascii: ":")) else { throw problem("expected ':'") }
        return true
    }
}
