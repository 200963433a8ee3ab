// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Describes text files as one table: its columns, and the types that undeclared ones look like.
public final class TextLook {
    private let format: Source.FileFormat
    private let options: TextOptions
    private let declared: [[UInt8]: DataType]
    private let failures: ReadingFailures
    private var order: [[UInt8]] = []
    private var known: [[UInt8]: Known] = [:]
    private var files: [String] = []
    private var guesses: [[UInt8]: TypeGuess] = [:]
    private var isLookedInto: [[UInt8]: Bool] = [:]

    /// A column, and the files that lack it.
    private struct Known {
        let name: String
        /// The last file that has it, by its place.
        var last: Int
        var missing = ColumnGap.Files()
    }

    /// Starts a look; `declared` columns keep their types and are not looked into.
    public init(
        _ format: Source.FileFormat, options: TextOptions, declared: [ColumnSchema], failures: ReadingFailures
    ) {
        self.format = format
        self.options = options
        self.failures = failures
        var types: [[UInt8]: DataType] = [:]
        for column in declared { types[Array(column.name.utf8)] = column.type }
        self.declared = types
    }

    /// The names in a file's first line; empty for an empty file.
    public static func header(
        _ source: @escaping ByteSource, named file: String, _ options: TextOptions
    ) throws(TallyError) -> [String] {
        let place = TextReader.Place(file: file, failures: ReadingFailures(), partitions: [])
        return try CSVRows(
            Transcoder(source, options.encoding, file: file), [], place, delimiter: options.delimiter
        ).header()
    }

    /// Adds a file; `open` opens it each time that it is called.
    public func add(
        _ file: String, partitions: [(name: String, value: String?)] = [],
        open: () throws(TallyError) -> ByteSource
    ) throws(TallyError) {
        files.append(file)
        switch format {
        case .csv, .parquet: try addCSV(file, partitions, open)
        case .json: try addJSON(file, partitions, open)
        }
        add(partitions: partitions)
    }

    /// Adds what the folders of a file say.
    public func add(partitions: [(name: String, value: String?)]) {
        for (name, value) in partitions {
            var guess = guesses[note(name)] ?? TypeGuess(options, of: name)
            if let value {
                let bytes = Array(value.utf8)
                guess.see(field: bytes.span)
            }
            guesses[Array(name.utf8)] = guess
        }
    }

    /// Adds a file of which only the names of the columns matter.
    public func add(header: [String], of file: String, partitions: [(name: String, value: String?)] = []) {
        files.append(file)
        if header.isEmpty { files.removeLast() }
        for name in header { isLookedInto[note(name)] = false }
        add(partitions: partitions)
    }

    /// The columns in the order in which they first came; the type of one without values is text.
    ///
    /// A column that was looked into and has no value says so.
    public var columns: [(name: String, type: DataType, hasValues: Bool, isObjects: Bool)] {
        order.map { key in
            let guess = guesses[key]
            let isKnownEmpty = declared[key] == nil && isLookedInto[key] != false && guess?.type == nil
            return (
                known[key]?.name ?? "", declared[key] ?? guess?.type ?? .string, !isKnownEmpty,
                guess?.isObjects ?? false
            )
        }
    }

    /// The files that lack a column; nil where each has it.
    ///
    /// An empty file has no columns, and lacks none.
    public func gap(of column: String) -> ColumnGap? {
        guard let known = known[Array(column.utf8)] else { return nil }
        var missing = known.missing
        missing.add(files[(known.last + 1)...])
        return ColumnGap(missing: missing, empty: ColumnGap.Files(), fileCount: files.count)
    }

    private func note(_ name: String) -> [UInt8] {
        let key = Array(name.utf8)
        note(key)
        return key
    }

    private func note(_ key: [UInt8]) {
        let place = files.count - 1
        let before = known[key]
        if before == nil { order.append(key) }
        var column = before ?? Known(name: String(decoding: key, as: UTF8.self), last: -1)
        // Folders say something of a file without a line, too.
        guard place > column.last || before == nil else { return }
        if place > column.last + 1 { column.missing.add(files[(column.last + 1)..<place]) }
        column.last = max(place, column.last)
        known[key] = column
    }

