// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The promises that a producer makes about some tables, read from an Open Data Contract Standard document.
public struct Contract: Sendable, Hashable {
    /// One table of a contract.
    public struct Object: Sendable, Hashable {
        /// The name.
        public let name: String
        /// The name in the data; nil for the same.
        public let physicalName: String?
        /// The columns in declared order.
        public let columns: [Column]
        /// Columns that tell entities apart, in key order.
        public let keys: [String]
        /// The column that tells when a row happened.
        public let eventTime: String?
        /// The column that tells when a row became known.
        public let knownTime: String?
        /// Everything promised about the table and its columns, in the order of the document.
        public let promises: [Promise]
        /// The properties that say what the table means beyond its promises, such as `ttl`; a change of any is a change
        /// of meaning.
        public let meaning: [String: JSON]
        /// The place in the document where the table is declared.
        public let location: SourceLocation?

        /// Declares a table.
        public init(
            name: String, physicalName: String? = nil, columns: [Column], keys: [String] = [],
            eventTime: String? = nil, knownTime: String? = nil, promises: [Promise], meaning: [String: JSON] = [:],
            location: SourceLocation? = nil
        ) {
            self.name = name
            self.physicalName = physicalName
            self.columns = columns
            self.keys = keys
            self.eventTime = eventTime
            self.knownTime = knownTime
            self.promises = promises
            self.meaning = meaning
            self.location = location
        }
    }

    /// One column of a table.
    public struct Column: Sendable, Hashable {
        /// The name by which consumers know it.
        public let name: String
        /// The name in the data; nil for the same.
        public let physicalName: String?
        /// The type in the standard's words: `string`, `integer`, `number`, `vector` and so on; nil when undeclared.
        public let logicalType: String?
        /// The type in the words of the system that holds it, such as `BIGINT`; nil when undeclared.
        public let physicalType: String?
        /// Whether null is forbidden.
        public let isRequired: Bool
        /// Whether it is on its way out.
        public let isDeprecated: Bool
        /// The properties that say what the values mean: unit, window, transform, default, embedding model.
        public let meaning: [String: JSON]
        /// The place in the document where the column is declared.
        public let location: SourceLocation?

        /// Declares a column.
        public init(
            name: String, physicalName: String? = nil, logicalType: String? = nil, physicalType: String? = nil,
            isRequired: Bool = false, isDeprecated: Bool = false, meaning: [String: JSON] = [:],
            location: SourceLocation? = nil
        ) {
            self.name = name
            self.physicalName = physicalName
            self.logicalType = logicalType
            self.physicalType = physicalType
            self.isRequired = isRequired
            self.isDeprecated = isDeprecated
            self.meaning = meaning
            self.location = location
        }
    }

    /// The contract's identifier.
    public let id: String
    /// The contract's own version, such as `1.2.0`.
    public let version: String
    /// The version of the standard it is written in, such as `v3.2.0`.
    public let standard: String
    /// The name for people; nil when it has none.
    public let name: String?
    /// The status, such as `draft`, `active` or `deprecated`; nil when none is given.
    public let status: String?
    /// The party that makes the promises: the team's name, else the owner among its members.
    public let owner: String?
    /// The tables in declared order.
    public let objects: [Object]
    /// The reaction to a broken promise of each severity for which the contract declares one.
    public let reactions: [Promise.Severity: Reaction]
    /// Names of columns that may never come back with another meaning, as `object.column`.
    public let reserved: [String]
    /// The whole document as it was written, unknown vendor properties included.
    public let document: JSON
    /// The place in the document where the contract begins.
    public let location: SourceLocation?

    /// Declares a contract.
    public init(
        id: String, version: String, standard: String = "v3.2.0", name: String? = nil, status: String? = nil,
        owner: String? = nil, objects: [Object], reactions: [Promise.Severity: Reaction] = [:],
        reserved: [String] = [], document: JSON = .null, location: SourceLocation? = nil
    ) {
        self.id = id
        self.version = version
        self.standard = standard
        self.name = name
        self.status = status
        self.owner = owner
        self.objects = objects
        self.reactions = reactions
        self.reserved = reserved
        self.document = document
        self.location = location
    }

    /// The table of a name, byte for byte; nil when there is none.
    public subscript(object name: String) -> Object? { objects.first { $0.name.utf8.elementsEqual(name.utf8) } }

    /// The table that holds the rows of a source: the one of its name, else the only one; nil when it is not clear.
    public func object(forSource name: String) -> Object? {
        self[object: name] ?? (objects.count == 1 ? objects.first : nil)
    }

    /// The same contract without owner, display names, descriptions and source positions: only what is promised.
    public var withoutWords: Contract {
        let objects = objects.map { object in
            Object(
                name: object.name, physicalName: object.physicalName, columns: object.columns, keys: object.keys,
                eventTime: object.eventTime, knownTime: object.knownTime,
                promises: object.promises.map(\.withoutWords), meaning: object.meaning)
        }
        return Contract(
            id: id, version: version, standard: standard, objects: objects, reactions: reactions, reserved: reserved)
    }

    /// Returns the reaction to a broken promise of this contract: its own, else the contract's, else the usual one.
    public func reaction(to promise: Promise) -> Reaction {
        promise.reaction ?? reactions[promise.severity] ?? .usual(for: promise.severity)
    }
}

extension Contract.Object {
    /// The column of a name, byte for byte; nil when there is none.
    public subscript(column name: String) -> Contract.Column? {
        columns.first { $0.name.utf8.elementsEqual(name.utf8) }
    }
}
