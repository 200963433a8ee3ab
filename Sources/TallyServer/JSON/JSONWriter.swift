// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Writes JSON text into one array of bytes; the caller puts commas and brackets where they belong.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    /// Starts with room for a text of about that size.
    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Appends bytes that are JSON already.
    mutating func raw(_ text: [UInt8]) { bytes.append(contentsOf: text) }

    /// Appends bytes that are JSON already.
    mutating func raw(_ text: ArraySlice<UInt8>) { bytes.append(contentsOf: text) }

    /// Appends text that is JSON already.
    mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func byte(_ byte: UInt8) { bytes.append(byte) }

    mutating func comma() { bytes.append(UInt8(ascii: ",")) }

    /// Appends a value that is kept as a tree.
    mutating func json(_ value: JSON) { raw(value.compactText) }

    /// Appends a value; nulls as `null`, floats that are not finite as the strings `NaN`, `Infinity` and `-Infinity`.
    mutating func value(_ value: Value) {
        switch value {
        case .null: raw(Self.null)
        case .bool(let flag): raw(flag ? Self.true : Self.false)
        case .int32(let number): integer(Int64(number))
        case .int64(let number): integer(number)
        case .float32(let number): float(number)
        case .float64(let number): float(number)
        case .string(let text): string(text)
        case .timestamp(let time): timestamp(time)
        case .date(let date): quoted(date.description)
        case .bytes(let raw):
            bytes.append(UInt8(ascii: "\""))
            Base64.append(raw, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in values.enumerated() {
                if index > 0 { comma() }
                self.value(element)
            }
            bytes.append(UInt8(ascii: "]"))
        }
    }

    /// Appends a whole number, exact whatever its size.
    mutating func integer(_ number: Int64) {
        var magnitude = number.magnitude
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        var length = 1
        var bound: UInt64 = 10
        while length < 19, magnitude >= bound {
            length += 1
            bound *= 10
        }
        let start = bytes.count
        for _ in 0..<length { bytes.append(0) }
        var place = start + length - 1
        while place >= start {
            bytes[place] = UInt8(ascii: "0") + UInt8(magnitude % 10)
            magnitude /= 10
            place -= 1
        }
    }

    /// Appends the shortest digits that read back as the same bits.
    mutating func float(_ number: Double) {
        guard number.isFinite else { return raw(Self.word(number)) }
        raw(number.description)
    }

    /// Appends the shortest digits that read back, as a 32-bit float, as the same bits.
    mutating func float(_ number: Float) {
        guard number.isFinite else { return raw(Self.word(Double(number))) }
        raw(number.description)
    }

    /// Appends a string in quotes, escaped.
    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            for byte in text.utf8 { escaped(byte) }
        } else {
            bytes.append(contentsOf: text.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends text in quotes that has nothing to escape.
    private mutating func quoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
        case 0x0A: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
        case 0x0D: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
        case 0x09: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
        case 0..<0x20:
            bytes += Array("\\u00".utf8)
            bytes += [Self.hex[Int(byte >> 4)], Self.hex[Int(byte & 15)]]
        default: bytes.append(byte)
        }
    }

    private static func word(_ number: Double) -> [UInt8] {
        number.isNaN ? nan : number > 0 ? infinity : negativeInfinity
    }

    static let null = Array("null".utf8)
    private static let `true` = Array("true".utf8)
    private static let `false` = Array("false".utf8)
    private static let nan = Array("\"NaN\"".utf8)
    private static let infinity = Array("\"Infinity\"".utf8)
    private static let negativeInfinity = Array("\"-Infinity\"".utf8)
    private static let hex = Array("0123456789abcdef".utf8)
}
