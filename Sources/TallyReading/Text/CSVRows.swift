// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The rows of a CSV file: its first record names the columns, every other one has as many fields.
///
/// An empty line is no row, unless the file has one column, where it is a null.
final class CSVRows: RowSource {
    private let source: Transcoder
    private let takers: [ValueTaker]
    private let place: TextReader.Place
    private var record: CSVRecord
    private var buffer: [UInt8] = []
    private var start = 0
    private var isLast = false
    /// The line on which the next record begins, from 1.
    private var line: Int
    private let given: [String]?
    private(set) var names: [String]?
    /// For each taker the field that it takes; nil where the file has none.
    private var fields: [Int?] = []
    private var fixed: [[UInt8]?] = []

    /// A record longer than this is taken for a quote that never ends.
    static let longestRecord = 1 << 28

    /// Reads from the beginning of a file, or a piece of one: `given` are its names, and it begins on `line`.
    init(
        _ source: Transcoder, _ takers: [ValueTaker], _ place: TextReader.Place, delimiter: UInt8,
        given: [String]? = nil, line: Int = 1
    ) {
        self.given = given
        self.line = line
        self.source = source
        self.takers = takers
        self.place = place
        record = CSVRecord(delimiter: delimiter)
    }

    /// The names of the columns; empty for an empty file.
    ///
    /// `E-invalid-data` for a name that stands twice.
    func header() throws(TallyError) -> [String] {
        if let names { return names }
        var found = given ?? []
        record.mostFields = CSVHeader.mostColumns
        if given == nil, try advance() {
            try CSVHeader.expectFew(record.fieldCount, file: place.file)
            found = Self.texts(buffer.span, record)
            try finishRecord()
        }
        try CSVHeader.check(found, file: place.file)
        try CSVHeader.expectNames(found, of: takers.map(\.column.name), file: place.file)
        names = found
        record.mostFields = max(1, found.count)
        if !takers.isEmpty {
            let places = Dictionary(
                found.enumerated().map { (Array($1.utf8), $0) }, uniquingKeysWith: { first, _ in first })
            fields = takers.map { places[Array($0.column.name.utf8)] }
        }
        if let error = place.collision(with: found) { throw error }
        fixed = takers.map { taker in place.partition(taker.column.name)?.value.map { Array($0.utf8) } }
        return found
    }

    func take(_ limit: Int) throws(TallyError) -> Int {
        let width = try header().count
        guard width > 0 else { return 0 }
        var count = 0
        while count < limit, try advance() {
            if record.isBlank, width > 1 {
                try finishRecord()
                continue
            }
            // A line that is no row gives none: nulls for it would cost as much as all columns of a row.
            if record.fieldCount == width {
                takeFields(buffer.span)
                count += 1
            } else {
                fail("has \(record.fieldCount) fields, and the header has \(width)")
            }
            try finishRecord()
        }
        return count
    }

    private var end = CSVRecord.End.incomplete

    /// Reads the next record; false at the end of the file.
    private func advance() throws(TallyError) -> Bool {
        var enough = 0
        while true {
            if start < buffer.count, buffer.count - start >= enough || isLast {
                end = record.read(buffer.span, from: start, isLast: isLast)
                if end != .incomplete {
                    if end == .openQuote { throw openQuote() }
                    return true
                }
                guard buffer.count - start < Self.longestRecord else { throw tooLong() }
                // A record that is not whole is read from its beginning again: once there is twice as much of it.
                enough = min(2 * (buffer.count - start), Self.longestRecord)
            } else if start >= buffer.count, isLast {
                return false
            }
            buffer.removeSubrange(..<start)
            start = 0
            let piece = try source.next()
            if piece.isEmpty { isLast = true } else { buffer.append(contentsOf: piece) }
        }
    }

    private func finishRecord() throws(TallyError) {
        switch end {
        case .at(let next): start = next
        case .textBehindQuote(let next):
            place.failures.add(
                file: place.file, line: line, column: nil, problem: "has text behind a closing quote", text: [])
            start = next
        case .incomplete, .openQuote: break
        }
        line += 1 + record.innerLines
    }

