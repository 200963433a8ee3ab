// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Base64 with padding (RFC 4648, section 4): how bytes are written in JSON.
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()

    /// Appends the digits of bytes.
    static func append(_ raw: [UInt8], to text: inout [UInt8]) {
        var index = 0
        while index < raw.count {
            let left = min(3, raw.count - index)
            var group = UInt32(raw[index]) << 16
            if left > 1 { group |= UInt32(raw[index + 1]) << 8 }
            if left > 2 { group |= UInt32(raw[index + 2]) }
            for place in 0..<4 {
                text.append(place <= left ? digits[Int(group >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
            }
            index += 3
        }
    }

    /// The bytes of digits; nil for anything that `append` would not write.
    static func decode(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 4 == 0 else { return nil }
        var raw: [UInt8] = []
        raw.reserveCapacity(digits.count / 4 * 3)
        let padding = digits.suffix(2).count { $0 == UInt8(ascii: "=") }
        for start in stride(from: 0, to: digits.count, by: 4) {
            let isLast = start + 4 == digits.count
            let used = isLast ? 4 - padding : 4
            guard used >= 2 else { return nil }
            var group: UInt32 = 0
            for place in 0..<4 {
                let value = place < used ? values[Int(digits[start + place])] : 0
                guard value < 64, place < used || digits[start + place] == UInt8(ascii: "=") else { return nil }
                group = group << 6 | UInt32(value)
            }
            guard used == 4 || group & (used == 3 ? 0xFF : 0xFFFF) == 0 else { return nil }
            for place in 0..<used - 1 { raw.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * place))) }
        }
        return raw
    }
}
