// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The part of a service that is compared, and the size of the sample.
public struct ComparisonRequest: Sendable, Hashable {
    /// The number of (entity, instant) pairs in the sample.
    public let sample: Int
    /// The instant around which they are drawn; nil for the earliest one that all online rows can answer.
    public let at: Timestamp?
    /// Equal seeds over equal data draw equal pairs.
    public let seed: UInt64

    /// Asks for a comparison.
    public init(sample: Int, at: Timestamp? = nil, seed: UInt64 = 1) {
        self.sample = sample
        self.at = at
        self.seed = seed
    }
}

/// The result of comparing served with offline values.
public struct ComparisonReport: Sendable, Hashable {
    /// One column's share.
    public struct Column: Sendable, Hashable {
        /// The column's name in the vector.
        public let name: String
        /// The number of values that were compared.
        public var compared = 0
        /// Values that both sides have.
        public var present = 0
        /// Values that differ in a bit, in their status or in their event time.
        public var differing = 0
    }

    /// The first difference, both halves as text.
    public struct Difference: Sendable, Hashable {
        /// The column's name in the vector.
        public let column: String
        /// The entity's keys, as `name=value`.
        public let keys: [String]
        /// The instant.
        public let time: Timestamp
        /// The served value with its status and event time.
        public let served: String
        /// The value that the offline engine gives.
        public let offline: String
    }

    /// The release that was compared.
    public let release: ReleaseName
    /// The number of (entity, instant) pairs in the sample.
    public let pairs: Int
    /// The columns in the order of the vector.
    public var columns: [Column]
    /// The first difference; nil when both halves fit.
    public var difference: Difference?
    /// The reasons why parts could not be compared, one sentence each; empty when everything was.
    ///
    /// A door spells the steps that they name.
    public var unproven: [Advice]

    /// Things worth saying that stop nothing.
    public var warnings: [String] = []

    /// The number of values that were compared.
    public var compared: Int { columns.reduce(0) { $0 + $1.compared } }
    /// Values that both sides have.
    public var present: Int { columns.reduce(0) { $0 + $1.present } }
    /// The number of values that differ.
    public var differing: Int { columns.reduce(0) { $0 + $1.differing } }
}
