// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A search for values of the future in any training set, held against the tables that its columns came from.
public struct LeakSearch: Sendable, Hashable {
    /// A column of the training set, and where it came from.
    public struct Origin: Sendable, Hashable {
        let column: String
        let table: String
        let origin: String

        /// Says that a column is a column of a source.
        public init(column: String, table: String, origin: String) {
            self.column = column
            self.table = table
            self.origin = origin
        }
    }

    let join: FrameJoin
    let label: String?
    /// The columns that come from no source, as the caller says.
    let excepted: [String]
    let origins: [Origin]
    let samples: Int
    /// The file for the training set as it should have been; nil for none.
    let output: String?

    /// Describes a search; the spine of the join is the training set.
    public init(
        _ join: FrameJoin, label: String? = nil, excepted: [String] = [], origins: [Origin] = [], samples: Int = 3,
        output: String? = nil
    ) {
        self.join = join
        self.label = label
        self.excepted = excepted
        self.origins = origins
        self.samples = samples
        self.output = output
    }
}

/// What a search for values of the future came to.
public struct LeakReport: Sendable, Hashable {
    /// What is known of a column, or of the whole.
    public enum Verdict: String, Sendable, Hashable {
        /// It knows the future.
        case leak
        /// Too little evidence.
        case unproven
        /// Each cell is one that was known at its time.
        case clean
    }

    /// A row that knows the future.
    public struct Example: Sendable, Hashable {
        /// The row, from 0.
        public let row: Int
        /// The keys with their values.
        public let keys: [(name: String, text: String)]
        /// The row's time.
        public let time: Timestamp
        /// The value that stands there, and the one that should; nil for null.
        public let found: String
        /// The value that should stand there; nil for null.
        public let lawful: String?
        /// When the first later row with the value happened.
        public let event: Timestamp
        /// When it became known.
        public let known: Timestamp

        /// Whether two examples show the same cell.
        public static func == (left: Self, right: Self) -> Bool {
            left.row == right.row && left.found == right.found && left.lawful == right.lawful
                && left.known == right.known && left.event == right.event
        }

        /// Hashes the row.
        public func hash(into hasher: inout Hasher) { hasher.combine(row) }
    }

    /// One column that was compared.
    public struct Column: Sendable, Hashable {
        /// The column.
        public let name: String
        /// The source that it stands in.
        public let table: String
        /// Its name there.
        public let origin: String
        /// What is known of it.
        public let verdict: Verdict
        /// Why, in a sentence.
        public let reason: String
        /// The counts, by what explains a cell.
        public let counts: [(name: String, count: Int)]
        /// How far ahead its cells lie, in microseconds: the least, the middle, the most; nil for no leak.
        public let ahead: [Int64]?
        /// Rows that know the future.
        public let examples: [Example]

        /// Whether two columns were found to be the same.
        public static func == (left: Self, right: Self) -> Bool {
            left.name == right.name && left.verdict == right.verdict && left.reason == right.reason
                && left.counts.map(\.count) == right.counts.map(\.count) && left.examples == right.examples
        }

        /// Hashes the name.
        public func hash(into hasher: inout Hasher) { hasher.combine(name) }
    }

    /// A column that is the label in other words.
    public struct Likeness: Sendable, Hashable {
        /// The column.
        public let name: String
        /// How it goes together with the label, in a sentence.
        public let reason: String
    }

    /// A column that was not compared.
    public struct Unseen: Sendable, Hashable {
        /// The column.
        public let name: String
        /// Why.
        public let reason: String
    }

    /// Rows of the training set.
    public let rows: Int
    /// The columns that were compared, in the order of the training set.
    public let columns: [Column]
    /// The label, where it stands in a source; it may lie ahead.
    public let label: Column?
    /// Columns that are the label in other words.
    public let likenesses: [Likeness]
    /// The columns that were not compared.
    public let unseen: [Unseen]
    /// The training set as it should have been.
    public let output: String?

    /// A leak if a column knows the future; unproven if one could not be judged; else clean.
    public var verdict: Verdict {
        if !likenesses.isEmpty || columns.contains(where: { $0.verdict == .leak }) { return .leak }
        let isOpen = columns.isEmpty || !unseen.isEmpty || columns.contains { $0.verdict == .unproven }
        return isOpen ? .unproven : .clean
    }
}
