// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A point-in-time join of spine rows with the rows of views (SEMANTICS 1 to 3).
public struct JoinRequest: Sendable {
    /// The spine's key columns by name, of the entities' declared types; nulls match nothing.
    public let keys: Batch
    /// The spine's times, of type timestamp; a null time matches nothing.
    public let times: Column
    /// The views to join, one narrow join each.
    public let views: [ViewJoin]

    /// Asks for a join.
    public init(keys: Batch, times: Column, views: [ViewJoin]) {
        precondition(times.type == .timestamp && times.count == keys.count, "spine times do not fit its keys")
        self.keys = keys
        self.times = times
        self.views = views
    }
}

/// One view's half of a join: where its rows are, how they match, what is stored of them.
public struct ViewJoin: Sendable {
    /// Files that became known to the store together.
    public struct FileGroup: Sendable, Hashable {
        /// The files.
        public let paths: [String]
        /// The time when the store first saw them; nil for files of the first snapshot, whose declared times are taken
        /// as true.
        public let firstSeen: Timestamp?

        /// Groups files.
        public init(paths: [String], firstSeen: Timestamp? = nil) {
            self.paths = paths
            self.firstSeen = firstSeen
        }
    }

    /// The subject of the join, for messages: `view origin_weather`.
    public let subject: String
    /// The files with the rows.
    public let files: [FileGroup]
    /// The files' format.
    public let format: Source.FileFormat
    /// The options by which text becomes values, where the files are text.
    public let text: TextOptions
    /// The pattern of the paths whose folders `name=value` are columns (`HivePartitions`); nil where folders mean nothing.
    public let partitions: String?
    /// The zone of time columns without a zone.
    public let timeZone: String
    /// The column of the event time; nil when rows are always visible.
    public let eventTime: String?
    /// The rule for the time at which a row becomes known.
    public let knownTime: Source.KnownTime
    /// The columns that are read, and those that the result has.
    public let columns: ViewColumns
    /// The inputs that are times of rows, such as a label's.
    ///
    /// A row must not be seen too early: a day among them is read as its end, and a time finer than microseconds is
    /// rounded up. Other inputs and keys are rounded down.
    public let timeInputs: Set<String>
    /// The law that selects the rows of an entity which answer at an instant.
    public let law: ViewLaw
    /// Whether rows are visible from their event time on (`--known ignore`), for comparison only.
    public let ignoresKnownTime: Bool
    /// Rows known after this instant are seen by no spine row; nil for no bound (SEMANTICS 7, `asMaterialized`).
    public let knownUntil: Timestamp?

    /// Whether an input of exactly this name is a time of rows.
    public func isTimeInput(_ name: String) -> Bool { timeInputs.contains { $0.isSame(as: name) } }

    /// Describes a view's half of a join.
    public init(
        subject: String, files: [FileGroup], format: Source.FileFormat, text: TextOptions = .plain, timeZone: String,
        eventTime: String?, knownTime: Source.KnownTime, columns: ViewColumns, law: ViewLaw, ignoresKnownTime: Bool,
        knownUntil: Timestamp? = nil, timeInputs: Set<String> = [], partitions: String? = nil
    ) {
        self.partitions = partitions
        self.timeInputs = timeInputs
        self.subject = subject
        self.files = files
        self.format = format
        self.text = text
        self.timeZone = timeZone
        self.eventTime = eventTime
        self.knownTime = knownTime
        self.columns = columns
        self.law = law
        self.ignoresKnownTime = ignoresKnownTime
        self.knownUntil = knownUntil
    }
}

/// The values that a view gave to each spine row.
public struct JoinResult: Sendable {
    /// The reason why a spine row has a view's values or not.
    public enum Status: UInt8, Sendable, Hashable {
        case matched = 0
        /// No row was visible.
        case notFound = 1
        /// Rows were visible but for the time to live.
        case outsideMaxAge = 2
    }

    /// Counts of a join; each counts spine rows unless its comment says otherwise.
    public struct Counts: Sendable, Hashable {
        /// Rows with a value.
        public var matched = 0
        /// Rows without a visible row.
        public var notFound = 0
        /// Rows whose latest row was too old.
        public var outsideMaxAge = 0
        /// Matched rows where the stored bytes decided between rows of equal time (SEMANTICS 2).
        public var tied = 0
        /// Matched rows with more than one source row at the winning place of the order, equal ones included.
        public var repeated = 0
        /// Matched rows whose value was not yet known; only without known time.
        public var leaked = 0
        /// Source rows read for the join.
        public var sourceRows = 0
        /// Source rows without event time or known time, which no spine row can see.
        public var sourceRowsWithoutTime = 0
        /// Source rows of the spine's entities up to its last time whose time is a day, known when it is over.
        public var days = 0
        /// Whether each source row of the spine's entities up to its last time happened at 00:00 of a day; nil without rows.
        public var isAlwaysMidnight: Bool?
        /// Source rows of the spine's entities up to its last time that declare a known time before their event time.
        public var knownBeforeEvent = 0
        /// Zone-less source times that name a skipped or repeated hour of the declared zone.
        public var irregularLocalTimes = 0
        /// Event times, known times and other times at which something happened that were rounded up to microseconds, in
        /// source rows of the spine's entities up to its last time.
        public var timesRoundedUp = 0
        /// Values of keys and inputs that lost nanoseconds, in the same rows.
        public var valuesRoundedDown = 0

        /// Starts at zero.
        public init() {}
    }

    /// The columns that the view makes (`ViewColumns.made`), null where nothing matched.
    public let features: Batch
    /// The status of each row.
    public let statuses: [Status]
    /// The event time of the row behind a value or hidden by the time to live; null for `notFound` and timeless sources.
    public let eventTimes: Column
    /// The effective known time of the same row; null where the event time is.
    public let knownTimes: Column
    /// The sums.
    public let counts: Counts

    /// Describes a result.
    public init(features: Batch, statuses: [Status], eventTimes: Column, knownTimes: Column, counts: Counts) {
        self.features = features
        self.statuses = statuses
        self.eventTimes = eventTimes
        self.knownTimes = knownTimes
        self.counts = counts
    }
}
