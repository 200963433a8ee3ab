// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

@testable import TallyReading

/// A CSV file behind four bytes that choose how it is read.
///
/// Pieces give what the whole gives; a plain parser finds the same texts; guessed types fit; what is written reads back.
struct CSVTarget: FuzzTarget {
    static let name = "CSV"
    let words = [
        "\"", "\"\"", "\r\n", "\r", "\n", ",", ";", "\t", "NA", "\u{FEFF}", "2024-01-31", "2024-01-31T10:30:00.5+02:00",
        "[1, null]",
        "\\xFF", "1,5", "-1e3", "nan", "true", "20240131", "\"a\nb\"",
    ]

    private static let types: [DataType] = [
        .string, .int64, .float64, .timestamp, .bool, .int32, .float32, .date, .bytes, .array(.string), .array(.int64),
    ]

    init(folder: String) {}

    var seeds: [[UInt8]] {
        let files = [
            "a,b,c\nx,1,2.5\n\"y, z\",NA,\n\"q\"\"q\",2,\"l\nm\"\n",
            "t;u\r\n2024-01-31T10:30:00Z;true\r\n2024-02-01;no\r\n",
            "n\n\n1\n\n2", "a\tb\r\"x\"\t[1, null]\r[]\t\\xFF", "\u{FEFF}k,k2\n1,2,3\n4\n",
            "d,v\n20240131,7\n20240201,\n",
        ]
        return files.enumerated().map { index, file in
            [UInt8([0, 1, 0, 2, 0, 16][index]), UInt8(index), 3, 8] + Array(file.utf8)
        } + [[4, 0, 0, 0, 0xFF, 0xFE, 0x61, 0, 0x0A, 0, 0x31, 0, 0x0A, 0]]
    }

    func run(_ input: [UInt8]) throws {
        var input = FuzzInput(input)
        let (choice, first, pieceBytes, step) = (
            input.byte(), input.byte(), Int(input.byte()) + 1, Int(input.byte()) + 1
        )
        let options = TextOptions(
            nulls: choice & 32 == 0 ? ["NA"] : [], trims: choice & 64 != 0,
            decimal: choice & 128 == 0 ? .point : .comma,
            timeFormat: choice & 16 == 0 ? nil : "yyyyMMdd", delimiter: [0x2C, 0x3B, 0x09, 0x7C][Int(choice & 3)],
            encoding: TextOptions.Encoding.allCases[[0, 3, 1, 2][Int(choice >> 2 & 3)]])
        let bytes = Array(input.rest)
        guard
            let header = try? TextLook.header(ReadTable.source(bytes, step), named: "f", options), !header.isEmpty,
            header.count <= 50
        else { return }
        let columns = header.enumerated().map { index, name in
            TextColumn(
                name: name, type: Self.types[(Int(first) + index) % Self.types.count],
                pattern: options.timeFormat.flatMap { TimePattern($0) })
        }
        let request = TextReader.Request(columns: columns, options: options)
        let whole = ReadTable(.csv, bytes, request, step: bytes.count + 1)
        let stepped = ReadTable(.csv, bytes, request, step: step)
        try FuzzFinding.unless(
            stepped == whole, "read in steps of \(step): \(stepped.difference(from: whole))")
        let cut = ReadTable(.csv, bytes, request, step: step, pieceBytes: pieceBytes)
        try FuzzFinding.unless(cut == whole, "in pieces of \(pieceBytes): \(cut.difference(from: whole))")
        try guesses(bytes, options, whole)
        let texts = TextReader.Request(columns: header.map { TextColumn(name: $0, type: .string) }, options: options)
        let read = ReadTable(.csv, bytes, texts, step: bytes.count + 1)
        if read.problems.isEmpty, read.message == nil { try writes(read, header, texts) }
        if options.encoding == .utf8, options.nulls.isEmpty, !options.trims {
            try compare(read, bytes, options.delimiter)
        }
    }

