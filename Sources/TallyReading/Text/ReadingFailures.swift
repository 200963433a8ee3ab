// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
public import TallyModel

/// The values of text files that could not be read: counted by column, with the first places of each.
///
/// Readers of several files, on several threads, add to the same collection.
public final class ReadingFailures: Sendable {
    /// One value or line that could not be read.
    public struct Failure: Sendable, Hashable {
        /// The file as the table names it.
        public let file: String
        /// The line on which the row begins, or the row of a file without lines, from 1; 0 where that is not known.
        public let line: Int
        /// The column; nil for a line that is no row.
        public let column: String?
        /// The fault, without the value: `is no int64`.
        public let problem: String
        /// The text that was found, at most 60 bytes; it may hold data.
        public let text: String
    }

    /// The failures of one column.
    struct Group: Sendable {
        var count = 0
        var first: [Failure] = []
        /// The number of failures of each short text, for the first fifty texts.
        var texts: [[UInt8]: Int] = [:]

        /// Keeps a place among the first, in whatever order threads come to them.
        mutating func keep(_ failure: Failure) {
            let place = first.lastIndex { ($0.file, $0.line) <= (failure.file, failure.line) }.map { $0 + 1 } ?? 0
            guard place < ReadingFailures.placesPerColumn else { return }
            first.insert(failure, at: place)
            if first.count > ReadingFailures.placesPerColumn { first.removeLast() }
        }
    }

    /// The most places that are kept of a column.
    public static let placesPerColumn = 20
    private static let textsPerColumn = 50
    private let groups = Mutex<[String?: Group]>([:])

    /// Starts with none.
    public init() {}

    /// Whether everything could be read.
    public var isEmpty: Bool { groups.withLock(\.isEmpty) }

    /// All failures that were kept, by file, line and column.
    public var first: [Failure] {
        groups.withLock { $0.values.flatMap(\.first) }
            .sorted { Self.order($0, $0.column) < Self.order($1, $1.column) }
    }

    /// The number of values or lines that failed.
    public var count: Int { groups.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    /// Adds one that was found.
    public func add(file: String, line: Int, column: String?, problem: String, text: [UInt8]) {
        groups.withLock { groups in
            var group = groups[column] ?? Group()
            group.count += 1
            if text.count <= 20, group.texts.count < Self.textsPerColumn || group.texts[text] != nil {
                group.texts[text, default: 0] += 1
            }
            group.keep(
                Failure(
                    file: file, line: line, column: column, problem: problem,
                    text: String(decoding: text.prefix(60), as: UTF8.self)))
            groups[column] = group
        }
    }

    /// The failures as one error: each place that was kept, then counts, then what to do; nil without failures.
    ///
    /// Texts that were found stand in `underlying` only, as they may hold data; words for missing values are named.
    public func error(subject: String?) -> TallyError? {
        let groups = groups.withLock { $0 }
        guard !groups.isEmpty else { return nil }
        let order = groups.sorted {
            Self.order($0.value.first.first, $0.key) < Self.order($1.value.first.first, $1.key)
        }
        var lines: [String] = []
        var texts: [String] = []
        var helps: [String] = []
        for (column, group) in order {
            for failure in group.first {
                let name = column.map { "column \($0): the value " } ?? "the line "
                let place = [failure.file, failure.line > 0 ? "\(failure.line)" : ""].filter { !$0.isEmpty }
                let start = place.isEmpty ? "" : place.joined(separator: ":") + ": "
                lines.append("\(start)\(name)\(failure.problem)")
                texts.append("\(start)'\(failure.text)'")
            }
            if group.count > group.first.count {
                let what = column.map { "column \($0): \(group.count - group.first.count) more values" }
                lines.append((what ?? "\(group.count - group.first.count) more lines") + " could not be read")
            }
            for help in ReadingHelp.of(column, group) where !helps.contains(help) { helps.append(help) }
        }
        return TallyError(
            .invalidData, lines.first ?? "", details: Array(lines.dropFirst()), subject: subject,
            help: helps.isEmpty ? nil : Advice(helps.joined(separator: "; ")), underlying: texts.joined(separator: "\n")
        )
    }

    /// Returns the sort key of a failure: by place, lines before the values in them, so that reports repeat.
    private static func order(_ failure: Failure?, _ column: String?) -> (String, Int, Int, String) {
        (failure?.file ?? "", failure?.line ?? 0, column == nil ? 0 : 1, column ?? "")
    }
}
