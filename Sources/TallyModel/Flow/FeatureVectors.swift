// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Why a served value is there or not (SEMANTICS 11); a value never travels without it.
public enum ValueStatus: UInt8, Sendable, Hashable, CaseIterable {
    /// The value is the one promised.
    case present
    /// The row is there and says null.
    case null
    /// No row is visible.
    case notFound
    /// The latest row is older than the time to live.
    case outsideMaxAge
    /// The view has not been filled up to this instant.
    case notMaterialized
    /// The result does not fit its type.
    case overflow
    /// The value breaks its promise.
    case broken
    /// The caller may not see it.
    case forbidden

    /// The spelling used in answers: the name of the case.
    public var name: String {
        switch self {
        case .present: "present"
        case .null: "null"
        case .notFound: "notFound"
        case .outsideMaxAge: "outsideMaxAge"
        case .notMaterialized: "notMaterialized"
        case .overflow: "overflow"
        case .broken: "broken"
        case .forbidden: "forbidden"
        }
    }
}

/// Feature vectors of several entities as served: every value with its status and event time, and the receipt.
public struct FeatureVectors: Sendable {
    /// One column of the vectors; row `i` belongs to entity `i` of the request.
    public struct Column: Sendable {
        /// The column's name in the vector.
        public let name: String
        /// The feature's view; nil for an on-demand expression.
        public let view: String?
        /// The type.
        public let type: DataType
        /// Which entry of `eventTimes` tells the values' event times.
        public let times: Int
        /// The values; null wherever the status is not `present`.
        public var values: [Value]
        /// Why each value is there or not.
        public var statuses: [ValueStatus]

        /// Describes a column.
        public init(
            name: String, view: String?, type: DataType, times: Int, values: [Value], statuses: [ValueStatus]
        ) {
            self.name = name
            self.view = view
            self.type = type
            self.times = times
            self.values = values
            self.statuses = statuses
        }
    }

    /// The number of entities.
    public let count: Int
    /// The columns in promised order.
    public var columns: [Column]
    /// Event times by view and on-demand column; nil where no row was found or the source has none.
    ///
    /// An on-demand value is as old as the oldest feature that it reads.
    public var eventTimes: [[Timestamp?]]
    /// The release that answered; nil for an answer that names features and no service.
    public let release: ReleaseName?
    /// The instant the answer is for.
    public let time: Timestamp
    /// Which rows were read, view by view.
    public let positions: [ReadPosition]

    /// Describes an answer.
    public init(
        count: Int, columns: [Column], eventTimes: [[Timestamp?]], release: ReleaseName?, time: Timestamp,
        positions: [ReadPosition]
    ) {
        self.count = count
        self.columns = columns
        self.eventTimes = eventTimes
        self.release = release
        self.time = time
        self.positions = positions
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

/// What was read of one view: the `P` of SEMANTICS 1.5.
public struct ReadPosition: Sendable, Hashable {
    /// Where the rows came from.
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
    /// Where the rows came from.
    public let place: Place

    /// Describes what was read.
    public init(view: String, storage: Fingerprint, place: Place) {
        self.view = view
        self.storage = storage
        self.place = place
    }
}
