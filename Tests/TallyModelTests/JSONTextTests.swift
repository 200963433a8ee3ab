// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@Suite struct JSONTextTests {
    /// Powers of two, the smallest numbers of all, and random ones.
    private static let numbers: [Double] = {
        var generator = SeededGenerator(seed: 10)
        var numbers = (0..<2_047).map { Double(bitPattern: UInt64($0) << 52) }
        numbers += (0..<3_000).map { Double(bitPattern: UInt64($0)) }
        for _ in 0..<20_000 {
            numbers.append(Double(bitPattern: generator.next() & ~(1 << 63)))
            numbers.append((Double.random(in: 0...1e6, using: &generator) * 100).rounded() / 100)
        }
        return numbers.filter(\.isFinite)
    }()

    @Test func `the digits are those of the slow twin, Double.description`() {
        for number in Self.numbers {
            let parts = number.description.split(separator: "e")
            let mantissa = parts[0].split(separator: ".")
            var digits = String(mantissa[0]) + (mantissa.count > 1 ? String(mantissa[1]) : "")
            while digits.hasPrefix("0"), digits.count > 1 { digits.removeFirst() }
            while digits.hasSuffix("0"), digits.count > 1 { digits.removeLast() }
            #expect(String(ShortestDecimal(of: number).digits) == digits, "\(number)")
        }
    }

    @Test func `numbers are placed as ECMAScript places the digits of Double.description`() {
        for number in Self.numbers {
            for signed in [number, -number] {
                var text = JSONText()
                text.number(signed)
                #expect(String(decoding: text.bytes, as: UTF8.self) == Self.slowText(signed), "\(signed)")
            }
        }
    }

    @Test func `integers are written as their description`() {
        var generator = SeededGenerator(seed: 11)
        var numbers: [Int64] = [.min, .max, 0, -1, 9, 10, 99, 100, 101]
        var power: Int64 = 1
        for _ in 0..<18 {
            power *= 10
            numbers += [power - 1, power, power + 1, -power]
        }
        for shift in 0..<1_000 { numbers.append(Int64(bitPattern: generator.next()) >> Int64(shift % 64)) }
        for number in numbers { #expect(JSON.int(number).compactText == number.description) }
    }

    @Test(arguments: DataType.scalars + [.array(.float32), .array(.array(.string))])
    func `columns are written as the trees of their values`(_ type: DataType) {
        var generator = SeededGenerator(seed: 12)
        let column = Column(type: type, values: (0..<300).map { _ in Value.random(type, &generator) })
        var text = JSONText()
        text.raw("[")
        text.values(column)
        text.raw("]")
        let slow = JSON.array((0..<column.count).map { column[$0].json })
        #expect(String(decoding: text.bytes, as: UTF8.self) == slow.compactText)
    }

    @Test func `instants are written as their description says`() {
        var generator = SeededGenerator(seed: 13)
        var times: [Int64] = [.min, .max, 0, -1, 1, 1_000, -62_167_219_200_000_001, 253_402_300_800_000_000]
        for _ in 0..<2_000 {
            let time = Int64.random(in: -80_000_000_000_000_000...260_000_000_000_000_000, using: &generator)
            times += [time, time / 1_000 * 1_000, time / 1_000_000 * 1_000_000]
        }
        for time in times.map({ Timestamp(microseconds: $0) }) {
            var text = JSONText()
            text.time(time)
            #expect(String(decoding: text.bytes, as: UTF8.self) == "\"\(time.description)\"")
        }
    }

    /// ECMA-262, section 6.1.6.1.20, over the digits of Swift's own description.
    private static func slowText(_ number: Double) -> String {
        guard number != 0 else { return "0" }
        let parts = abs(number).description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = mantissa.count > 1 && mantissa[1] != "0" ? String(mantissa[1]) : ""
        var digits = String(mantissa[0]) + fraction
        var point = mantissa[0].count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        let zeros = digits.prefix { $0 == "0" }.count
        digits = String(digits.dropFirst(zeros))
        point -= zeros
        while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
        return (number < 0 ? "-" : "") + place(digits, point: point)
    }

    private static func place(_ digits: String, point: Int) -> String {
        if digits.count <= point, point <= 21 {
            return digits + String(repeating: "0", count: point - digits.count)
        }
        if point > 0, point <= 21 { return digits.prefix(point) + "." + digits.dropFirst(point) }
        if point > -6, point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
        let exponent = point - 1
        let tail = digits.dropFirst()
        return digits.prefix(1) + (tail.isEmpty ? "" : "." + tail) + "e" + (exponent < 0 ? "-" : "+")
            + String(abs(exponent))
    }
}
