// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The request to fill views up to an instant.
public struct MaterializationRequest: Sendable, Hashable {
    /// The views by name; all applied views when empty.
    public let views: [String]
    /// Rows known up to this instant are taken in; nil for the time of the run.
    public let until: Timestamp?
    /// Whether everything is read again and keys that the sources no longer have are removed.
    public let isFull: Bool
    /// Whether `until` may lie more than a minute ahead of the clock.
    public let allowsFuture: Bool
    /// The bytes of rows to keep in memory; more are sorted into files.
    public let memory: Int

    /// Asks for a run.
    public init(
        views: [String] = [], until: Timestamp? = nil, isFull: Bool = false, allowsFuture: Bool = false,
        memory: Int = 256 << 20
    ) {
        self.allowsFuture = allowsFuture
        self.views = views
        self.until = until
        self.isFull = isFull
        self.memory = memory
    }
}

/// The effect of a run on one view.
public struct MaterializationReport: Sendable, Hashable {
    /// The way in which the view's generation was made.
    public enum Kind: String, Sendable, Hashable {
        /// New rows were added to those of the generation before.
        case incremental
        /// The view holds what the sources hold, and nothing else.
        case full
        /// Neither the files nor the instant changed, so nothing was done.
        case upToDate
    }

    /// The numbers of rows and keys, by what happened to them.
    public struct Counts: Sendable, Hashable {
        /// Rows read of the sources.
        public var read = 0
        /// Rows read and left for a later run: they are known after `until`.
        public var later = 0
        /// The number of those that are later only because their files were first seen later than the rows declare.
        public var hidden = 0
        /// Times without a zone that name an hour which the clock of their zone skips or shows twice.
        public var irregularLocalTimes = 0
        /// Rows read that an earlier run had taken in.
        public var known = 0
        /// The number of rows without event time or known time, which no reader sees.
        public var withoutTime = 0
        /// The number of rows with a null in their key, which no request can name.
        public var withoutKey = 0
        /// Rows taken in that declare a known time before their event time, which was taken instead.
        public var knownBeforeEvent = 0
        /// Event times and known times of rows taken in that were rounded up to microseconds.
        public var timesRoundedUp = 0
        /// Values of keys and features of rows taken in that lost nanoseconds.
        public var valuesRoundedDown = 0
        /// Rows in which an expression met a division by zero, an overflow or a failed cast, and gave null.
        public var findings = 0
        /// Rows taken in that another row of the same key outdated at once.
        public var older = 0
        /// Keys whose stored rows changed.
        public var written = 0
        /// Keys whose stored rows were as new as what was read.
        public var unchanged = 0
        /// Keys that the sources no longer have.
        public var removed = 0
        /// Rows taken in whose known time lies ahead.
        public var pending = 0

        /// Rows read whose time is a day of text, known when it is over.
        var days = 0
        /// Whether each row read happened at 00:00 of a day of UTC; nil without rows.
        var isAlwaysMidnight: Bool?

        /// Starts at zero.
        public init() {}

        /// Examines event times until one is not at midnight, which for most sources is the first.
        mutating func noteMidnights(_ events: Column) {
            guard isAlwaysMidnight != false, case .int64(let instants) = events.storage else { return }
            for row in instants.indices where events.validity[row] {
                isAlwaysMidnight = instants[row] % 86_400_000_000 == 0
                if isAlwaysMidnight == false { return }
            }
        }
    }

    /// The view.
    public let view: String
    /// The way in which its generation was made.
    public let kind: Kind
    /// The generation that answers now.
    public let generation: OnlineGeneration
    /// The numbers of rows and keys, by what happened to them.
    public let counts: Counts
    /// The time when the fill of the view began.
    public let startedAt: Timestamp
    /// The duration.
    public let duration: TimeSpan
    /// Things worth saying that stop nothing; a door spells the steps that they name.
    public let warnings: [Advice]
}

/// The effect of a run: the report of each view, and the releases that are served since.
public struct MaterializationOutcome: Sendable, Hashable {
    /// One report for each view, in the order of their names.
    public let reports: [MaterializationReport]
    /// Releases that began to serve because their last view was filled.
    public let promoted: [ReleaseName]
    /// The notes on how data were understood, where that is not obvious.
    public let notes: [String]
    /// The number of promises that were checked on rows that entered in this run, one line for each table with
    /// promises.
    public let coverage: [String]
}
