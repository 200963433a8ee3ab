// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

@testable import TallyReading

/// A file in memory, read as some columns.
struct ReadText {
    var values: [[Value]] = []
    let failures = ReadingFailures()
    var error: TallyError?

    /// Reads a text whole, in pieces of a few bytes so that every border falls somewhere.
    init(
        _ text: String, _ columns: [(String, DataType)], format: Source.FileFormat = .csv,
        options: TextOptions = .plain, pieceBytes: Int = 7, partitions: [(name: String, value: String?)] = []
    ) {
        self.init(
            bytes: Array(text.utf8), columns, format: format, options: options, pieceBytes: pieceBytes,
            partitions: partitions)
    }

    init(
        bytes: [UInt8], _ columns: [(String, DataType)], format: Source.FileFormat = .csv,
        options: TextOptions = .plain, pieceBytes: Int = 7, partitions: [(name: String, value: String?)] = []
    ) {
        let request = TextReader.Request(
            columns: columns.map { name, type in
                TextColumn(name: name, type: type, pattern: options.format(of: name).flatMap { TimePattern($0) })
            }, options: options)
        values = columns.map { _ in [] }
        let reader = TextReader(
            format, ReadText.source(bytes, pieceBytes), named: "a.csv", request, partitions: partitions,
            failures: failures)
        do throws(TallyError) {
            while let batch = try reader.next(3) {
                for (index, column) in batch.columns.enumerated() { values[index] += column.values }
            }
        } catch {
            self.error = error
        }
    }

    /// The bytes in pieces.
    static func source(_ bytes: [UInt8], _ pieceBytes: Int) -> ByteSource {
        var rest = bytes[...]
        return { () throws(TallyError) in
            let piece = Array(rest.prefix(pieceBytes))
            rest = rest.dropFirst(pieceBytes)
            return piece
        }
    }

    /// The failures as `line column problem`.
    var problems: [String] { failures.first.map { "\($0.line) \($0.column ?? "-") \($0.problem)" } }
}
