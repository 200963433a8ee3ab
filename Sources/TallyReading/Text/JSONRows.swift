// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The rows of a file of JSON lines: one object a line; an empty line is no row.
final class JSONRows: RowSource {
    private let source: Transcoder
    private let takers: [ValueTaker]
    private let place: TextReader.Place
    /// The names that are looked for, each once.
    private let names: [[UInt8]]
    /// For each name the columns that are read of it: one member may be read in several ways.
    private let readers: [[Int]]
    /// The places of the names.
    private let places: [[UInt8]: Int]
    private var buffer: [UInt8] = []
    private var start = 0
    private var isLast = false
    /// The line of the last row.
    private var line: Int
    /// The names that the line has given so far.
    private var isTaken: [Bool]
    /// Called with each member, when files are described.
    private let observer: Observer?
    /// A function that takes the ranges of a member's name and value in the text of its line.
    typealias Observer = (
        _ name: Range<Int>, _ isEscaped: Bool, _ kind: JSONScanner.Kind, _ token: Range<Int>, _ text: Span<UInt8>
    ) -> Void
    private let hasFolders: Bool

    init(
        _ source: Transcoder, _ takers: [ValueTaker], _ place: TextReader.Place, line: Int = 1,
        observer: Observer? = nil
    ) {
        self.line = line - 1
        self.source = source
        self.takers = takers
        self.place = place
        self.observer = observer
        hasFolders = !place.partitions.isEmpty
        var names: [[UInt8]] = []
        var readers: [[Int]] = []
        var places: [[UInt8]: Int] = [:]
        for (index, taker) in takers.enumerated() {
            let name = Array(taker.column.name.utf8)
            if let known = places[name] {
                readers[known].append(index)
            } else {
                places[name] = names.count
                names.append(name)
                readers.append([index])
            }
        }
        (self.names, self.readers, self.places) = (names, readers, places)
        isTaken = names.map { _ in false }
    }

    func take(_ limit: Int) throws(TallyError) -> Int {
        var count = 0
        while count < limit, let range = try nextLine() {
            if takeObject(buffer.span.extracting(range)) { count += 1 }
        }
        return count
    }

    /// The bytes of the next line without its end; nil behind the last.
    private func nextLine() throws(TallyError) -> Range<Int>? {
        var looked = start
        while true {
            if let end = Self.lineEnd(buffer.span, from: looked) {
                defer { start = end + 1 }
                line += 1
                return start..<end
            }
            if isLast {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                line += 1
                return start..<buffer.count
            }
            looked = buffer.count - start
            buffer.removeSubrange(..<start)
            start = 0
            let piece = try source.next()
            if piece.isEmpty { isLast = true } else { buffer.append(contentsOf: piece) }
        }
    }

    private static func lineEnd(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            if bytes[index] == 0x0A { return index }
            index += 1
        }
        return nil
    }

    /// Takes a line; false for an empty one.
    private func takeObject(_ text: Span<UInt8>) -> Bool {
        var scanner = JSONScanner(text.count)
        if scanner.isAtEnd(text) { return false }
        for index in isTaken.indices { isTaken[index] = false }
        var guess = 0
        let isWhole = members(&scanner, &guess, text)
        for (name, indices) in readers.enumerated() where !isTaken[name] {
            for index in indices { fill(takers[index], isWhole) }
        }
        if !isWhole {
            place.failures.add(file: place.file, line: line, column: nil, problem: "is no JSON object", text: [])
        }
        return true
    }

    /// Fills a column that the line lacks: with the value in a folder's name, else with null.
    private func fill(_ taker: ValueTaker, _ isWhole: Bool) {
        guard isWhole, let value = place.partition(taker.column.name), let text = value.value else {
            taker.sink.appendNull()
            return
        }
        let bytes = Array(text.utf8)
        if let problem = taker.take(field: bytes.span, isQuoted: taker.column.type == .string) {
            fail(taker.column.name, problem, bytes.span)
        }
    }

    /// Takes each member of the line's object; false where it is none.
    private func members(_ scanner: inout JSONScanner, _ guess: inout Int, _ text: Span<UInt8>) -> Bool {
        guard scanner.open(UInt8(ascii: "{"), text) else { return false }
        if scanner.close(UInt8(ascii: "}"), text) { return scanner.isAtEnd(text) }
        while true {
            guard let (name, isEscaped) = scanner.name(text), let kind = scanner.value(text) else { return false }
            if let observer { observer(name, isEscaped, kind, scanner.token, text) }
            if let index = column(text.extracting(name), isEscaped, &guess) {
                take(index, kind, scanner.token, text)
            }
            if scanner.close(UInt8(ascii: "}"), text) { return scanner.isAtEnd(text) }
            guard scanner.comma(text) else { return false }
        }
    }

    private func take(_ name: Int, _ kind: JSONScanner.Kind, _ token: Range<Int>, _ text: Span<UInt8>) {
        guard !isTaken[name] else {
            fail(column(name), "stands twice in its line", text.extracting(token))
            return
        }
        isTaken[name] = true
        if hasFolders, place.partition(column(name)) != nil {
            for index in readers[name] { takers[index].sink.appendNull() }
            fail(column(name), "stands in its line and in the name of its folder", text.extracting(token))
            return
        }
        for index in readers[name] {
            guard let problem = takers[index].take(kind, token, text) else { continue }
            fail(column(name), problem, text.extracting(token))
        }
    }

    private func column(_ name: Int) -> String { takers[readers[name][0]].column.name }

    private func fail(_ column: String, _ problem: String, _ text: Span<UInt8>) {
        place.failures.add(
            file: place.file, line: line, column: column, problem: problem, text: Self.bytes(text, false))
    }

    /// The column of a name; lines mostly have their members in one order, so the next column is tried first.
    private func column(_ name: Span<UInt8>, _ isEscaped: Bool, _ guess: inout Int) -> Int? {
        if isEscaped { return places[JSONScanner.unescaped(name) ?? []] }
        for step in 0..<min(names.count, Self.fewNames) {
            let index = (guess + step) % names.count
            if Self.isSame(names[index], name) {
                guess = (index + 1) % names.count
                return index
            }
        }
        guard names.count > Self.fewNames, let index = places[Self.bytes(name, false)] else { return nil }
        guess = (index + 1) % names.count
        return index
    }

    /// So many names are compared one by one, which is quicker than looking one up.
    private static let fewNames = 8

    static func isSame(_ name: [UInt8], _ text: Span<UInt8>) -> Bool {
        guard name.count == text.count else { return false }
        for index in name.indices where name[index] != text[index] { return false }
        return true
    }

    static func bytes(_ text: Span<UInt8>, _ isEscaped: Bool) -> [UInt8] {
        if isEscaped { return JSONScanner.unescaped(text) ?? [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        for index in text.indices { bytes.append(text[index]) }
        return bytes
    }
}
