// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Functions of strings as UTF-8 bytes; a character is a code point (Unicode scalar).
enum TextKernels {
    static let lower = Kernel.unary { (text: Bytes, _) -> Bytes? in
        mapped(text, ascii: { (65...90).contains($0) ? $0 + 32 : $0 }, other: \.properties.lowercaseMapping)
    }

    static let upper = Kernel.unary { (text: Bytes, _) -> Bytes? in
        mapped(text, ascii: { (97...122).contains($0) ? $0 - 32 : $0 }, other: \.properties.uppercaseMapping)
    }

    private static func mapped(_ text: Bytes, ascii: (UInt8) -> UInt8, other: (Unicode.Scalar) -> String) -> Bytes {
        if text.allSatisfy({ $0 < 128 }) { return Bytes(text.map(ascii)) }
        var result = Bytes()
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            result.append(contentsOf: other(scalar).utf8)
        }
        return result
    }

    static let length = Kernel.unary { (text: Bytes, finding) -> Int32? in
        guard let count = Int32(exactly: text.count { !isContinuation($0) }) else {
            finding.insert(.overflow)
            return nil
        }
        return count
    }

    /// Removes spaces (U+0020) from both ends, nothing else.
    static let trim = Kernel.unary { (text: Bytes, _) -> Bytes? in
        guard let first = text.firstIndex(where: { $0 != 32 }), let last = text.lastIndex(where: { $0 != 32 }) else {
            return []
        }
        return text[first...last]
    }

    static let concatenate = Kernel.binary { (left: Bytes, right: Bytes, _) -> Bytes? in left + right }

    /// Joins what is not null.
    static let concat = Kernel.lenient { (values: [Bytes?], _) -> Bytes? in
        var result = Bytes()
        for case let value? in values { result.append(contentsOf: value) }
        return result
    }

    static let startsWith = Kernel.binary { (text: Bytes, prefix: Bytes, _) -> Bool? in text.starts(with: prefix) }

    static let contains = Kernel.binary { (text: Bytes, part: Bytes, _) -> Bool? in
        part.isEmpty || firstRange(of: part, in: text) != nil
    }

    /// Replaces every occurrence from left to right; an empty search changes nothing.
    static let replace = Kernel.ternary { (text: Bytes, search: Bytes, replacement: Bytes, _) -> Bytes? in
        guard !search.isEmpty else { return text }
        var rest = text
        var result = Bytes()
        while let range = firstRange(of: search, in: rest) {
            result.append(contentsOf: rest[rest.startIndex..<range.lowerBound])
            result.append(contentsOf: replacement)
            rest = rest[range.upperBound...]
        }
        result.append(contentsOf: rest)
        return result
    }

    static let substringToEnd = Kernel.binary { (text: Bytes, start: Int64, _) -> Bytes? in
        let count = text.count { !isContinuation($0) }
        return slice(text, from: offset(start, count), to: Int128(count), of: count)
    }

    static let substring = Kernel.ternary { (text: Bytes, start: Int64, length: Int64, finding) -> Bytes? in
        guard length >= 0 else {
            finding.insert(.undefinedResult)
            return nil
        }
        let count = text.count { !isContinuation($0) }
        let from = offset(start, count)
        return slice(text, from: from, to: from + Int128(length), of: count)
    }

    /// The place before the first character, from 0: positions count from 1, negative ones from the end.
    private static func offset(_ start: Int64, _ count: Int) -> Int128 {
        start < 0 ? Int128(count) + Int128(start) : Int128(start) - 1
    }

    private static func slice(_ text: Bytes, from: Int128, to: Int128, of count: Int) -> Bytes {
        let lower = Int(Swift.max(0, Swift.min(from, Int128(count))))
        let upper = Int(Swift.max(Int128(lower), Swift.min(to, Int128(count))))
        var starts = text.indices.lazy.filter { !isContinuation(text[$0]) }.makeIterator()
        var index = 0
        var first = text.endIndex
        while let start = starts.next() {
            if index == lower { first = start }
            if index == upper { return text[first..<start] }
            index += 1
        }
        return text[first...]
    }

    static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    private static func firstRange(of part: Bytes, in text: Bytes) -> Range<Int>? {
        guard let head = part.first, text.count >= part.count else { return nil }
        var position = text.startIndex
        let last = text.endIndex - part.count
        while position <= last {
            if text[position] == head, text[position..<position + part.count] == part {
                return position..<position + part.count
            }
            position += 1
        }
        return nil
    }
}