    private func openQuote() -> TallyError {
        TallyError(
            .invalidData, "\(place.file):\(line): a quote is opened and never closed", subject: nil,
            help: "close it, or double it if it is part of the text")
    }

    /// A record beyond the bound; where a quote in it is open, that one most likely never ends.
    private func tooLong() -> TallyError {
        guard !record.isInQuote else { return openQuote() }
        return TallyError(
            .invalidData, "\(place.file):\(line): the line has more than \(Self.longestRecord) bytes", subject: nil,
            help: "end each row with a line feed")
    }

    private func fail(_ problem: String) {
        // The line behind a wrong quote is told once, for its quote.
        if case .textBehindQuote = end { return }
        place.failures.add(file: place.file, line: line, column: nil, problem: problem, text: [])
    }

    private func takeFields(_ bytes: Span<UInt8>) {
        for (index, taker) in takers.enumerated() {
            let problem: String?
            let text: Range<Int>
            if let number = fields[index] {
                let field = record.fields[number]
                text = field.range
                if field.isDoubled {
                    let plain = CSVRecord.undoubled(bytes.extracting(field.range))
                    problem = taker.take(field: plain.span, isQuoted: true)
                } else {
                    problem = taker.take(field: bytes.extracting(field.range), isQuoted: field.isQuoted)
                }
            } else if let value = fixed[index] {
                text = 0..<0
                problem = taker.take(field: value.span, isQuoted: taker.column.type == .string)
            } else {
                taker.sink.appendNull()
                continue
            }
            guard let problem else { continue }
            var found: [UInt8] = []
            for place in text { found.append(bytes[place]) }
            place.failures.add(
                file: place.file, line: line, column: taker.column.name, problem: problem, text: found)
        }
    }

    static func texts(_ bytes: Span<UInt8>, _ record: CSVRecord) -> [String] {
        record.fields.map { field in
            let raw = bytes.extracting(field.range)
            var plain: [UInt8] = []
            if field.isDoubled {
                plain = CSVRecord.undoubled(raw)
            } else {
                for index in raw.indices { plain.append(raw[index]) }
            }
            return String(decoding: plain, as: UTF8.self)
        }
    }
}

/// The requirements on a header.
enum CSVHeader {
    /// The columns that a file may have: more than any table has, and a bound for memory.
    static let mostColumns = 1 << 18

    /// Throws `E-invalid-data` for more columns than a file may have.
    static func expectFew(_ count: Int, file: String) throws(TallyError) {
        guard count > mostColumns else { return }
        throw TallyError(
            .invalidData, "\(file):1: the header has \(count) columns, and a file may have \(mostColumns)",
            help: "keep the columns that are read, or say how fields are told apart (`delimiter`)")
    }

    /// Throws `E-invalid-data` for a first line that is a row: it names no column that is read, and holds a number or a time.
    static func expectNames(_ names: [String], of wanted: [String], file: String) throws(TallyError) {
        guard !wanted.isEmpty else { return }
        let wanted = Set(wanted.map { Array($0.utf8) })
        guard !names.contains(where: { wanted.contains(Array($0.utf8)) }), names.contains(where: isValue) else {
            return
        }
        throw TallyError(
            .invalidData, "\(file):1: the line names none of the columns that are read, and holds values",
            help: "write the names of the columns in the first line of each file")
    }

    private static func isValue(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return NumberText.double(bytes.span, mark: UInt8(ascii: ".")) != nil || TimeText.iso(bytes.span) != nil
    }

    /// Throws `E-invalid-data` for a column without a name and for a name that occurs twice, by its bytes.
    static func check(_ names: [String], file: String) throws(TallyError) {
        var seen: [[UInt8]: Int] = [:]
        for (index, name) in names.enumerated() {
            if name.isEmpty, names.count == 1 { continue }
            if let before = seen.updateValue(index, forKey: Array(name.utf8)) {
                throw TallyError(
                    .invalidData, "column '\(name)' is there twice, as columns \(before + 1) and \(index + 1)",
                    subject: file, help: "give the columns of a file names of their own")
            }
        }
    }
}
