// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The files of a table that have no value of a column, which is null in all their rows.
public struct ColumnGap: Sendable, Hashable {
    /// Some files: how many there are, and the first of them.
    public struct Files: Sendable, Hashable {
        /// The greatest number of file names that are kept.
        public static let mostNames = 3

        /// The number of files.
        public private(set) var count: Int
        /// The first ones, `mostNames` at most.
        public private(set) var names: [String]

        /// Starts with files that were counted before.
        public init(count: Int = 0, names: [String] = []) {
            self.count = count
            self.names = names
        }

        /// Counts files.
        public mutating func add(_ files: some Sequence<String>) {
            for file in files {
                if names.count < Self.mostNames { names.append(file) }
                count += 1
            }
        }

        /// Returns the files in words, such as `2 of 14 files (a.csv, b.csv)`.
        fileprivate func text(of all: Int) -> String {
            let more = count > names.count ? " and \(count - names.count) more" : ""
            return
                "\(count.grouped) of \(all.grouped) \(all == 1 ? "file" : "files") (\(names.joined(separator: ", "))\(more))"
        }
    }

    /// Files without the column.
    public let missing: Files
    /// Files that have the column, and no value in it.
    public let empty: Files
    /// The number of files in the table.
    public let fileCount: Int

    /// Describes a gap; nil where every file has values.
    public init?(missing: Files, empty: Files, fileCount: Int) {
        guard missing.count + empty.count > 0 else { return nil }
        self.missing = missing
        self.empty = empty
        self.fileCount = fileCount
    }

    /// The gap of a column without any value, in some files of which some lack the column itself; nil without files.
    public init?(ofEmpty files: [String], missing: Files?) {
        let missing = missing ?? Files()
        var empty = Files()
        if missing.count < files.count {
            let told = Set(missing.names.map(ExactPath.init))
            empty.add(files.filter { !told.contains(ExactPath($0)) }.prefix(files.count - missing.count))
        }
        self.init(missing: missing, empty: empty, fileCount: files.count)
    }

    /// Returns the note to the user about a column with the gap.
    public func note(ofColumn name: String) -> String {
        guard missing.count + empty.count < fileCount else {
            return "column \(name) has no value in any file: null everywhere"
        }
        var parts: [String] = []
        if missing.count > 0 { parts.append("is missing in \(missing.text(of: fileCount))") }
        if empty.count > 0 { parts.append("has no value in \(empty.text(of: fileCount))") }
        return "column \(name) \(parts.joined(separator: " and ")): null there"
    }
}

extension ColumnGap {
    /// The gap as stored in the memory of descriptions.
    public var json: JSON {
        func members(_ files: Files) -> JSON {
            .object([("count", .int(Int64(files.count))), ("names", .array(files.names.map { .string($0) }))])
        }
        return .object([
            ("missing", members(missing)), ("empty", members(empty)), ("fileCount", .int(Int64(fileCount))),
        ])
    }

    /// Reads what `json` gave; nil for anything else.
    public init?(json: JSON) {
        func files(_ name: String) -> Files? {
            guard let count = json[name]?["count"]?.countValue, let names = json[name]?["names"]?.arrayValue else {
                return nil
            }
            return Files(count: count, names: names.compactMap(\.stringValue))
        }
        guard let missing = files("missing"), let empty = files("empty"),
            let fileCount = json["fileCount"]?.countValue
        else { return nil }
        self.init(missing: missing, empty: empty, fileCount: fileCount)
    }
}

extension TableDescription {
    /// Returns the notes about those of the given columns that are null in whole files, in the order of the table's
    /// columns.
    public func gapNotes(of columns: some Sequence<String>) -> [String] {
        let asked = Set(columns.map { Array($0.utf8) })
        return self.columns.compactMap { column in
            asked.contains(Array(column.name.utf8)) ? column.gap?.note(ofColumn: column.name) : nil
        }
    }
}
