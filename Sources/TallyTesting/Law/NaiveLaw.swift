// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The law of `docs/semantics.md`, sections 1 to 5, in slow and obvious code: every row is looked at for every question.
///
/// It shares no type and no function with the product, only plain numbers, texts and bytes; so nothing that is wrong there
/// is wrong here in the same way. All instants and lengths are microseconds.
public enum NaiveLaw {
    /// A plain value; floats are the same when their bits are, texts when their bytes are.
    public enum Value: Sendable, Hashable {
        case null
        case bool(Bool)
        case int(Int64)
        case float(Double)
        case text(String)

        public static func == (left: Value, right: Value) -> Bool {
            switch (left, right) {
            case (.null, .null): true
            case (.bool(let left), .bool(let right)): left == right
            case (.int(let left), .int(let right)): left == right
            case (.float(let left), .float(let right)): left.bitPattern == right.bitPattern
            case (.text(let left), .text(let right)): Array(left.utf8) == Array(right.utf8)
            case (.null, _), (.bool, _), (.int, _), (.float, _), (.text, _): false
            }
        }

        public func hash(into hasher: inout Hasher) {
            switch self {
            case .null: hasher.combine(0)
            case .bool(let value): hasher.combine(value)
            case .int(let value): hasher.combine(value)
            case .float(let value): hasher.combine(value.bitPattern)
            case .text(let value): hasher.combine(Array(value.utf8))
            }
        }
    }

    /// One row of one entity (SEMANTICS 1.3, 1.9 and 2.1).
    public struct Row: Sendable {
        public var event: Int64
        /// The nanoseconds cut from the event time, −999 to 0.
        public var cut: Int64 = 0
        /// The known time that the row declares; nil for the event time.
        public var declared: Int64?
        /// The time when the store first had it; nil for a row of the first snapshot.
        public var firstSeen: Int64?
        /// The time when it was withdrawn; nil for never.
        public var withdrawn: Int64?
        public var sequence: Int64 = 0
        /// The canonical bytes that decide ties.
        public var bytes: [UInt8] = []
        public var value = Value.null

        public init(event: Int64, value: Value = .null) {
            self.event = event
            self.value = value
        }

        /// Nothing is known before it happened, before it is declared to be, or before it reached the store.
        public var known: Int64 { max(event, declared ?? event, firstSeen ?? event) }

        /// Whether the row comes after another one in the order of SEMANTICS 2.1.
        public func follows(_ other: Row) -> Bool {
            if event != other.event { return event > other.event }
            if cut != other.cut { return cut > other.cut }
            if known != other.known { return known > other.known }
            if sequence != other.sequence { return sequence > other.sequence }
            return other.bytes.lexicographicallyPrecedes(bytes)
        }
    }

    /// The event times that a feature sees at its own instant (SEMANTICS 3.4).
    public enum At: String, Sendable, CaseIterable { case inclusive, exclusive, request }

    /// The answer to a question: values (one, but for lists) and a status.
    public struct Answer: Sendable, Hashable {
        public let values: [Value]
        public let status: String

        public init(_ values: [Value], _ status: String? = nil) {
            self.values = values
            self.status = status ?? (values == [.null] ? "null" : "present")
        }
    }

    /// The rows that are known and not withdrawn at `time` (SEMANTICS 1.9 and 3.4), in order.
    ///
    /// - Parameter request: the request's own value, for `at: request`; it happens at `time` and is last.
    public static func visible(_ rows: [Row], at time: Int64, _ at: At = .inclusive, request: Value? = nil) -> [Row] {
        var seen: [Row] = []
        for row in rows where row.known <= time && time < row.withdrawn ?? .max {
            if at == .exclusive && row.event >= time { continue }
            seen.append(row)
        }
        seen.sort { $1.follows($0) }
        if at == .request, let request { seen.append(Row(event: time, value: request)) }
        return seen
    }

    /// The latest value (SEMANTICS 3.1 and 3.3).
    public static func latest(
        _ rows: [Row], at time: Int64, timeToLive: Int64? = nil, _ at: At = .inclusive, request: Value? = nil
    ) -> Answer {
        guard let last = visible(rows, at: time, at, request: request).last else { return Answer([.null], "notFound") }
        if let timeToLive, last.event < time - timeToLive { return Answer([.null], "outsideMaxAge") }
        return Answer([last.value])
    }

    /// Whether a feed is dead at `time`: nothing was committed to its source after `time − freshness` (SEMANTICS 4.6).
    public static func isStale(commits: [Int64], at time: Int64, freshness: Int64) -> Bool {
        !commits.contains { $0 > time - freshness && $0 <= time }
    }
}
