// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

@testable import TallyServer

@Suite struct JSONWriterTests {
    private func text(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(capacity: 64)
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `doubles read back as the same bits`() throws {
        var generator = SeededGenerator(seed: 1)
        var numbers: [Double] = [
            0, -0.0, 1, 0.1, 1 / 3, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 1e21, 1e22,
            123_456_789.5,
            9_007_199_254_740_992, 1e-7, 2.5e-7, 4.35, 1e100,
        ]
        for _ in 0..<20_000 {
            numbers.append(Double(bitPattern: generator.next()))
            numbers.append(Double.random(in: -1_000...1_000, using: &generator))
            numbers.append((Double.random(in: 0...1_000_000, using: &generator) * 100).rounded() / 100)
        }
        for number in numbers where number.isFinite {
            let written = text { $0.float(number) }
            #expect(Double(written)?.bitPattern == number.bitPattern, "\(written)")
            #expect(throws: Never.self) { try JSON(parsing: written) }
        }
    }

    @Test func `floats read back as the same bits`() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<20_000 {
            let number = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
            guard number.isFinite else { continue }
            let written = text { $0.float(number) }
            #expect(Float(written)?.bitPattern == number.bitPattern, "\(written)")
        }
    }

    @Test func `integers are exact whatever their size`() {
        var generator = SeededGenerator(seed: 3)
        var numbers: [Int64] = [0, 9, 10, 99, 100, -1, -10, .max, .min, .max - 1, 1_000_000_000_000_000_000]
        for bits in 0..<63 { numbers += [1 << bits, (1 << bits) - 1, -(1 << bits)] }
        for _ in 0..<1_000 { numbers.append(Int64(truncatingIfNeeded: generator.next())) }
        for number in numbers { #expect(text { $0.integer(number) } == String(number)) }
    }

    @Test func `what is no finite number is a string`() {
        #expect(text { $0.value(.float64(.nan)) } == "\"NaN\"")
        #expect(text { $0.value(.float32(.infinity)) } == "\"Infinity\"")
        #expect(text { $0.value(.array([.float64(-.infinity), .null])) } == "[\"-Infinity\",null]")
    }

    @Test func `instants are written as their description says`() {
        var generator = SeededGenerator(seed: 4)
        var times: [Int64] = [0, -1, 1, 999, 1_000, 999_999, 1_000_000, -62_167_219_200_000_000, .min, .max]
        for _ in 0..<5_000 {
            times.append(Int64.random(in: -80_000_000_000_000_000...260_000_000_000_000_000, using: &generator))
        }
        for time in times.map({ Timestamp(microseconds: $0) }) {
            #expect(text { $0.timestamp(time) } == "\"\(time.description)\"")
        }
    }

    @Test func `strings are escaped so that Foundation reads them back`() throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<3_000 {
            let string = RandomJSON.string(&generator)
            let written = text { $0.string(string) }
            let read = try JSONSerialization.jsonObject(with: Data(written.utf8), options: .fragmentsAllowed) as? String
            #expect(read.map { Array($0.utf8) } == Array(string.utf8), "\(written)")
        }
    }

    @Test func `base64 goes both ways and refuses what it would not write`() {
        var generator = SeededGenerator(seed: 6)
        for count in 0..<200 {
            let raw = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            var written: [UInt8] = []
            Base64.append(raw, to: &written)
            let digits = String(decoding: written, as: UTF8.self)
            #expect(digits == Data(raw).base64EncodedString())
            #expect(Base64.decode(digits) == raw)
        }
        for wrong in ["A", "AA", "AAA", "A===", "====", "AB==", "AAB=", "AA=A", "AA==AAAA", "AAA*", "AAAÄ"] {
            #expect(Base64.decode(wrong) == nil, "\(wrong)")
        }
    }
}
