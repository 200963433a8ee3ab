// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The names under which DuckDB writes columns, so that each can have its own in the end.
///
/// DuckDB takes names for one that differ in the case of ASCII letters only, and writes the second with a number behind it.
/// Such a column is written under other letters, and its name is put in their place once the file is whole: nothing else in
/// the file has to move, since the bytes are as many.
struct WrittenNames {
    /// A column that is written under another name.
    struct Change: Hashable {
        /// The place of the column, from 0.
        let column: Int
        let written: String
        let name: String
    }

    /// For each column the name that DuckDB is given.
    private(set) var names: [String] = []
    /// The columns whose names are changed back.
    private(set) var changes: [Change] = []

    private static let digits = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
    private static let mostTries = 100_000

    /// Finds names for columns whose bytes differ; `E-invalid-data` where the letters of a name are too few for another.
    init(_ columns: [String]) throws(TallyError) {
        var taken = Set(columns.map { Array($0.lowercasedASCII.utf8) })
        var seen = Set<[UInt8]>()
        for (column, name) in columns.enumerated() {
            if seen.insert(Array(name.lowercasedASCII.utf8)).inserted {
                names.append(name)
                continue
            }
            guard let written = Self.other(name, &taken) else {
                throw TallyError(
                    .invalidData,
                    "column '\(name)' differs from another in letter case only and cannot be written beside it",
                    help: "rename one of the two")
            }
            names.append(written)
            changes.append(Change(column: column, written: written, name: name))
        }
    }

    /// A name of other letters that is not taken: what has to be quoted stays so.
    private static func other(_ name: String, _ taken: inout Set<[UInt8]>) -> String? {
        let bytes = Array(name.utf8)
        let places = bytes.indices.filter { (0x61...0x7A).contains(bytes[$0] | 0x20) && bytes[$0] < 0x80 }
        for number in 0..<mostTries {
            var candidate = bytes
            var rest = number
            for place in places {
                candidate[place] = digits[rest % digits.count]
                rest /= digits.count
            }
            // Every combination of the letters was tried.
            guard rest == 0 else { return nil }
            if taken.insert(candidate).inserted { return String(decoding: candidate, as: UTF8.self) }
        }
        return nil
    }
}

extension PartialFile {
    /// Gives the columns of a file their own names, in place.
    func rename(_ changes: [WrittenNames.Change], _ format: Source.FileFormat) throws(TallyError) {
        guard !changes.isEmpty else { return }
        switch format {
        case .parquet: try replace(try parquetNames(changes))
        case .csv: try replace(try headerNames(changes))
        case .json:
            throw TallyError(.misuse, "JSON lines have no two names that differ in letter case only", subject: path)
        }
    }

    /// Where a Parquet file's footer spells the names: in its schema, and once for each of a column's chunks.
    private func parquetNames(_ changes: [WrittenNames.Change]) throws(TallyError) -> [(place: Int, bytes: [UInt8])] {
        let footer = try footer()
        var found: [(place: Int, bytes: [UInt8])] = []
        for change in changes {
            let places = (footer?.spellings ?? []).filter { $0.column.isSame(as: change.written) }
            guard !places.isEmpty, places.allSatisfy({ $0.range.count == change.name.utf8.count }) else {
                throw TallyError(.internal, "a name was written as another one", subject: path)
            }
            found += places.map { ($0.range.lowerBound, Array(change.name.utf8)) }
        }
        return found
    }

    /// Where the first line of a CSV file spells the names, quoted or not.
    private func headerNames(_ changes: [WrittenNames.Change]) throws(TallyError) -> [(place: Int, bytes: [UInt8])] {
        let longest = 1 << 20
        let head: [UInt8]
        do throws(OpenFile.Failure) {
            head = try OpenFile.reading(aside).read(upTo: longest, at: 0)
        } catch {
            throw unwritable(error.message)
        }
        var fields: [Range<Int>] = []
        var (start, isQuoted) = (0, false)
        for (index, byte) in head.enumerated() {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            guard !isQuoted, byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") else { continue }
            fields.append(start..<index)
            start = index + 1
            if byte == UInt8(ascii: "\n") { break }
        }
        var found: [(place: Int, bytes: [UInt8])] = []
        for change in changes {
            let field = change.column < fields.count ? fields[change.column] : 0..<0
            let hasQuotes = !field.isEmpty && head[field.lowerBound] == UInt8(ascii: "\"")
            let (written, name) = (Self.field(change.written, hasQuotes), Self.field(change.name, hasQuotes))
            guard head[field].elementsEqual(written), written.count == name.count else {
                throw TallyError(.internal, "a name was written as another one", subject: path)
            }
            found.append((field.lowerBound, name))
        }
        return found
    }

    private static func field(_ name: String, _ hasQuotes: Bool) -> [UInt8] {
        hasQuotes ? Array(name.quoted(by: "\"").utf8) : Array(name.utf8)
    }
}
