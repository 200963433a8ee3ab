// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Names as segments of a path (RFC 3986, section 2.1).
enum PercentEncoding {
    /// The name with everything but letters, digits, `-`, `.`, `_` and `~` encoded.
    static func encode(_ name: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Returns the name that a segment encodes; nil when it is not an encoding of text.
    static func decode(_ segment: String) -> String? {
        guard segment.utf8.contains(UInt8(ascii: "%")) else { return segment }
        let encoded = Array(segment.utf8)
        var bytes: [UInt8] = []
        var index = 0
        while index < encoded.count {
            guard encoded[index] == UInt8(ascii: "%") else {
                bytes.append(encoded[index])
                index += 1
                continue
            }
            guard index + 2 < encoded.count, let high = Character(UnicodeScalar(encoded[index + 1])).hexDigitValue,
                let low = Character(UnicodeScalar(encoded[index + 2])).hexDigitValue
            else { return nil }
            bytes.append(UInt8(high << 4 | low))
            index += 3
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
