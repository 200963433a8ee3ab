// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The few forms of DER (ITU-T X.690) that a certificate is written in.
enum DER {
    /// True.
    static let yes: [UInt8] = [0x01, 0x01, 0xFF]

    /// A tag, the length and the content.
    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8]
        switch count {
        case ..<0x80: length = [UInt8(count)]
        case ..<0x100: length = [0x81, UInt8(count)]
        default: length = [0x82, UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
        }
        precondition(count < 0x1_0000, "a certificate's part has \(count) bytes")
        return [tag] + length + content
    }

    /// Elements one after the other.
    static func sequence(_ parts: [UInt8]...) -> [UInt8] { element(0x30, parts.flatMap { $0 }) }

    /// A set of one element.
    static func set(_ part: [UInt8]) -> [UInt8] { element(0x31, part) }

    /// An element with a number that its context gives a meaning.
    static func tagged(_ number: UInt8, _ part: [UInt8]) -> [UInt8] { element(0xA0 | number, part) }

    /// A number in two's complement, most significant byte first, in the fewest bytes.
    static func integer(_ bytes: [UInt8]) -> [UInt8] { element(0x02, bytes) }

    /// An object identifier.
    static func identifier(_ first: Int, _ second: Int, _ rest: Int...) -> [UInt8] {
        var content = [UInt8(first * 40 + second)]
        for number in rest {
            var digits = [UInt8(number & 0x7F)]
            var left = number >> 7
            while left > 0 {
                digits.append(UInt8(left & 0x7F) | 0x80)
                left >>= 7
            }
            content += digits.reversed()
        }
        return element(0x06, content)
    }

    /// Returns a UTF-8 string.
    static func text(_ text: String) -> [UInt8] { element(0x0C, Array(text.utf8)) }

    /// Returns an octet string.
    static func octets(_ bytes: [UInt8]) -> [UInt8] { element(0x04, bytes) }

    /// Returns a bit string of whole bytes.
    static func bits(_ bytes: [UInt8]) -> [UInt8] { element(0x03, [0] + bytes) }

    /// An instant in whole seconds: with two digits for the year before 2050, with four from then on (RFC 5280, 4.1.2.5).
    static func time(_ instant: Timestamp) -> [UInt8] {
        let seconds = instant.microseconds.flooredDivision(by: 1_000_000).quotient
        let whole = Timestamp(microseconds: seconds * 1_000_000).description
        let digits = Array(whole.utf8.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        let zone = [UInt8(ascii: "Z")]
        return digits.lexicographicallyPrecedes("2050".utf8)
            ? element(0x17, digits.dropFirst(2) + zone) : element(0x18, digits + zone)
    }

    /// A name that a certificate is good for: an address, or a name of the network.
    static func alternativeName(_ name: String) -> [UInt8] {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        if parts.count == 4, !parts.contains(nil) { return element(0x87, parts.compactMap(\.self)) }
        if name == "::1" { return element(0x87, [UInt8](repeating: 0, count: 15) + [1]) }
        // Other addresses of version 6 are left out: they have many spellings.
        return name.contains(":") ? [] : element(0x82, Array(name.utf8))
    }
}
