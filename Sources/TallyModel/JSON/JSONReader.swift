// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The fault in a JSON text, with its byte offset.
public struct JSONProblem: Error, Sendable, Hashable {
    /// The message, in lower case.
    public let message: String
    /// The offset in UTF-8 bytes.
    public let offset: Int
}

extension JSON {
    /// Reads one JSON text (RFC 8259); names may not repeat in an object, and nesting deeper than 512 is refused.
    public init(parsing text: String) throws(JSONProblem) {
        var reader = JSONReader(bytes: Array(text.utf8))
        self = try reader.readDocument()
    }
}

struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private static let depthLimit = 512

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func readDocument() throws(JSONProblem) -> JSON {
        let value = try readValue(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw problem("text after the end of the value") }
        return value
    }

    private func problem(_ message: String) -> JSONProblem { JSONProblem(message: message, offset: position) }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == scalar.value else { return false }
        position += 1
        return true
    }

    private mutating func readValue(depth: Int) throws(JSONProblem) -> JSON {
        guard depth < Self.depthLimit else { throw problem("nesting deeper than \(Self.depthLimit)") }
        skipSpace()
        guard position < bytes.count else { throw problem("the text ends where a value should be") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try readObject(depth: depth)
        case UInt8(ascii: "["): return try readArray(depth: depth)
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"): return try readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        default: return try readNumber()
        }
    }

    private mutating func readWord(_ word: String, _ value: JSON) throws(JSONProblem) -> JSON {
        guard bytes[position...].starts(with: word.utf8) else { throw problem("no JSON value") }
        position += word.utf8.count
        return value
    }

    private mutating func readObject(depth: Int) throws(JSONProblem) -> JSON {
        position += 1
        var members: [JSON.Member] = []
        var names = NameSet()
        skipSpace()
        if take("}") { return .members([]) }
        repeat {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw problem("expected a name in quotes")
            }
            let name = try readString()
            guard names.insert(name) else { throw problem("the name '\(name)' appears twice") }
            skipSpace()
            guard take(":") else { throw problem("expected ':'") }
            members.append(JSON.Member(name, try readValue(depth: depth + 1)))
            skipSpace()
        } while take(",")
        guard take("}") else { throw problem("expected ',' or '}'") }
        return .members(members)
    }

    private mutating func readArray(depth: Int) throws(JSONProblem) -> JSON {
        position += 1
        var elements: [JSON] = []
        skipSpace()
        if take("]") { return .array([]) }
        repeat {
            elements.append(try readValue(depth: depth + 1))
            skipSpace()
        } while take(",")
        guard take("]") else { throw problem("expected ',' or ']'") }
        return .array(elements)
    }

    private mutating func readNumber() throws(JSONProblem) -> JSON {
        let start = position
        _ = take("-")
        let first = position
        skipDigits()
        guard position > first, bytes[first] != UInt8(ascii: "0") || position == first + 1 else {
            throw problem("no JSON value")
        }
        var isInteger = true
        if take(".") {
            isInteger = false
            guard skipDigits() else { throw problem("expected digits after the point") }
        }
        if take("e") || take("E") {
            isInteger = false
            _ = take("+") || take("-")
            guard skipDigits() else { throw problem("expected digits in the exponent") }
        }
        // Most numbers are small integers, which need no text: keys come by the hundred.
        if isInteger, position - first <= 18 {
            let magnitude = bytes[first..<position].reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
            return .int(first > start ? -magnitude : magnitude)
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let number = Int64(text) { return .int(number) }
        guard let number = Double(text), number.isFinite else { throw problem("number out of range") }
        return .double(number)
    }

    @discardableResult
    private mutating func skipDigits() -> Bool {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        return position > start
    }

    private mutating func readString() throws(JSONProblem) -> String {
        position += 1
        // What needs no escape is taken whole.
        let start = position
        while position < bytes.count, Self.isPlain(bytes[position]) { position += 1 }
        var collected: [UInt8] = []
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            position += 1
            guard let text = String(validating: bytes[start..<position - 1], as: UTF8.self) else {
                throw problem("invalid UTF-8")
            }
            return text
        }
        collected += bytes[start..<position]
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let text = String(validating: collected, as: UTF8.self) else { throw problem("invalid UTF-8") }
                return text
            case UInt8(ascii: "\\"):
                position += 1
                collected += Array(String(try readEscape()).utf8)
            case 0..<0x20:
                throw problem("a control character inside a string")
            default:
                collected.append(byte)
                position += 1
            }
        }
        throw problem("the text ends inside a string")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func readEscape() throws(JSONProblem) -> Unicode.Scalar {
        guard position < bytes.count else { throw problem("the text ends inside a string") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try readUnicodeEscape()
        default: throw problem("unknown escape")
        }
    }

    private mutating func readUnicodeEscape() throws(JSONProblem) -> Unicode.Scalar {
        let high = try readHex()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard (0xD800..<0xDC00).contains(high), take("\\"), take("u") else { throw problem("a lone surrogate") }
        let low = try readHex()
        guard (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw problem("a lone surrogate") }
        return scalar
    }

    private mutating func readHex() throws(JSONProblem) -> UInt32 {
        var value: UInt32 = 0
        for place in position..<position + 4 {
            guard place < bytes.count, let digit = Character(Unicode.Scalar(bytes[place])).hexDigitValue else {
                throw problem("expected four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }
}

/// The names of an object so far, by bytes: names that differ only in Unicode normalisation are different names.
private struct NameSet {
    private var few: [String] = []
    private var many = Set<[UInt8]>()
    private static let fewest = 8

    /// Adds a name; false for one that is there.
    mutating func insert(_ name: String) -> Bool {
        guard few.count < Self.fewest else {
            if many.isEmpty { many = Set(few.map { Array($0.utf8) }) }
            return many.insert(Array(name.utf8)).inserted
        }
        guard !few.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else { return false }
        few.append(name)
        return true
    }
}
