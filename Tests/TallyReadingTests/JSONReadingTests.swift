// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@testable import TallyReading

/// How JSON lines become values (`docs/reading.md`).
@Suite struct JSONReadingTests {
    private func read(_ text: String, _ columns: [(String, DataType)], _ options: TextOptions = .plain) -> ReadText {
        ReadText(text, columns, format: .json, options: options)
    }

    @Test func `text stays text, and a number where text is declared gives its digits`() {
        let found = read(
            "{\"u\": \"ann\"}\n{\"u\": 7}\n{\"u\": 1.10}\n{\"u\": true}\n{\"u\": null}\n{}\n{\"u\": {\"a\": [1]}}\n",
            [("u", .string)])
        #expect(
            found.values[0] == [
                .string("ann"), .string("7"), .string("1.10"), .string("true"), .null, .null, .string("{\"a\": [1]}"),
            ])
        #expect(found.failures.isEmpty)
    }

    @Test func `a UUID keeps its letters, and escapes are characters`() {
        let found = read(
            "{\"u\": \"6F9619FF-8B86-D011-B42D-00CF4FC964FF\"}\n{\"u\": \"a\\u00e9\\ud83d\\ude00\\n\"}\n{\"\\u0075\": \"x\"}\n",
            [("u", .string)])
        #expect(found.values[0] == [.string("6F9619FF-8B86-D011-B42D-00CF4FC964FF"), .string("aé😀\n"), .string("x")])
    }

    @Test func `whole numbers are exact, of either sign and in quotes too`() {
        let found = read(
            "{\"n\": -1}\n{\"n\": 9223372036854775807}\n{\"n\": \"12\"}\n{\"n\": 9223372036854775808}\n{\"n\": 1.0}\n",
            [("n", .int64)])
        #expect(found.values[0].prefix(3) == [.int64(-1), .int64(.max), .int64(12)])
        #expect(found.problems == ["4 n is no int64", "5 n is no int64"])
    }

    @Test func `times are judged as in CSV`() {
        let found = read("{\"t\": \"1704448800.5\"}\n{\"t\": \"2024-01-06T10:00Z\"}\n{\"t\": 5}\n", [("t", .timestamp)])
        #expect(found.problems == ["1 t is no timestamp", "3 t is no timestamp"])
    }

    @Test func `lists are read, and a bad element is an error of its line`() {
        let found = read(
            "{\"l\": [1, 2]}\n{\"l\": []}\n{\"l\": [1, \"x\"]}\n{\"l\": [null, 3]}\n", [("l", .array(.int64))])
        #expect(found.values[0][0] == .array([.int64(1), .int64(2)]))
        #expect(found.values[0][1] == .array([]))
        #expect(found.values[0][2] == .null)
        #expect(found.values[0][3] == .array([.null, .int64(3)]))
        #expect(found.problems == ["3 l is no array<int64>"])
    }

    @Test func `a line that is no object, and a member twice, are errors of their line`() {
        let found = read("{\"a\": 1}\n\n{\"a\":\n[1]\n{\"a\": 1, \"a\": 2}\n{\"a\": 01}\n", [("a", .int64)])
        #expect(
            found.problems == [
                "3 - is no JSON object", "4 - is no JSON object", "5 a stands twice in its line",
                "6 - is no JSON object",
            ])
    }

    @Test func `one member is read in as many ways as are asked for`() {
        let found = read("{\"n\": 7}\n{}\n{\"n\": 1.5}\n", [("n", .int64), ("n", .string), ("n", .float64)])
        #expect(found.values[1] == [.string("7"), .null, .string("1.5")])
        #expect(found.values[2] == [.float64(7), .null, .float64(1.5)])
        #expect(found.values[0].prefix(2) == [.int64(7), .null] && found.problems == ["3 n is no int64"])
    }

    @Test func `declared words are null`() {
        let found = read(
            "{\"a\": \"NA\", \"b\": \"NA\"}\n", [("a", .float64), ("b", .string)], TextOptions(nulls: ["NA"]))
        #expect(found.values == [[.null], [.null]])
    }

    @Test func `members may come in any order, whatever their neighbours are`() {
        let found = read(
            "{\"id\": 0, \"x\": 0.5, \"p\": {\"q\": \"}\"}}\n{\"x\": NaN, \"z\": [[]], \"id\": 1}\n{\"ID\": 5, \"id\": 2}\n",
            [("id", .int64), ("x", .float64)])
        #expect(found.values[0] == [.int64(0), .int64(1), .int64(2)])
        #expect(found.failures.isEmpty)
    }
}

