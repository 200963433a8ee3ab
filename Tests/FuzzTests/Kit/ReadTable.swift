// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

@testable import TallyReading

/// A text file as some columns, read by one thread or in pieces.
struct ReadTable: Equatable {
    var values: [[Value]] = []
    var problems: [String] = []
    var message: String?

    /// Reads a whole file, of which the system gives so many bytes at a time.
    init(_ format: Source.FileFormat, _ bytes: [UInt8], _ request: TextReader.Request, step: Int) {
        read(request) { (table, failures) throws(TallyError) in
            try table.take(
                TextReader(format, Self.source(bytes, step), named: "f", request, failures: failures))
        }
    }

    /// Reads a file that is cut into pieces.
    init(_ format: Source.FileFormat, _ bytes: [UInt8], _ request: TextReader.Request, step: Int, pieceBytes: Int) {
        read(request) { (table, failures) throws(TallyError) in
            let cutter = TextCutter(
                format, Self.source(bytes, step), named: "f", request.options, pieceBytes: pieceBytes)
            while let piece = try cutter.next() {
                try table.take(TextReader(format, piece, named: "f", request, failures: failures))
            }
        }
    }

    private mutating func read(
        _ request: TextReader.Request, _ body: (inout ReadTable, ReadingFailures) throws(TallyError) -> Void
    ) {
        values = request.columns.map { _ in [] }
        let failures = ReadingFailures()
        do throws(TallyError) {
            try body(&self, failures)
        } catch {
            // A file that cannot be cut into rows gives its error, whatever rows came before.
            values = []
            message = error.message
        }
        problems = failures.first.map { "\($0.line) \($0.column ?? "-") \($0.problem)" }
    }

    private mutating func take(_ reader: TextReader) throws(TallyError) {
        while let batch = try reader.next(3) {
            for (index, column) in batch.columns.enumerated() { values[index] += column.values }
        }
    }

    /// The bytes in steps.
    static func source(_ bytes: [UInt8], _ step: Int) -> ByteSource {
        var rest = bytes[...]
        return { () throws(TallyError) in
            let piece = Array(rest.prefix(step))
            rest = rest.dropFirst(step)
            return piece
        }
    }

    /// NaN is the same as itself here.
    static func == (left: ReadTable, right: ReadTable) -> Bool {
        guard left.message == nil, right.message == nil else { return left.message == right.message }
        return left.problems == right.problems && left.values.count == right.values.count
            && zip(left.values, right.values).allSatisfy { one, other in
                one.count == other.count && zip(one, other).allSatisfy { $0.isIdentical(to: $1) }
            }
    }

    /// Where another table differs first, for a finding.
    func difference(from other: ReadTable) -> String {
        if message != other.message { return "'\(message ?? "-")' and '\(other.message ?? "-")'" }
        if problems != other.problems { return "\(problems) and \(other.problems)" }
        for (index, (one, two)) in zip(values, other.values).enumerated() {
            if one.count != two.count { return "\(one.count) and \(two.count) rows" }
            guard let row = one.indices.first(where: { !one[$0].isIdentical(to: two[$0]) }) else { continue }
            return "\(one[row]) and \(two[row]) in row \(row) of column \(index)"
        }
        return "\(values.count) and \(other.values.count) columns"
    }

    /// The types that a look gives the columns; nil where the file cannot be read.
    static func look(_ format: Source.FileFormat, _ bytes: [UInt8], _ options: TextOptions, step: Int) -> [TextColumn]?
    {
        let failures = ReadingFailures()
        let look = TextLook(format, options: options, declared: [], failures: failures)
        do throws(TallyError) {
            try look.add("f") { () throws(TallyError) in source(bytes, step) }
        } catch {
            return nil
        }
        // What could not be read then was not looked at, and is told.
        guard failures.isEmpty else { return nil }
        return look.columns.map { column in
            TextColumn(
                name: column.name, type: column.type,
                pattern: options.format(of: column.name).flatMap { TimePattern($0) })
        }
    }
}
