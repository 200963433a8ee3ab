// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A set of rows, with the columns that say when they happened and when they could first have been used.
public struct Source: Sendable, Hashable {
    /// The form of a source's files.
    public enum FileFormat: String, Sendable, Hashable, CaseIterable {
        case parquet
        case csv
        /// One JSON object a line.
        case json

        /// Makes the format of a path's ending; a further ending `.gz` or `.zst` does not matter.
        ///
        /// Nil for any other ending.
        public init?(ofPath path: String) {
            var name = path.lowercased()[...]
            for packed in [".gz", ".zst"] where name.hasSuffix(packed) { name = name.dropLast(packed.count) }
            let endings: [(String, Self)] = [
                (".parquet", .parquet), (".csv", .csv), (".json", .json), (".jsonl", .json), (".ndjson", .json),
            ]
            guard let found = endings.first(where: { name.hasSuffix($0.0) }) else { return nil }
            self = found.1
        }
    }

    /// The place from which rows are read: files or a query.
    public enum Location: Sendable, Hashable {
        /// A path or glob relative to the repository, and the files' format.
        case files(path: String, format: FileFormat)
        /// A query in the engine's SQL, whose result is written to a snapshot before it is read.
        case query(String)
    }

    /// The rule for the time from which on a row could have been used (SEMANTICS 1.3).
    public enum KnownTime: Sendable, Hashable {
        /// Nothing is declared: at the event time, or, where that is a day, once the day is over in the source's zone.
        case undeclared
        /// A fixed delay after the event time; of a day after its start.
        case after(TimeSpan)
        /// A column of the source; where it is a day, once the day is over.
        case column(String)
    }

    /// The scheme by which names of folders hold values of columns.
    public enum Partitions: String, Sendable, Hashable, CaseIterable {
        /// Folders called `name=value` are columns of the files in them; see `HivePartitions`.
        case hive
    }

    /// Whether rows count as known before the store first saw their file (SEMANTICS 1.3).
    public enum FirstSeen: String, Sendable, Hashable, CaseIterable {
        /// Files of later snapshots count as known when they were first seen.
        case recorded
        /// The declared times are taken as true, whenever a file came or was written anew.
        case declared
    }

    /// What is remembered of a source's rows, to tell which of them a file that is written anew held before (SEMANTICS 1.8).
    public enum History: String, Sendable, Hashable, CaseIterable {
        /// Nothing: a file that is written anew is new as a whole.
        case files
        /// A digest of each row, and since when the source holds it.
        case digests
    }

    /// The source's name.
    public let name: String
    /// The place from which its rows are read.
    public let location: Location
    /// The column of the event time; nil for a source that is always visible.
    public let eventTime: String?
    /// The rule for the time at which a row becomes known.
    public let knownTime: KnownTime
    /// The zone in which time columns without a zone are read: an IANA name, `UTC` by default.
    public let timeZone: String
    /// Declared columns, which replace the files' own schema for checking; nil when the files decide.
    public let columns: [ColumnSchema]?
    /// The options by which the text of CSV and JSON files becomes values.
    public let text: TextOptions
    /// The path of the contract its producer keeps, relative to the repository; nil for none.
    public let contract: String?
    /// The scheme by which names of folders hold values; nil when they hold none.
    public let partitions: Partitions?
    /// Whether rows count as known before the store first saw their file.
    public let firstSeen: FirstSeen
    /// What is remembered of its rows.
    public let history: History
    /// Owner, description and tags.
    public let annotation: Annotation

    /// Whether its files, or the names of their folders, hold text, each value of which is read for itself.
    public var isText: Bool {
        switch location {
        case .files(_, .csv), .files(_, .json): true
        case .files(_, .parquet): partitions == .hive
        case .query: false
        }
    }

    /// The pattern of the paths whose folders are columns; nil where folders mean nothing.
    public var partitionPattern: String? {
        guard partitions == .hive, case .files(let path, _) = location else { return nil }
        return path
    }

    /// Declares a source.
    public init(
        name: String, location: Location, eventTime: String? = nil, knownTime: KnownTime = .undeclared,
        timeZone: String = "UTC", columns: [ColumnSchema]? = nil, text: TextOptions = .plain, contract: String? = nil,
        partitions: Partitions? = nil, firstSeen: FirstSeen = .recorded, history: History = .files,
        annotation: Annotation = Annotation()
    ) {
        self.history = history
        self.name = name
        self.location = location
        self.eventTime = eventTime
        self.knownTime = knownTime
        self.timeZone = timeZone
        self.columns = columns
        self.text = text
        self.contract = contract
        self.partitions = partitions
        self.firstSeen = firstSeen
        self.annotation = annotation
    }
}
