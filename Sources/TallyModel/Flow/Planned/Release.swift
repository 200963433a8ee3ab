// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The definitions that make up a service's vector, named by one fingerprint (SEMANTICS 9).
public struct Release: Sendable, Hashable {
    /// The state of a release: it waits to be served, is served, or was served.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Made by `apply`; its views may still have to be filled.
        case candidate
        /// The one that answers; at most one for each service.
        case serving
        /// Never answers again; kept for what was made with it.
        case retired

        /// Whether a release may go from this state to another in one step.
        public func canBecome(_ next: State) -> Bool {
            switch (self, next) {
            case (.candidate, .serving), (.candidate, .retired), (.serving, .retired): true
            case (.candidate, .candidate), (.serving, .candidate), (.serving, .serving), (.retired, _): false
            }
        }
    }

    /// One column of the vector.
    public struct Column: Sendable, Hashable {
        /// The origin of a column.
        public enum Origin: Sendable, Hashable {
            case feature(view: String, name: String)
            /// An on-demand expression of the service, or an output of a function in Python.
            case expression
        }

        /// The column's name in the vector.
        public let name: String
        /// Its type.
        public let type: DataType
        /// The origin of the column.
        public let origin: Origin

        /// Describes a column.
        public init(name: String, type: DataType, origin: Origin) {
            self.name = name
            self.type = type
            self.origin = origin
        }
    }

    /// One thing a release is made of.
    public struct Part: Sendable, Hashable {
        /// The kind of a part, in the order of the lockfile.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            case entity
            case expression
            case label
            case source
            case transform
            case view
        }

        /// The kind of the part.
        public let kind: Kind
        /// Its name; expressions and the label by their name in the service.
        public let name: String
        /// Its fingerprints.
        public let fingerprints: Fingerprints

        /// Describes a part.
        public init(kind: Kind, name: String, fingerprints: Fingerprints) {
            self.kind = kind
            self.name = name
            self.fingerprints = fingerprints
        }
    }

    /// The service.
    public let service: String
    /// The service's own fingerprints.
    public let fingerprints: Fingerprints
    /// The vector's columns in order.
    public let columns: [Column]
    /// Every view, source, entity, transform and expression in it and its label, sorted by kind and name.
    public let parts: [Part]
    /// The digest of all of the above, equal for equal definitions on any machine, at any time, by any user.
    public let fingerprint: Fingerprint

    /// Puts a release together and names it.
    public init(service: String, fingerprints: Fingerprints, columns: [Column], parts: [Part]) {
        self.service = service
        self.fingerprints = fingerprints
        self.columns = columns
        self.parts = parts.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
        fingerprint = Fingerprint(
            of: Self.json(service: service, fingerprints: fingerprints, columns: columns, parts: self.parts))
    }
}
