// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
internal import TallyModel

/// Writes JSON text into one buffer; the caller puts commas and brackets where they belong.
struct JSONWriter {
    private(set) var buffer: ByteBuffer

    /// Starts with room for a text of about that size.
    init(capacity: Int) { buffer = ByteBufferAllocator().buffer(capacity: capacity) }

    /// The text so far.
    var bytes: [UInt8] { Array(buffer: buffer) }

    /// Appends bytes that are JSON already.
    mutating func raw(_ text: [UInt8]) { buffer.writeBytes(text) }

    /// Appends bytes that are JSON already.
    mutating func raw(_ text: ArraySlice<UInt8>) { buffer.writeBytes(text) }

    /// Appends bytes that are JSON already.
    mutating func raw(_ text: RawSpan) { buffer.writeBytes(text) }

    /// Appends text that is JSON already.
    mutating func raw(_ text: String) { buffer.writeString(text) }

    mutating func byte(_ byte: UInt8) { buffer.writeInteger(byte) }

    mutating func comma() { byte(UInt8(ascii: ",")) }

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
            var digits: [UInt8] = []
            Base64.append(raw, to: &digits)
            byte(UInt8(ascii: "\""))
            self.raw(digits)
            byte(UInt8(ascii: "\""))
        case .array(let values):
            byte(UInt8(ascii: "["))
            for (index, element) in values.enumerated() {
                if index > 0 { comma() }
                self.value(element)
            }
            byte(UInt8(ascii: "]"))
        }
    }

    /// Appends a whole number, exact whatever its size.
    mutating func integer(_ number: Int64) {
        append(room: OutputRawSpan.longestNumber) { $0.append(integer: number) }
    }

    /// Appends the shortest digits that read back as the same bits.
    mutating func float(_ number: Double) {
        append(room: OutputRawSpan.longestNumber) { $0.append(float: number) }
    }

    /// Appends the shortest digits that read back, as a 32-bit float, as the same bits.
    mutating func float(_ number: Float) {
        guard number.isFinite else { return float(Double(number)) }
        raw(number.description)
    }

    /// Appends an instant in quotes.
    mutating func timestamp(_ time: Timestamp) {
        var isWritten = false
        append(room: OutputRawSpan.longestNumber) { isWritten = $0.append(time: time) }
        if !isWritten { quoted(time.description) }
    }

    /// Appends what is written into a span with so much room.
    @inline(__always)
    mutating func append(room: Int, _ write: (inout OutputRawSpan) -> Void) {
        buffer.writeWithOutputRawSpan(minimumWritableBytes: room) { write(&$0) }
    }

    /// Appends a string in quotes, escaped.
    mutating func string(_ text: String) {
        byte(UInt8(ascii: "\""))
        if text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            raw(Self.escaped(text))
        } else {
            buffer.writeString(text)
        }
        byte(UInt8(ascii: "\""))
    }

    /// Appends text in quotes that has nothing to escape.
    private mutating func quoted(_ text: String) {
        byte(UInt8(ascii: "\""))
        buffer.writeString(text)
        byte(UInt8(ascii: "\""))
    }

    private static func escaped(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + text.utf8.count / 4 + 8)
        func escape(_ byte: UInt8) {
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): escape(byte)
            case 0x0A: escape(UInt8(ascii: "n"))
            case 0x0D: escape(UInt8(ascii: "r"))
            case 0x09: escape(UInt8(ascii: "t"))
            case 0..<0x20:
                escape(UInt8(ascii: "u"))
                bytes.append(UInt8(ascii: "0"))
                bytes.append(UInt8(ascii: "0"))
                bytes.append(hex[Int(byte >> 4)])
                bytes.append(hex[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        return bytes
    }

    static let null = Array("null".utf8)
    private static let `true` = Array("true".utf8)
    private static let `false` = Array("false".utf8)
    private static let hex = Array("0123456789abcdef".utf8)
}