    private func addCSV(
        _ file: String, _ partitions: [(name: String, value: String?)], _ open: () throws(TallyError) -> ByteSource
    ) throws(TallyError) {
        let header = try Self.header(try open(), named: file, options)
        if header.isEmpty { files.removeLast() }
        try CSVHeader.expectNames(
            header, of: declared.keys.map { String(decoding: $0, as: UTF8.self) }, file: file)
        var sinks: [GuessSink] = []
        for name in header {
            let key = note(name)
            guard declared[key] == nil else { continue }
            sinks.append(GuessSink(name, key, guesses[key] ?? TypeGuess(options, of: name)))
        }
        let takers = sinks.map { ValueTaker(TextColumn(name: $0.name, type: .string), $0, options) }
        let rows = CSVRows(
            Transcoder(try open(), options.encoding, file: file), takers,
            TextReader.Place(file: file, failures: failures, partitions: partitions), delimiter: options.delimiter)
        while try rows.take(2_048) > 0 { for sink in sinks { sink.forget() } }
        for sink in sinks { guesses[sink.key] = sink.guess }
    }

    private func addJSON(
        _ file: String, _ partitions: [(name: String, value: String?)], _ open: () throws(TallyError) -> ByteSource
    ) throws(TallyError) {
        let place = TextReader.Place(file: file, failures: failures, partitions: partitions)
        let folders = partitions.map { Array($0.name.utf8) }
        let nulls = options.nulls.map { Array($0.utf8) }
        let members = MemberGuesses(declared, guesses, options)
        let rows = JSONRows(
            Transcoder(try open(), options.encoding, file: file), [], place
        ) { name, isEscaped, kind, token, text in
            let index = members.index(of: text.extracting(name), isEscaped)
            guard !members.isDeclared[index], !Self.isNull(kind, token, text, nulls) else { return }
            members.guesses[index].see(kind, token, text)
        }
        while try rows.take(2_048) > 0 {}
        for (index, name) in members.names.enumerated() {
            _ = note(String(decoding: name, as: UTF8.self))
            if !members.isDeclared[index] { guesses[name] = members.guesses[index] }
        }
        let doubled = members.names.filter { folders.contains($0) }.map { String(decoding: $0, as: UTF8.self) }
        if let error = place.collision(with: Array(doubled.prefix(1))) { throw error }
    }

    private static func isNull(
        _ kind: JSONScanner.Kind, _ token: Range<Int>, _ text: Span<UInt8>, _ nulls: [[UInt8]]
    ) -> Bool {
        guard case .text = kind, !nulls.isEmpty else { return false }
        return nulls.contains { null in
            guard null.count == token.count else { return false }
            for index in null.indices where text[token.lowerBound + index] != null[index] { return false }
            return true
        }
    }
}

/// A sink that examines the fields of a column and keeps none of them.
private final class GuessSink: ColumnSink {
    let name: String
    let key: [UInt8]
    private(set) var guess: TypeGuess

    init(_ name: String, _ key: [UInt8], _ guess: TypeGuess) {
        self.name = name
        self.key = key
        self.guess = guess
        super.init(.string)
    }

    override func append(_ text: Span<UInt8>) -> Bool {
        guard UTF8Text.isValid(text) else { return false }
        guess.see(field: text)
        mark()
        return true
    }

}

/// The members of a file of JSON lines in the order in which they first came, and what their values look like.
private final class MemberGuesses {
    private(set) var names: [[UInt8]] = []
    private(set) var isDeclared: [Bool] = []
    var guesses: [TypeGuess] = []
    private var places: [[UInt8]: Int] = [:]
    /// Lines mostly have their members in one order: the member behind the last is tried first.
    private var next = 0
    private let declared: [[UInt8]: DataType]
    private let known: [[UInt8]: TypeGuess]
    private let options: TextOptions

    init(_ declared: [[UInt8]: DataType], _ known: [[UInt8]: TypeGuess], _ options: TextOptions) {
        self.declared = declared
        self.known = known
        self.options = options
    }

    /// The place of a name.
    func index(of name: Span<UInt8>, _ isEscaped: Bool) -> Int {
        if next >= names.count { next = 0 }
        if !isEscaped, next < names.count, JSONRows.isSame(names[next], name) {
            next += 1
            return next - 1
        }
        let bytes = JSONRows.bytes(name, isEscaped)
        let place = places[bytes] ?? add(bytes)
        next = place + 1
        return place
    }

    private func add(_ name: [UInt8]) -> Int {
        places[name] = names.count
        names.append(name)
        isDeclared.append(declared[name] != nil)
        guesses.append(known[name] ?? TypeGuess(options, of: String(decoding: name, as: UTF8.self)))
        return names.count - 1
    }
}