    /// Every value fits the type that a look at all of them gave.
    private func guesses(_ bytes: [UInt8], _ options: TextOptions, _ whole: ReadTable) throws {
        guard let columns = ReadTable.look(.csv, bytes, options, step: 1_000) else { return }
        let table = ReadTable(
            .csv, bytes, TextReader.Request(columns: columns, options: options), step: bytes.count + 1)
        let wrong = table.problems.filter { $0.contains(" is no ") && !$0.hasSuffix("is no UTF-8 text") }
        try FuzzFinding.unless(wrong.isEmpty, "a guessed type does not fit: \(wrong)")
        if whole.message == nil {
            try FuzzFinding.unless(table.message == nil, "what can be read cannot be guessed: \(table.message ?? "")")
        }
    }

    /// The texts and nulls that were read can be written, and read again.
    private func writes(_ read: ReadTable, _ header: [String], _ request: TextReader.Request) throws {
        guard !request.options.trims else { return }
        let writer = CSVText(request.options)
        var bytes = writer.start
        do throws(TallyError) {
            bytes += try writer.record(header)
            for row in 0..<(read.values.first?.count ?? 0) {
                bytes += try writer.record(
                    read.values.map { column in
                        if case .string(let text) = column[row] { text } else { nil }
                    })
            }
        } catch {
            // A byte that Windows leaves open is read as a control character.
            return
        }
        let again = ReadTable(.csv, bytes, request, step: bytes.count + 1)
        try FuzzFinding.unless(
            again == read, "what was written reads otherwise: \(again.problems) \(again.message ?? "")")
    }

    /// The same by a parser that knows nothing of pieces: the slow twin.
    private func compare(_ read: ReadTable, _ bytes: [UInt8], _ delimiter: UInt8) throws {
        guard read.message == nil, read.problems.isEmpty, let records = PlainCSV.records(bytes, delimiter) else {
            return
        }
        let width = records.first?.count ?? 0
        let rows = records.dropFirst().filter { width == 1 || $0.count > 1 || $0[0] != nil }
        let expected = (0..<width).map { column in
            rows.map { row in
                column < row.count
                    ? row[column].map { Value.string(String(decoding: $0, as: UTF8.self)) } ?? .null : .null
            }
        }
        try FuzzFinding.unless(
            read.values.count == expected.count
                && zip(read.values, expected).allSatisfy { one, other in
                    one.count == other.count && zip(one, other).allSatisfy { $0.isIdentical(to: $1) }
                }, "a plain parser reads other values")
    }
}

/// RFC 4180 byte by byte, with ends of lines of any kind.
enum PlainCSV {
    /// The fields of each record, nil for null; nil as a whole for a file with wrong quotes.
    static func records(_ bytes: [UInt8], _ delimiter: UInt8) -> [[[UInt8]?]]? {
        var bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        var records: [[[UInt8]?]] = []
        while !bytes.isEmpty {
            var record: [[UInt8]?] = []
            while true {
                var field: [UInt8] = []
                var isQuoted = false
                if bytes.first == 0x22 {
                    isQuoted = true
                    bytes.removeFirst()
                    while true {
                        guard let byte = bytes.popFirst() else { return nil }
                        if byte == 0x22 {
                            guard bytes.first == 0x22 else { break }
                            bytes.removeFirst()
                        }
                        field.append(byte)
                    }
                    if let next = bytes.first, next != delimiter, next != 0x0A, next != 0x0D { return nil }
                } else {
                    while let byte = bytes.first, byte != delimiter, byte != 0x0A, byte != 0x0D {
                        field.append(byte)
                        bytes.removeFirst()
                    }
                }
                record.append(field.isEmpty && !isQuoted ? nil : field)
                guard bytes.first == delimiter else { break }
                bytes.removeFirst()
            }
            if bytes.popFirst() == 0x0D, bytes.first == 0x0A { bytes.removeFirst() }
            records.append(record)
        }
        return records
    }
}
