// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyReading

/// A file that is cut into pieces gives what it gives when it is read whole: the slow twin of each test here.
@Suite struct TextCutterTests {
    private static let columns: [(String, DataType)] = [("a", .string), ("b", .int64), ("c", .string)]

    /// What came of a file: its values by column, and what could not be read.
    private struct Outcome: Equatable {
        var values: [[Value]] = []
        var problems: [String] = []
        var message: String?
    }

    private func whole(_ bytes: [UInt8], _ format: Source.FileFormat, _ options: TextOptions) -> Outcome {
        let read = ReadText(bytes: bytes, Self.columns, format: format, options: options)
        // A file that cannot be cut into rows gives its error, whatever rows came before.
        return Outcome(
            values: read.error == nil ? read.values : [], problems: read.problems, message: read.error?.message)
    }

    private func cut(
        _ bytes: [UInt8], _ format: Source.FileFormat, _ options: TextOptions, pieceBytes: Int
    ) -> (outcome: Outcome, pieces: Int) {
        let failures = ReadingFailures()
        let request = TextReader.Request(
            columns: Self.columns.map { TextColumn(name: $0.0, type: $0.1) }, options: options)
        var outcome = Outcome(values: Self.columns.map { _ in [] })
        var count = 0
        do throws(TallyError) {
            let cutter = TextCutter(
                format, ReadText.source(bytes, 5), named: "a.csv", options, pieceBytes: pieceBytes)
            while let piece = try cutter.next() {
                count += 1
                let reader = TextReader(format, piece, named: "a.csv", request, failures: failures)
                while let batch = try reader.next(3) {
                    for (index, column) in batch.columns.enumerated() { outcome.values[index] += column.values }
                }
            }
        } catch {
            (outcome.values, outcome.message) = ([], error.message)
        }
        outcome.problems = failures.first.map { "\($0.line) \($0.column ?? "-") \($0.problem)" }
        return (outcome, count)
    }

    /// Fields, ends of lines and damage of every kind that a writer may leave.
    private func csv(_ random: inout SeededGenerator) -> [UInt8] {
        let fields = [
            "x", "", "12", "a b", "\"q\"", "\"with, comma\"", "\"two\nlines\"", "\"back\rand\r\nforth\"", "\"\"\"\"",
            "in\"side", "é\u{FEFF}", "\"\"", "\"open then closed\" rest", "99",
        ]
        let ends = ["\n", "\r\n", "\r", "\n\n", "\r\r"]
        var text = Bool.random(using: &random) ? "\u{FEFF}" : ""
        text += Bool.random(using: &random) ? "a,b,c" : "\"a\",b,\"c\""
        text += ends.prefix(3).randomElement(using: &random) ?? "\n"
        // Some files hold no quotes at all, or only one kind of line end.
        let isPlain = Bool.random(using: &random)
        let end = Int.random(in: 0..<6, using: &random)
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            let width = Int.random(in: 0..<12, using: &random) == 0 ? Int.random(in: 1...4, using: &random) : 3
            let row = (0..<width).map { _ -> String in
                let field = fields.randomElement(using: &random) ?? ""
                return isPlain && field.contains("\"") ? "plain" : field
            }
            text += row.joined(separator: ",")
            text += end < ends.count ? ends[end] : ends.randomElement(using: &random) ?? "\n"
        }
        if Int.random(in: 0..<8, using: &random) == 0 { text += "last,1,\"never closed\n" }
        return Array(text.utf8)
    }

    @Test(arguments: 0..<400)
    func `random files of CSV give the same rows and the same errors in pieces`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = csv(&random)
        let expected = whole(bytes, .csv, .plain)
        for pieceBytes in [1, 16, 64, 100_000] {
            #expect(cut(bytes, .csv, .plain, pieceBytes: pieceBytes).outcome == expected, "\(seed), \(pieceBytes)")
        }
    }

    @Test(arguments: 0..<200)
    func `random files of JSON lines give the same rows and the same errors in pieces`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let lines = [
            #"{"a": "x\n", "b": 1, "c": "\u00e9"}"#, #"{"b": 2}"#, "", "  ", "no object", #"{"a": "x", "a": "y"}"#,
            #"{"c": "z", "b": 1.5}"#, "{}\r",
        ]
        var text = Bool.random(using: &random) ? "\u{FEFF}" : ""
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            text += (lines.randomElement(using: &random) ?? "") + "\n"
        }
        if Bool.random(using: &random) { text += #"{"a": "the last without an end"}"# }
        let expected = whole(Array(text.utf8), .json, .plain)
        for pieceBytes in [1, 16, 64, 100_000] {
            #expect(cut(Array(text.utf8), .json, .plain, pieceBytes: pieceBytes).outcome == expected)
        }
    }

    @Test func `a large file has many pieces, and each but the last is of the size that was asked for`() {
        let bytes = Array(("a,b,c\n" + String(repeating: "x,1,y\n", count: 1_000)).utf8)
        let (outcome, pieces) = cut(bytes, .csv, .plain, pieceBytes: 600)
        #expect(outcome.values[1].count == 1_000)
        #expect(pieces >= 9 && pieces <= 11, "\(pieces)")
    }

    @Test func `other encodings are cut behind their characters`() {
        let options = TextOptions(encoding: .utf16)
        let text = "a,b,c\n" + String(repeating: "é😀,1,\"y\nz\"\n", count: 50)
        let bytes: [UInt8] = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(cut(bytes, .csv, options, pieceBytes: 40).outcome == whole(bytes, .csv, options))
        #expect(cut(bytes, .csv, options, pieceBytes: 40).pieces > 5)
    }

    @Test func `failures of one line are told in one order, whichever was found first`() {
        let names = ["", "b", "c", "d", "e", "f", nil]
        let orders = [names, names.reversed(), Array(names[3...] + names[..<3])].map { names in
            let failures = ReadingFailures()
            for name in names { failures.add(file: "a.csv", line: 1, column: name, problem: "is wrong", text: []) }
            return (failures.first.map(\.column), failures.error(subject: nil)?.debugDescription)
        }
        for order in orders {
            #expect(order.0 == [nil, "", "b", "c", "d", "e", "f"])
            #expect(order.1 == orders[0].1)
        }
    }

    @Test func `the places that are told are the first of the file, whichever is found first`() {
        let failures = ReadingFailures()
        for line in (1...100).reversed() {
            failures.add(file: "a.csv", line: line, column: "b", problem: "is no int64", text: [])
        }
        #expect(failures.first.map(\.line) == Array(1...20))
        #expect(failures.count == 100)
    }
}
