// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

@testable import TallyReading

/// A file of JSON lines behind three bytes that choose how it is read.
///
/// Pieces give what the whole gives; the general reader finds the same texts; guessed types fit.
struct JSONLinesTarget: FuzzTarget {
    static let name = "JSONLines"
    let words = [
        "{\"", "\":", "\"a\":", "null", "true", "[1,", "\\n", "\\u00e9", "\\ud83d\\ude00", "\\ud800", "}\n{", "NaN",
        "-Infinity", "1e400",
        "\"2024-01-31\"", "\"NA\"", "\u{FEFF}", "\r\n", "{}", "9223372036854775807",
    ]

    private static let types: [DataType] = [
        .string, .int64, .float64, .timestamp, .bool, .array(.string), .date, .float32, .bytes, .array(.array(.int64)),
    ]

    init(folder: String) {}

    var seeds: [[UInt8]] {
        [
            "{\"a\":\"x\\n\",\"b\":1,\"c\":null}\n{\"b\":2}\n\n  \nno object\n{\"a\":\"x\",\"a\":\"y\"}\n",
            "{\"t\":\"2024-01-31T10:30:00Z\",\"f\":1.5}\r\n{\"f\":NaN,\"t\":\"2024-02-01\"}",
            "{\"l\":[\"a\",null],\"o\":{\"p\":1}}\n{\"l\":[]}",
            "\u{FEFF}{\"caf\\u00e9\":true}\n{\"caf\u{E9}\":false}",
        ].enumerated().map { [UInt8($0.offset), UInt8($0.offset), 7] + Array($0.element.utf8) }
    }

    func run(_ input: [UInt8]) throws {
        var input = FuzzInput(input)
        let (choice, first, pieceBytes) = (input.byte(), input.byte(), Int(input.byte()) + 1)
        let options = TextOptions(
            nulls: choice & 1 == 0 ? ["NA"] : [], trims: choice & 2 != 0,
            timeFormat: choice & 4 == 0 ? nil : "yyyyMMdd",
            encoding: choice & 24 == 8 ? .utf16 : .utf8)
        let bytes = Array(input.rest)
        let step = Int(choice >> 5) + 1
        guard let guessed = ReadTable.look(.json, bytes, options, step: step), guessed.count <= 50 else { return }
        let columns = guessed.enumerated().map { index, column in
            TextColumn(
                name: column.name, type: Self.types[(Int(first) + index) % Self.types.count], pattern: column.pattern)
        }
        let request = TextReader.Request(columns: columns, options: options)
        let whole = ReadTable(.json, bytes, request, step: bytes.count + 1)
        let stepped = ReadTable(.json, bytes, request, step: step)
        try FuzzFinding.unless(
            stepped == whole, "read in steps of \(step): \(stepped.difference(from: whole))")
        let cut = ReadTable(.json, bytes, request, step: step, pieceBytes: pieceBytes)
        try FuzzFinding.unless(cut == whole, "in pieces of \(pieceBytes): \(cut.difference(from: whole))")
        let table = ReadTable(
            .json, bytes, TextReader.Request(columns: guessed, options: options), step: bytes.count + 1)
        let wrong = table.problems.filter {
            !$0.hasSuffix("is no JSON object") && !$0.hasSuffix("twice in its line")
                && !$0.hasSuffix("is no UTF-8 text")
        }
        // What is no text is told as such only where it is no part of a list.
        try FuzzFinding.unless(wrong.allSatisfy { $0.contains("string>") }, "a guessed type does not fit: \(wrong)")
        if options.encoding == .utf8, options.nulls.isEmpty, !options.trims { try compare(bytes, guessed.map(\.name)) }
    }

    /// Texts and nulls of lines that the general reader takes.
    private func compare(_ bytes: [UInt8], _ names: [String]) throws {
        let request = TextReader.Request(columns: names.map { TextColumn(name: $0, type: .string) }, options: .plain)
        let read = ReadTable(.json, bytes, request, step: bytes.count + 1)
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        let lines = content.split(separator: 0x0A).filter { line in
            line.contains { ![0x20, 0x09, 0x0D].contains($0) }
        }
        try FuzzFinding.unless(
            read.values.allSatisfy { $0.count == lines.count }, "\(lines.count) lines, other rows")
        for (row, line) in lines.enumerated() {
            guard let text = String(validating: line, as: UTF8.self), let json = try? JSON(parsing: text),
                json.objectValue != nil
            else { continue }
            for (column, name) in names.enumerated() {
                switch json[name] {
                case .string(let text)?:
                    try FuzzFinding.unless(
                        read.values[column][row].isIdentical(to: .string(text)), "another text of \(name) in row \(row)"
                    )
                case .null?, nil:
                    try FuzzFinding.unless(read.values[column][row].isNull, "\(name) is null in row \(row), and is not")
                case .bool?, .int?, .double?, .array?, .members?:
                    try FuzzFinding.unless(
                        !read.values[column][row].isNull, "\(name) is not null in row \(row), and is")
                }
            }
        }
    }
}
