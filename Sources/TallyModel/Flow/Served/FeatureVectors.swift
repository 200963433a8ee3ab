// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Feature vectors of several entities as served: every value with its status and event time, and the receipt.
///
/// Statuses lie column by column: the status of column `c` for entity `i` is at `c * count + i`.
public struct FeatureVectors: Sendable {
    /// The name, type and origin of one column of the vectors.
    public struct Column: Sendable, Hashable {
        /// The column's name in the vector.
        public let name: String
        /// The feature's view; nil for an on-demand expression.
        public let view: String?
        /// The feature's name in its view, or the expression's.
        public let feature: String
        /// The type.
        public let type: DataType
        /// The row of `eventTimes` with the event times of its values.
        public let times: Int

        /// Describes a column.
        public init(name: String, view: String?, feature: String, type: DataType, times: Int) {
            self.name = name
            self.view = view
            self.feature = feature
            self.type = type
            self.times = times
        }
    }

    /// The number of entities.
    public let count: Int
    /// The columns in promised order.
    public let columns: [Column]
    /// The values of each column; null wherever the status is not `present`, but for defaults, whose status is `broken`.
    public let values: [TallyModel.Column]
    /// The status of each value: present, or the reason why it is missing.
    public let statuses: [ValueStatus]
    /// Event times, one row for each view and each on-demand column; entity `i` of row `r` is at `r * count + i`.
    ///
    /// Nil where no row was found or the source has no times. An on-demand value is as old as the oldest feature it reads.
    public let eventTimes: [Timestamp?]
    /// The release that answered; nil for an answer that names features and no service.
    public let release: ReleaseName?
    /// The instant of the answer.
    public let time: Timestamp
    /// The positions up to which each view was read.
    public let positions: [ReadPosition]

    /// Describes an answer.
    public init(
        count: Int, columns: [Column], values: [TallyModel.Column], statuses: [ValueStatus], eventTimes: [Timestamp?],
        release: ReleaseName?, time: Timestamp, positions: [ReadPosition]
    ) {
        precondition(
            values.map(\.type) == columns.map(\.type) && values.allSatisfy { $0.count == count }
                && statuses.count == columns.count * count,
            "\(values.count) columns and \(statuses.count) statuses for \(columns.count) columns of \(count)")
        self.count = count
        self.columns = columns
        self.values = values
        self.statuses = statuses
        self.eventTimes = eventTimes
        self.release = release
        self.time = time
        self.positions = positions
    }

    /// The value of a column for an entity.
    public func value(_ column: Int, _ entity: Int) -> Value { values[column][entity] }

    /// The status of a column's value for an entity.
    public func status(_ column: Int, _ entity: Int) -> ValueStatus { statuses[column * count + entity] }

    /// Returns the event time of a column's value for an entity.
    public func eventTime(_ column: Int, _ entity: Int) -> Timestamp? {
        eventTimes[columns[column].times * count + entity]
    }
}

/// A release as answers name it.
public struct ReleaseName: Sendable, Hashable {
    /// The service.
    public let service: String
    /// The release's number.
    public let number: Int
    /// The release's fingerprint.
    public let fingerprint: Fingerprint

    /// Names a release.
    public init(service: String, number: Int, fingerprint: Fingerprint) {
        self.service = service
        self.number = number
        self.fingerprint = fingerprint
    }

    /// Names a recorded release.
    public init(_ release: RegisteredRelease) {
        self.init(
            service: release.release.service, number: release.number, fingerprint: release.release.fingerprint)
    }
}

/// The position up to which a view was read: the `P` of SEMANTICS 1.5.
public struct ReadPosition: Sendable, Hashable {
    /// The place from which the rows came.
    public enum Place: Sendable, Hashable {
        /// A generation of the online store, up to the known time it was filled to.
        case online(generation: Int, until: Timestamp)
        /// The source's files, for an instant before the online rows begin.
        case offline(snapshot: Fingerprint)
        /// Nothing: the view has not been filled.
        case nowhere
    }

    /// The view's name.
    public let view: String
    /// The view's storage fingerprint.
    public let storage: Fingerprint
    /// The place from which the rows came.
    public let place: Place

    /// Describes what was read.
    public init(view: String, storage: Fingerprint, place: Place) {
        self.view = view
        self.storage = storage
        self.place = place
    }
}
