// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A part of a text file that begins and ends with whole rows.
public struct TextPiece: Sendable {
    let bytes: [UInt8]
    /// The line of the file on which it begins, from 1.
    let line: Int
    /// The names of the columns; nil where the piece begins with them, and for JSON lines.
    let names: [String]?
}

/// Cuts a text file into pieces, so that several threads can read one file.
///
/// Nothing is guessed about quotes: where a piece holds any, its records are followed from one to the next, and only what
/// they leave over is cut off. So each row is in one piece, as one thread would have read it. Used by one thread at a time.
public final class TextCutter {
    private let source: Transcoder
    private let format: Source.FileFormat
    private var record: CSVRecord
    private let pieceBytes: Int
    private var rest: [UInt8] = []
    private var isLast = false
    private var line = 1
    private var isFirst = true
    private var names: [String]?

    /// The usual size of a piece.
    public static let usualBytes = 4 << 20

    /// Cuts the bytes of a file.
    public init(
        _ format: Source.FileFormat, _ source: @escaping ByteSource, named file: String, _ options: TextOptions,
        pieceBytes: Int = usualBytes
    ) {
        self.source = Transcoder(source, options.encoding, file: file)
        self.format = format
        self.pieceBytes = pieceBytes
        record = CSVRecord(delimiter: options.delimiter)
        record.mostFields = CSVHeader.mostColumns
    }

    /// The next piece; nil behind the last.
    public func next() throws(TallyError) -> TextPiece? {
        var wanted = pieceBytes
        while true {
            while !isLast, rest.count < wanted {
                let bytes = try source.next()
                if bytes.isEmpty { isLast = true } else { rest.append(contentsOf: bytes) }
            }
            if isLast { return rest.isEmpty ? nil : piece(upTo: rest.count, lines: 0) }
            let rows = lastRow()
            if rows.end > 0 { return piece(upTo: rows.end, lines: rows.lines) }
            // A record of that length is a quote that never ends, which its reader tells.
            if format != .json, rest.count >= CSVRows.longestRecord { return piece(upTo: rest.count, lines: 0) }
            // What holds no whole row is looked through again: once there is twice as much of it.
            wanted = 2 * rest.count
        }
    }

    private func piece(upTo end: Int, lines: Int) -> TextPiece {
        defer {
            isFirst = false
            line += lines
            rest.removeSubrange(..<end)
        }
        guard format != .json, isFirst else { return TextPiece(bytes: Array(rest[..<end]), line: line, names: names) }
        // The first piece tells its names itself; all others are told them.
        if record.read(rest.span, from: 0, isLast: isLast) != .incomplete {
            names = CSVRows.texts(rest.span, record)
        }
        return TextPiece(bytes: Array(rest[..<end]), line: line, names: nil)
    }

    /// The end of the last whole row, and the number of lines up to there; 0 when no row is whole.
    private struct Rows {
        var end = 0
        var lines = 0
    }

    private func lastRow() -> Rows {
        let marks = Marks(rest.span)
        if format != .json, marks.quotes > 0 { return lastRecord() }
        let bytes = rest
        return Self.lastLine(bytes.span, marks, endsAtReturns: format != .json)
    }

    private static func lastLine(
        _ bytes: Span<UInt8>, _ marks: Marks, endsAtReturns: Bool
    ) -> Rows {
        let end = behindLast(0x0A, bytes, bytes.count)
        guard endsAtReturns, marks.returns > 0 else { return Rows(end: end, lines: marks.feeds) }
        // Behind a carriage return at the very end there may come its line feed.
        let last = end > 0 ? end : behindLast(0x0D, bytes, bytes.count - 1)
        var lines = marks.feeds
        for index in 0..<last where bytes[index] == 0x0D && (index + 1 == last || bytes[index + 1] != 0x0A) {
            lines += 1
        }
        return Rows(end: last, lines: lines)
    }

    /// The number of bytes of each kind that may begin or end something.
    private struct Marks {
        var quotes = 0
        var feeds = 0
        var returns = 0

        init(_ bytes: Span<UInt8>) {
            for index in bytes.indices {
                let byte = bytes[index]
                quotes &+= byte == 0x22 ? 1 : 0
                feeds &+= byte == 0x0A ? 1 : 0
                returns &+= byte == 0x0D ? 1 : 0
            }
        }
    }

    /// Finds the end of the last whole row by following each record.
    private func lastRecord() -> Rows {
        var rows = Rows()
        while rows.end < rest.count {
            let next: Int
            switch record.read(rest.span, from: rows.end, isLast: false) {
            case .at(let place), .textBehindQuote(let place): next = place
            case .incomplete, .openQuote: return rows
            }
            rows.end = next
            rows.lines += 1 + record.innerLines
        }
        return rows
    }

    private static func behindLast(_ byte: UInt8, _ bytes: Span<UInt8>, _ count: Int) -> Int {
        var index = count
        while index > 0, bytes[index - 1] != byte { index -= 1 }
        return index
    }
}
