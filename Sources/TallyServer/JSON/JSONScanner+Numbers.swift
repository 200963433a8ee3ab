// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The range of a number in the text, and its notation.
struct NumberToken: Hashable {
    let range: Range<Int>
    /// Whether it has neither fraction nor exponent.
    let isInteger: Bool
}

extension JSONScanner {
    /// Whether a number comes next.
    mutating func isAtNumber() throws(BodyProblem) -> Bool {
        let byte = try peek()
        return byte == UInt8(ascii: "-") || Self.isDigit(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Takes a number and returns where it is; it is not converted, so that none is out of range.
    mutating func readNumber() throws(BodyProblem) -> NumberToken {
        _ = try peek()
        let start = offset
        if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        let first = offset
        guard skipDigits() else { throw problem("no JSON value") }
        guard bytes[first] != UInt8(ascii: "0") || offset == first + 1 else { throw problem("a leading zero") }
        var isInteger = true
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            isInteger = false
            offset += 1
            guard skipDigits() else { throw problem("expected digits after the point") }
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            offset += 1
            if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") {
                offset += 1
            }
            guard skipDigits() else { throw problem("expected digits in the exponent") }
        }
        return NumberToken(range: start..<offset, isInteger: isInteger)
    }

    private mutating func skipDigits() -> Bool {
        let start = offset
        while offset < bytes.count, Self.isDigit(bytes[offset]) { offset += 1 }
        return offset > start
    }

    /// The value of an integer token; nil when it does not fit 64 bits.
    func integer(_ token: NumberToken) -> Int64? {
        guard token.isInteger else { return nil }
        var place = token.range.lowerBound
        let isNegative = bytes[place] == UInt8(ascii: "-")
        if isNegative { place += 1 }
        var value: Int64 = 0
        while place < token.range.upperBound {
            let digit = Int64(bytes[place] &- UInt8(ascii: "0"))
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) =
                isNegative
                ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !overflow, !carry else { return nil }
            value = sum
            place += 1
        }
        return value
    }

    /// The number nearest to a token, ties to even; nil when it is beyond the finite ones.
    func float64(_ token: NumberToken) -> Double? {
        let number = Double(String(decoding: bytes[token.range], as: UTF8.self))
        return number?.isFinite == true ? number : nil
    }

    /// The number nearest to a token, ties to even; nil when it is beyond the finite ones.
    func float32(_ token: NumberToken) -> Float? {
        let number = Float(String(decoding: bytes[token.range], as: UTF8.self))
        return number?.isFinite == true ? number : nil
    }
}
