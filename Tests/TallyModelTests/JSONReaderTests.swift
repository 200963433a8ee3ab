// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@Suite struct JSONReaderTests {
    @Test func `it reads what RFC 8259 allows`() throws {
        #expect(try JSON(parsing: " \t\r\n[ ]\n") == .array([]))
        #expect(try JSON(parsing: "{ }") == .members([]))
        #expect(try JSON(parsing: "-0") == .int(0))
        #expect(try JSON(parsing: "9223372036854775807") == .int(.max))
        #expect(try JSON(parsing: "9223372036854775808") == .double(9_223_372_036_854_775_808))
        #expect(try JSON(parsing: "1.50e+2") == .double(150))
        #expect(try JSON(parsing: "1E-2") == .double(0.01))
        #expect(try JSON(parsing: #""\u00e9\ud83d\ude00\/\b\f\n\r\t\"\\""#) == .string("é😀/\u{8}\u{C}\n\r\t\"\\"))
        #expect(try JSON(parsing: #"{"a":[true,false,null]}"#)["a"] == .array([.bool(true), .bool(false), .null]))
    }

    @Test func `names that differ only in normalisation are different names`() throws {
        let json = try JSON(parsing: "{\"\u{e9}\":1,\"e\u{301}\":2}")
        #expect(json["\u{e9}"] == .int(1))
        #expect(json["e\u{301}"] == .int(2))
    }

    @Test(
        arguments: [
            "", " ", "tru", "nul", "True", "NaN", "Infinity", "-", "+1", "01", "-01", ".5", "1.", "1e", "1e+", "0x1",
            "1e400", "[1,]", "[1 2]", "[", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{\"a\":1 \"b\":2}",
            "{\"a\":1,\"a\":2}", "\"", "\"\n\"", "\"\\x\"", "\"\\u12\"", "\"\\u+123\"", "\"\\u-000\"", "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "\"\\udc00\"", "1 2", "[1]]", "//", "'a'",
        ])
    func `it refuses what RFC 8259 does not allow`(text: String) {
        #expect(throws: JSONProblem.self) { try JSON(parsing: text) }
    }

    @Test func `deep nesting is refused, not followed to the end of the stack`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONProblem.self) { try JSON(parsing: deep) }
    }

    @Test func `a problem says at which byte it is`() throws {
        do {
            _ = try JSON(parsing: "{\"é\": 1, \"é\": 2}")
            Issue.record("a doubled name was read")
        } catch {
            #expect(error.message == "the name 'é' appears twice")
            #expect(error.offset == 14)
        }
    }
}
