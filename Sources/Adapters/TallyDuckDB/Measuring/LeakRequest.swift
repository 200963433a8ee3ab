// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A training set whose columns are held against sources, row by row.
public struct LeakRequest: Sendable {
    /// A column, and its lawful value beside it.
    public struct Column: Sendable {
        let name: String
        let lawful: String
        /// The type in which both are compared, and with what the source holds.
        let form: DataType
        let isText: Bool

        /// Describes a column; the source's value has the same place among the source's rows.
        public init(name: String, lawful: String, form: DataType, isText: Bool) {
            self.name = name
            self.lawful = lawful
            self.form = form
            self.isText = isText
        }
    }

    /// The columns that stand in one source.
    public struct Table: Sendable {
        let rows: String
        let keys: [ColumnSchema]
        let columns: [Column]

        /// `rows` is a file with columns `key0`, …, `e`, `k`, `v0`, …; `keys` are those of the training set.
        public init(rows: String, keys: [ColumnSchema], columns: [Column]) {
            self.rows = rows
            self.keys = keys
            self.columns = columns
        }
    }

    let joined: String
    let time: String
    let tables: [Table]
    let label: String?
    let besidesLabel: [String]
    let samples: Int

    /// `joined` is the training set as Parquet, with the lawful values in it; `samples` rows are shown of each column.
    public init(
        joined: String, time: String, tables: [Table], label: String?, besidesLabel: [String], samples: Int
    ) {
        self.joined = joined
        self.time = time
        self.tables = tables
        self.label = label
        self.besidesLabel = besidesLabel
        self.samples = samples
    }
}

/// What was found of one column.
public struct LeakCounts: Sendable, Hashable {
    /// One row that knows the future.
    public struct Example: Sendable, Hashable {
        /// The row, from 0.
        public let row: Int
        /// The row's time.
        public let time: Timestamp
        /// The value that stands there.
        public let found: String
        /// The value that should; nil for null.
        public let lawful: String?
        /// When the first later row with the value became known.
        public let known: Timestamp
        /// When it happened.
        public let event: Timestamp
        /// The values of the keys.
        public let keys: [String]
    }

    /// Rows with a time and a key.
    public var rows = 0
    /// Those whose key is in no row of the source.
    public var keyless = 0
    /// Cells that are as they should be.
    public var lawful = 0
    /// Cells without a value where there should be one.
    public var missing = 0
    /// Rows in which a value of the future would have been another one.
    public var telling = 0
    /// Cells that only a row of the future explains.
    public var future = 0
    /// Of these, those whose row had not even happened.
    public var notHappened = 0
    /// Cells that rows of the past explain as well as rows of the future.
    public var both = 0
    /// Cells that only an older row explains.
    public var past = 0
    /// Cells that no row of the key explains.
    public var unexplained = 0
    /// How far ahead the cells of the future lie, the least, the middle and the most, in microseconds.
    public var ahead: (least: Int64, middle: Int64, most: Int64) = (0, 0, 0)
    /// The first rows that know the future.
    public var examples: [Example] = []

    /// Whether all counts are the same.
    public static func == (left: LeakCounts, right: LeakCounts) -> Bool {
        left.numbers == right.numbers && left.examples == right.examples
    }

    /// Hashes the counts.
    public func hash(into hasher: inout Hasher) { hasher.combine(numbers) }

    private var numbers: [Int64] {
        [rows, keyless, lawful, missing, telling, future, notHappened, both, past, unexplained].map { Int64($0) }
            + [ahead.least, ahead.middle, ahead.most]
    }
}

/// All that was found in a training set.
public struct LeakFindings: Sendable, Hashable {
    /// For each table what was found of its columns.
    public let columns: [[LeakCounts]]
    /// How columns go together with the label.
    public let label: [LabelLikeness]
}

/// How a column goes together with the label.
public struct LabelLikeness: Sendable, Hashable {
    /// The column.
    public let column: String
    /// Rows in which both have a value.
    public let rows: Int
    /// Rows in which both have the same.
    public let equal: Int
    /// Different values of the column; 0, as the next two, where there are very many.
    public let values: Int
    /// Different values of the label.
    public let labels: Int
    /// Different pairs.
    public let pairs: Int
}