/// What undeclared columns look like.
@Suite struct TextLookTests {
    private func look(_ texts: [String], _ format: Source.FileFormat = .csv) throws -> [String] {
        let failures = ReadingFailures()
        let look = TextLook(
            format, options: .plain, declared: [ColumnSchema(name: "declared", type: .bool)], failures: failures)
        for text in texts {
            try look.add("f") { () throws(TallyError) in ReadText.source(Array(text.utf8), 5) }
        }
        return look.columns.map { "\($0.name) \($0.type)" }
    }

    @Test func `a column is what it looks like over all files, or text`() throws {
        #expect(
            try look([
                "i,f,b,d,t,zip,big,plus,e,declared\n1,1.5,true,2024-01-01,2024-01-01T00:00Z,00501,12345678901234567890,+1,,x\n",
                "i,f,b,d,t,new\n2,2,FALSE,2024-01-02,2024-01-02,1\n",
            ]) == [
                "i int64", "f float64", "b bool", "d date", "t timestamp", "zip string", "big string", "plus string",
                "e string", "declared bool", "new int64",
            ])
        #expect(try look(["i\n1\n", "i\n2.5\n"]) == ["i float64"])
        #expect(try look(["i\n1\n", "i\nx\n"]) == ["i string"])
    }

    @Test func `with a pattern only what fits it looks like a time, as nothing else is read as one`() throws {
        let options = TextOptions(timeFormat: "dd.MM.yyyy", formats: ["t": "yyyy/MM/dd HH:mm", "u": "no pattern"])
        let text = "d,iso,t,u\n31.01.2024,2024-01-31,2024/01/31 10:30,2024-01-31\n"
        let look = TextLook(.csv, options: options, declared: [], failures: ReadingFailures())
        try look.add("f") { () throws(TallyError) in ReadText.source(Array(text.utf8), 5) }
        #expect(look.columns.map { "\($0.name) \($0.type)" } == ["d date", "iso string", "t timestamp", "u string"])
    }

    @Test(arguments: [Source.FileFormat.csv, .json])
    func `files that lack a column are counted, and the first are named`(_ format: Source.FileFormat) throws {
        let look = TextLook(format, options: .plain, declared: [], failures: ReadingFailures())
        let files = [["a"], ["a", "b"], [], ["b"], ["b"], ["b"], ["a", "b"], ["b"]]
        for (index, names) in files.enumerated() {
            let text =
                switch format {
                case .json: "{\(names.map { "\"\($0)\": 1" }.joined(separator: ", "))}\n"
                case .csv, .parquet: names.joined(separator: ",") + "\n" + names.map { _ in "1" }.joined(separator: ",")
                }
            let bytes = names.isEmpty && format == .csv ? [] : Array(text.utf8)
            try look.add("f\(index)") { () throws(TallyError) in ReadText.source(bytes, 3) }
        }
        // An empty file of CSV lacks nothing; a line of JSON without members lacks all of them.
        let (count, more) = format == .csv ? (7, 0) : (8, 1)
        let names = format == .csv ? ["f3", "f4", "f5"] : ["f2", "f3", "f4"]
        #expect(look.gap(of: "a")?.missing == ColumnGap.Files(count: 4 + more, names: names))
        #expect(look.gap(of: "b")?.missing.count == 1 + more && look.gap(of: "b")?.fileCount == count)
        #expect(look.gap(of: "c") == nil)
    }

    @Test func `in JSON quotes make text of numbers, and mixtures are text`() throws {
        #expect(
            try look(
                [
                    "{\"a\": 1, \"b\": \"1\", \"c\": [1.5], \"d\": true}\n{\"a\": -1, \"t\": \"2024-01-01\", \"c\": [2]}\n"
                ], .json) == [
                    "a int64", "b string", "c array<float64>", "d bool", "t date",
                ])
        #expect(try look(["{\"u\": \"ann\"}\n", "{\"u\": 7}\n"], .json) == ["u string"])
    }
}
