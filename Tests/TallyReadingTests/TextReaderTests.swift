// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@testable import TallyReading

/// How the text of CSV and JSON lines becomes values (`docs/reading.md`).
@Suite struct TextReaderTests {
    @Test func `only the unquoted empty field of CSV is null`() {
        let read = ReadText("t,n\n,1\n\"\",\nNA,2\n", [("t", .string), ("n", .int64)])
        #expect(read.values[0] == [.null, .string(""), .string("NA")])
        #expect(read.values[1] == [.int64(1), .null, .int64(2)])
        #expect(read.failures.isEmpty)
    }

    @Test func `declared words are null, but not where quotes say that text is meant`() {
        let options = TextOptions(nulls: ["NA", "\\N"])
        let read = ReadText(
            "t,n\nNA,NA\n\"NA\",\"NA\"\n\\N,\\N\n", [("t", .string), ("n", .int64)], options: options)
        #expect(read.values[0] == [.null, .string("NA"), .null])
        #expect(read.values[1] == [.null, .null, .null])
        #expect(read.failures.isEmpty)
    }

    @Test func `a word that nobody declared is an error that proposes to declare it`() {
        let read = ReadText("n\nNA\n1\nNA\n", [("n", .float64)])
        #expect(read.problems == ["2 n is no float64", "4 n is no float64"])
        #expect(
            read.failures.error(subject: nil)?.help
                == "'NA' stands 2 times in n: if it means no value, declare nulls: [NA]")
    }

    @Test func `a line that is no row gives none, and those around it stay`() {
        let read = ReadText("t,n\na,1\nb\nc,3,4\nd,4\n", [("t", .string), ("n", .int64)])
        #expect(read.values[0] == [.string("a"), .string("d")] && read.values[1] == [.int64(1), .int64(4)])
        #expect(read.problems == ["3 - has 1 fields, and the header has 2", "4 - has 3 fields, and the header has 2"])
    }

    @Test func `texts come byte for byte`() {
        let read = ReadText(
            "v,big,z\n1.10,12345678901234567890,\" a \"\"b\"\"\nc\"\n01/02/2024,00501,é\n",
            [("v", .string), ("big", .string), ("z", .string)])
        #expect(read.values[0] == [.string("1.10"), .string("01/02/2024")])
        #expect(read.values[1] == [.string("12345678901234567890"), .string("00501")])
        #expect(read.values[2] == [.string(" a \"b\"\nc"), .string("é")])
    }

    @Test(arguments: [
        ("true", true), ("FALSE", false), ("1", true), ("0", false), ("t", true), ("F", false), ("Yes", true),
        ("no", false),
    ])
    func `truth is told in eight words`(text: String, value: Bool) {
        #expect(ReadText("b\n\(text)\n", [("b", .bool)]).values[0] == [.bool(value)])
    }

    @Test(arguments: ["2", "y", "on", "tru", "\u{11}", "truee", "0.0"])
    func `other words are no truth`(text: String) {
        #expect(ReadText("b\n\(text)\n", [("b", .bool)]).problems == ["2 b is no bool"])
    }

    @Test func `an integer takes no point, no exponent and nothing beyond its bits`() {
        let text = "n\n1.0\n1e3\n9223372036854775808\n-9223372036854775808\n007\n+5\n"
        let read = ReadText(text, [("n", .int64)])
        #expect(read.problems == ["2 n is no int64", "3 n is no int64", "4 n is no int64"])
        #expect(read.values[0].suffix(3) == [.int64(.min), .int64(7), .int64(5)])
        #expect(ReadText("n\n2147483648\n", [("n", .int32)]).problems == ["2 n is no int32"])
    }

    @Test(arguments: [
        "0.1", "1e22", "123456789012345678901234567890", "4.9e-324", "1.7976931348623157e308", "-0.0", ".5", "5.",
        "9007199254740993",
    ])
    func `a float is the nearest to its digits`(text: String) throws {
        let read = ReadText("x,y\n\(text),\(text.count < 20 ? text : "0")\n", [("x", .float64), ("y", .float32)])
        let double = try #require(Double(text))
        #expect(read.values[0] == [.float64(double)])
        if text.count < 20, let float = Float(text), float.isFinite { #expect(read.values[1] == [.float32(float)]) }
    }

    @Test func `infinities and NaN are floats, and digits beyond the type are none`() {
        let read = ReadText("x\ninf\n-Infinity\nNaN\n1e400\n0x10\n1,5\n1_000\n", [("x", .float64)])
        #expect(read.values[0].prefix(2) == [.float64(.infinity), .float64(-.infinity)])
        #expect(read.problems.count == 4)
        let comma = ReadText(
            "x;y\n1,5;2\n1.5;3\n", [("x", .float64)],
            options: TextOptions(decimal: .comma, delimiter: UInt8(ascii: ";")))
        #expect(comma.values[0] == [.float64(1.5), .null])
        #expect(comma.problems == ["3 x is no float64"])
    }

    @Test func `blanks around a value are an error unless they are trimmed`() {
        let read = ReadText("n, m\n 1,2\n", [("n", .int64), (" m", .int64)])
        #expect(read.problems == ["2 n is no int64"])
        #expect(read.failures.error(subject: nil)?.help == "values of n have blanks around them: declare trim: true")
        let trimmed = ReadText(
            "n,t\n 1, a \n 2 ,\" \"\n", [("n", .int64), ("t", .string)], options: TextOptions(trims: true))
        #expect(trimmed.values[0] == [.int64(1), .int64(2)])
        #expect(trimmed.values[1] == [.string("a"), .string("")])
    }

    @Test func `lines end in three ways, also mixed, and an empty line is no row`() {
        let read = ReadText("a,b\r\n1,2\n\n3,4\r5,\"6\r\n\"\r\n", [("a", .int64), ("b", .string)])
        #expect(read.values[0] == [.int64(1), .int64(3), .int64(5)])
        #expect(read.values[1].last == .string("6\r\n"))
        #expect(ReadText("a\n1\n\n2", [("a", .int64)]).values[0] == [.int64(1), .null, .int64(2)])
    }

    @Test func `a line with another number of fields is an error with its line`() {
        let read = ReadText("a,b\n1,2\n1,2,3\n\"x\ny\",1\n4\n", [("a", .string)])
        #expect(read.problems == ["3 - has 3 fields, and the header has 2", "6 - has 1 fields, and the header has 2"])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `a line with a wrong quote is one line`(_ end: String) {
        let text = ["a,b", "\"x\"y,1", "z,no", ""].joined(separator: end)
        let read = ReadText(text, [("a", .string), ("b", .int64)])
        #expect(read.problems == ["2 - has text behind a closing quote", "3 b is no int64"])
    }

    @Test func `a line of nothing but delimiters is one problem, and takes no more memory than a row`() {
        let many = String(repeating: ",", count: CSVHeader.mostColumns)
        let read = ReadText("a,b\n" + many + "\n1,2\n", [("a", .int64)], pieceBytes: 65_536)
        #expect(read.problems == ["2 - has 262145 fields, and the header has 2"] && read.values[0] == [.int64(1)])
        var record = CSVRecord(delimiter: UInt8(ascii: ","))
        record.mostFields = 2
        let bytes = Array(many.utf8)
        #expect(record.read(bytes.span, from: 0, isLast: true) == .at(bytes.count))
        #expect(record.fieldCount == bytes.count + 1 && record.fields.count == 2)
        #expect(
            ReadText("a" + many + "\n", [("a", .int64)], pieceBytes: 65_536).error?.message
                == "a.csv:1: the header has 262145 columns, and a file may have 262144")
    }

    @Test func `a record that is not whole says whether a quote in it is open`() {
        var record = CSVRecord(delimiter: UInt8(ascii: ","))
        for (text, isOpen) in [("\"a\",x\"y", false), ("a,\"b", true), ("\"a\"\"", true), ("a,b", false)] {
            let bytes = Array(text.utf8)
            #expect(record.read(bytes.span, from: 0, isLast: false) == .incomplete)
            #expect(record.isInQuote == isOpen, "\(text)")
        }
    }

    @Test func `quotes that are wrong are errors with their line`() {
        #expect(ReadText("a\n\"x\"y\nz\n", [("a", .string)]).problems == ["2 - has text behind a closing quote"])
        #expect(
            ReadText("a\r\n\"x\"y\r\nz,z\r\n", [("a", .string)]).problems
                == ["2 - has text behind a closing quote", "3 - has 2 fields, and the header has 1"])
        #expect(
            ReadText("a\nx\n\"y\n", [("a", .string)]).error?.message == "a.csv:3: a quote is opened and never closed")
        #expect(ReadText("a\nx\"y\n", [("a", .string)]).values[0] == [.string("x\"y")])
    }

    @Test func `a name twice is refused, and names are told apart by their bytes`() {
        #expect(
            ReadText("a,b,a\n1,2,3\n", [("b", .int64)]).error?.message
                == "column 'a' is there twice, as columns 1 and 3")
        let read = ReadText(
            "ID,id,a\u{308},\u{e4}\n1,2,3,4\n", [("id", .int64), ("\u{e4}", .int64), ("a\u{308}", .int64)])
        #expect(read.values == [[.int64(2)], [.int64(4)], [.int64(3)]])
    }

    @Test func `a column that the file lacks is null, and folders give values`() {
        let read = ReadText(
            "a\n1\n2\n", [("a", .int64), ("b", .int64), ("day", .date)], partitions: [("day", "2024-01-02")])
        #expect(read.values[1] == [.null, .null])
        #expect(read.values[2].count == 2 && read.values[2][0] == .date(CalendarDate(days: 19_724)))
        #expect(ReadText("a\n1\n", [("a", .int64)], partitions: [("a", "2")]).error != nil)
    }

    @Test func `a first line that is a row is no header`() {
        let read = ReadText("3,2024-01-02T00:00:00Z,3.5\n", [("id", .int64), ("x", .float64)])
        #expect(read.error?.message == "a.csv:1: the line names none of the columns that are read, and holds values")
        #expect(ReadText("a,b\n1,2\n", [("id", .int64)]).values == [[.null]], "a file may lack a column")
    }

    @Test func `empty files have no rows`() {
        for text in ["", "\u{feff}", "a,b\n", "a,b"] {
            let read = ReadText(text, [("a", .int64)])
            #expect(read.values == [[]] && read.error == nil && read.failures.isEmpty)
        }
    }

    @Test func `a byte order mark and other encodings are read`() {
        #expect(ReadText("\u{feff}a\n1\n", [("a", .int64)]).values[0] == [.int64(1)])
        let latin = ReadText(
            bytes: Array("a\n".utf8) + [0xE9, 0x0A], [("a", .string)], options: TextOptions(encoding: .latin1))
        #expect(latin.values[0] == [.string("é")])
        let windows = ReadText(
            bytes: Array("a\n".utf8) + [0x80, 0x0A], [("a", .string)], options: TextOptions(encoding: .windows1252))
        #expect(windows.values[0] == [.string("€")])
        let units = Array("\u{feff}a\n😀é\n".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(
            ReadText(bytes: units, [("a", .string)], options: TextOptions(encoding: .utf16)).values[0] == [
                .string("😀é")
            ])
        #expect(
            ReadText(bytes: Array("a\n".utf8) + [0xE9, 0x0A], [("a", .string)]).problems == ["2 a is no UTF-8 text"])
    }

    @Test(arguments: [
        ("epoch_seconds", "1.0000015"), ("epoch_milliseconds", "1000.0015"), ("epoch_microseconds", "1.5"),
    ])
    func `the digits of a count that microseconds cannot hold order rows too`(_ unit: String, _ text: String) throws {
        let column = TextColumn(
            name: "t", type: .timestamp, pattern: TimePattern(unit), rounding: .up, part: .cutNanoseconds)
        let reader = TextReader(
            .csv, ReadText.source(Array("t\n\(text)\n".utf8), 7), named: "a",
            TextReader.Request(columns: [column], options: .plain), failures: ReadingFailures())
        #expect(try reader.next(10)?.columns[0].values == [.int32(-500)])
        #expect(TimePattern(unit)?.mayHoldNanoseconds == true)
    }

    @Test func `an exponent of however many digits makes a float nothing, or is beyond the type`() {
        let read = ReadText(
            "x\n1e-99999999999999999999\n0e+99999999999999999999\n1e99999999999999999999\n1e-9999999999999999999x\n",
            [("x", .float64)])
        #expect(read.values == [[.float64(0), .float64(0), .null, .null]])
        #expect(read.problems == ["4 x is no float64", "5 x is no float64"])
    }

    @Test(arguments: 1...4) func `the mark of the encoding is left out, in however many pieces it comes`(_ step: Int) {
        let read = ReadText(bytes: Array("\u{FEFF}a\n1\n".utf8), [("a", .int64)], pieceBytes: step)
        #expect(read.values == [[.int64(1)]] && read.problems.isEmpty && read.error == nil)
        #expect(ReadText(bytes: [0xEF, 0xBB], [("a", .int64)], pieceBytes: step).values == [[]])
    }

    @Test func `a name that begins with a mark of the encoding is written so that it reads back`() throws {
        let writer = CSVText(.plain)
        let bytes = try writer.record(["\u{FEFF}a", "b"]) + writer.record(["\u{FEFF}x", "y"])
        let read = ReadText(bytes: bytes, [("\u{FEFF}a", .string), ("b", .string)])
        #expect(read.values == [[.string("\u{FEFF}x")], [.string("y")]])
    }

    @Test(arguments: [Source.FileFormat.csv, .json])
    func `a value that is read in several ways is told once`(_ format: Source.FileFormat) throws {
        let columns = [
            TextColumn(name: "t", type: .timestamp, day: .start), TextColumn(name: "t", type: .timestamp, day: .end),
            TextColumn(name: "t", type: .timestamp, part: .cutNanoseconds),
        ]
        let text = format == .csv ? "t\n2024-01-05\nnope\n" : "{\"t\": \"2024-01-05\"}\n{\"t\": {}}\n"
        let failures = ReadingFailures()
        let reader = TextReader(
            format, ReadText.source(Array(text.utf8), 7), named: "a",
            TextReader.Request(columns: columns, options: .plain), failures: failures)
        let batch = try #require(try reader.next(10))
        #expect(batch.columns[0].values[1] == .null && batch.columns[1].values[1] == .null)
        #expect(failures.count == 1 && failures.first.count == 1)
    }

    @Test func `a value that cannot be read is told, also where its digits are read first`() throws {
        let columns = [
            TextColumn(name: "t", type: .timestamp, part: .cutNanoseconds),
            TextColumn(name: "t", type: .timestamp, part: .readability),
            TextColumn(name: "t", type: .timestamp, day: .end),
        ]
        let failures = ReadingFailures()
        let reader = TextReader(
            .csv, ReadText.source(Array("t\nnope\n".utf8), 7), named: "a",
            TextReader.Request(columns: columns, options: .plain), failures: failures)
        _ = try reader.next(10)
        #expect(failures.count == 1)
    }

    @Test func `twenty places of a column are told, then a count`() throws {
        let read = ReadText("n\n" + String(repeating: "x\n", count: 50), [("n", .int64)])
        let error = try #require(read.failures.error(subject: "source s"))
        #expect(error.details.count == 20)
        #expect(error.details.last == "column n: 30 more values could not be read")
        #expect(error.message == "a.csv:2: column n: the value is no int64")
    }
}
