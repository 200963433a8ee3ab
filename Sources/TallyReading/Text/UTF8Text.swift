// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Checks that bytes are UTF-8.
enum UTF8Text {
    /// Whether all bytes are well-formed UTF-8; ASCII is recognized quickly.
    static func isValid(_ text: Span<UInt8>) -> Bool {
        var high: UInt8 = 0
        for index in text.indices { high |= text[index] }
        guard high >= 0x80 else { return true }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        for index in text.indices { bytes.append(text[index]) }
        return String(validating: bytes, as: UTF8.self) != nil
    }
}
