// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension JSONScanner {
    /// Takes a string, whose opening quote comes next; lone surrogates and control characters are a problem.
    mutating func readString() throws(BodyProblem) -> String {
        let start = offset + 1
        var end = start
        while end < bytes.count {
            let byte = bytes[end]
            if byte == UInt8(ascii: "\"") {
                offset = end + 1
                return String(decoding: bytes[start..<end], as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            end += 1
        }
        return try readEscapedString(from: start)
    }

    private mutating func readEscapedString(from start: Int) throws(BodyProblem) -> String {
        var collected: [UInt8] = []
        offset = start
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: collected, as: UTF8.self)
            case UInt8(ascii: "\\"): collected += Array(String(try readEscape()).utf8)
            case 0..<0x20: throw problem("a control character inside a string")
            default: collected.append(byte)
            }
        }
        throw problem("the text ends inside a string")
    }

    /// Walks over a string, whose opening quote comes next.
    mutating func skipString() throws(BodyProblem) {
        offset += 1
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\"") { return }
            if byte == UInt8(ascii: "\\") {
                _ = try readEscape()
            } else if byte < 0x20 {
                throw problem("a control character inside a string")
            }
        }
        throw problem("the text ends inside a string")
    }

    private mutating func readEscape() throws(BodyProblem) -> Unicode.Scalar {
        guard offset < bytes.count else { throw problem("the text ends inside a string") }
        let byte = bytes[offset]
        offset += 1
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
        default: throw problem("an unknown escape")
        }
    }

    private mutating func readUnicodeEscape() throws(BodyProblem) -> Unicode.Scalar {
        let high = try readHex()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard (0xD800..<0xDC00).contains(high), offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
            bytes[offset + 1] == UInt8(ascii: "u")
        else { throw problem("a lone surrogate") }
        offset += 2
        let low = try readHex()
        guard (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw problem("a lone surrogate") }
        return scalar
    }

    private mutating func readHex() throws(BodyProblem) -> UInt32 {
        guard offset + 4 <= bytes.count else { throw problem("the text ends inside a string") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = bytes[offset]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw problem("expected four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }
}
