// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A point-in-time join of files that belong to no repository: a spine, and the tables whose columns it is given.
public struct FrameJoin: Sendable, Hashable {
    /// A join key: what it is called in the spine, and in a source.
    public struct Key: Sendable, Hashable {
        let spine: String
        let source: String

        /// Names a key on both sides.
        public init(spine: String, source: String) {
            self.spine = spine
            self.source = source
        }
    }

    /// The event time of a source.
    public enum EventTime: Sendable, Hashable {
        /// The column that is called like the spine's time.
        case likeSpine
        /// A column of its own.
        case column(String)
        /// None: its rows are always visible.
        case none
    }

    /// One table whose columns are joined.
    public struct Table: Sendable, Hashable {
        let name: String
        let path: String
        let keys: [Key]
        let eventTime: EventTime
        let knownTime: Source.KnownTime
        let timeToLive: TimeSpan?
        let timeZone: String
        /// The columns that are wanted; nil for all that can be features.
        let columns: [String]?

        /// Describes a source.
        public init(
            name: String, path: String, keys: [Key], eventTime: EventTime = .likeSpine,
            knownTime: Source.KnownTime = .undeclared, timeToLive: TimeSpan? = nil, timeZone: String = "UTC",
            columns: [String]? = nil
        ) {
            self.name = name
            self.path = path
            self.keys = keys
            self.eventTime = eventTime
            self.knownTime = knownTime
            self.timeToLive = timeToLive
            self.timeZone = timeZone
            self.columns = columns
        }
    }

    let spine: String
    let timeColumn: String
    let tables: [Table]
    let ignoresKnownTime: Bool

    /// Describes a join; paths are absolute.
    public init(
        spine: String, timeColumn: String = "event_timestamp", tables: [Table], ignoresKnownTime: Bool = false
    ) {
        self.spine = spine
        self.timeColumn = timeColumn
        self.tables = tables
        self.ignoresKnownTime = ignoresKnownTime
    }
}

/// A column of a source as the feature that it became.
public struct FrameFeature: Sendable, Hashable {
    /// The source.
    public let table: String
    /// The column of the source.
    public let column: String
    /// The name of the feature in its view.
    public let feature: String
    /// The type.
    public let type: DataType
}

/// A column of a source that became no feature.
public struct LeftOut: Sendable, Hashable {
    /// The source.
    public let table: String
    /// The column of the source.
    public let column: String
    /// Why.
    public let reason: String
}
