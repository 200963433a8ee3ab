// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@Suite struct JSONTests {
    @Test func `texts are equal by their bytes`() {
        let (composed, parts) = ("caf\u{E9}", "cafe\u{301}")
        #expect(composed == parts, "the two are one text to Swift")
        #expect(JSON.string(composed) != .string(parts))
        #expect(JSON.object([(composed, .null)]) != .object([(parts, .null)]))
        #expect(JSON.object([("a", .array([.string(parts)]))]) == .object([("a", .array([.string(parts)]))]))
        #expect(Set([JSON.string(composed), .string(parts), .string(parts), .int(5), .double(5)]).count == 4)
    }

    @Test func `what counts nothing that there is, is no count`() throws {
        for (text, count) in [
            ("0", 0), ("1099511627776", 1 << 40), ("\"7\"", 7), ("1099511627777", nil), ("-1", nil), ("1.5", nil),
            ("9223372036854775807", nil), ("\"9223372036854775807\"", nil), ("null", nil),
        ] as [(String, Int?)] {
            #expect(try JSON(parsing: text).countValue == count, "\(text)")
        }
        let gap = #"{"missing":{"count":9223372036854775807,"names":[]},"empty":{"count":1,"names":[]},"fileCount":2}"#
        #expect(ColumnGap(json: try JSON(parsing: gap)) == nil)
    }

    @Test func `numbers are written as RFC 8785 says`() throws {
        let vectors = try GoldenVectors.read("numbers.json")
        #expect(vectors.count > 20)
        for vector in vectors {
            let bits = try #require(vector["bits"]?.stringValue.flatMap { UInt64($0, radix: 16) })
            #expect(JSON.double(Double(bitPattern: bits)).canonicalText == vector["text"]?.stringValue)
        }
    }

    @Test func `a number and its text are the same number`() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<20_000 {
            let number = Double(bitPattern: generator.next())
            guard number.isFinite else { continue }
            let text = JSON.double(number).canonicalText
            #expect(Double(text) == number, "bits \(number.bitPattern), seed 11")
        }
    }

    @Test func `what JSON cannot hold becomes null`() {
        #expect(JSON.double(.nan).canonicalText == "null")
        #expect(JSON.double(-.infinity).canonicalText == "null")
    }

    @Test func `members are sorted by UTF-16 code units, at every depth`() {
        // The example of RFC 8785, section 3.2.3: an emoji sorts before U+FB33, though its scalar is larger.
        let json = JSON.object([
            ("\u{20ac}", .string("Euro Sign")), ("\r", .string("Carriage Return")),
            ("\u{fb33}", .string("Hebrew Letter Dalet With Dagesh")), ("1", .string("One")),
            ("\u{1f600}", .string("Emoji: Grinning Face")), ("\u{80}", .string("Control")),
            ("\u{f6}", .string("Latin Small Letter O With Diaeresis")),
        ])
        #expect(
            json.canonicalText
                == "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"\u{f6}\":"
                + "\"Latin Small Letter O With Diaeresis\",\"\u{20ac}\":\"Euro Sign\",\"\u{1f600}\":"
                + "\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}")
        let nested = JSON.array([.object([("b", .object([("d", .int(1)), ("c", .null)])), ("a", .bool(true))])])
        #expect(nested.canonicalText == #"[{"a":true,"b":{"c":null,"d":1}}]"#)
        #expect(nested.compactText == #"[{"b":{"d":1,"c":null},"a":true}]"#)
    }

    @Test func `strings are escaped as RFC 8785 says`() {
        let text = "\u{20ac}$\u{0F}\u{0A}A'\u{42}\u{22}\u{5c}\\\"/\u{8}\u{C}\t\r\u{7F}"
        #expect(
            JSON.string(text).canonicalText
                == "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\\b\\f\\t\\r\u{7F}\"")
    }

    @Test func `integers beyond two to the 53 are written as strings`() {
        #expect(JSON.exact(1 << 53) == .int(9_007_199_254_740_992))
        #expect(JSON.exact(1 << 53 + 1) == .string("9007199254740993"))
        #expect(JSON.exact(.min) == .string("-9223372036854775808"))
    }

    @Test func `the pretty form has one member a line`() {
        let json = JSON.object([("a", .array([.int(1), .object([])])), ("b", .array([]))])
        #expect(json.prettyText == "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}\n")
    }

    @Test func `every form reads back as what it was`() throws {
        var generator = SeededGenerator(seed: 12)
        for round in 0..<500 {
            let json = randomJSON(&generator, depth: 0)
            #expect(try JSON(parsing: json.compactText) == json, "seed 12, round \(round)")
            #expect(try JSON(parsing: json.prettyText) == json, "seed 12, round \(round)")
            let canonical = json.canonicalText
            #expect(try JSON(parsing: canonical).canonicalText == canonical, "seed 12, round \(round)")
        }
    }

    private func randomJSON(_ generator: inout SeededGenerator, depth: Int) -> JSON {
        switch Int.random(in: 0..<(depth > 3 ? 5 : 7), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .int(Int64.random(in: .min ... .max, using: &generator))
        case 3: return .double(Double.random(in: -1e-3...1e3, using: &generator))
        case 4:
            let scalars: [Unicode.Scalar] = ["a", "\"", "\\", "\u{0}", "\u{1F600}", "é", "\n", "\u{301}"]
            var text = ""
            for _ in 0..<Int.random(in: 0...6, using: &generator) {
                text.unicodeScalars.append(scalars[Int.random(in: 0..<scalars.count, using: &generator)])
            }
            return .string(text)
        case 5:
            return .array(
                (0..<Int.random(in: 0...3, using: &generator)).map { _ in randomJSON(&generator, depth: depth + 1) })
        default:
            let names = ["b", "a", "é", "e\u{301}", ""].shuffled(using: &generator)
            return .object(
                names.prefix(Int.random(in: 0...5, using: &generator)).map {
                    ($0, randomJSON(&generator, depth: depth + 1))
                })
        }
    }
}
