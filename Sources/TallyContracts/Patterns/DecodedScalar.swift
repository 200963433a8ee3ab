// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// One scalar of a text in UTF-8.
struct DecodedScalar {
    let value: UInt32
    /// The number of its bytes.
    let length: Int

    /// The scalar that starts at a byte; U+FFFD for a single byte that starts none.
    init(_ bytes: Span<UInt8>, at position: Int) {
        let first = bytes[position]
        if first < 0x80 {
            (value, length) = (UInt32(first), 1)
        } else {
            (value, length) = Self.long(first, bytes, position) ?? (0xFFFD, 1)
        }
    }

    private static func long(_ first: UInt8, _ bytes: Span<UInt8>, _ position: Int) -> (UInt32, Int)? {
        let length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
        guard length > 0, position + length <= bytes.count else { return nil }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            let byte = bytes[position + offset]
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        // Longer than need be, a surrogate, or beyond the last scalar.
        if length == 3, value < 0x800 || (0xD800...0xDFFF).contains(value) { return nil }
        if length == 4, value < 0x10000 || value > 0x10FFFF { return nil }
        return (value, length)
    }
}
