// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// One definition as plans and registries know it: its document, its fingerprints, and what it refers to.
public struct PlanNode: Sendable, Hashable {
    /// A part of a definition that has fingerprints of its own.
    public struct Part: Sendable, Hashable {
        /// The kind of a part.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// A feature of a view.
            case feature
            /// An on-demand expression of a service, or an output of a function in Python that it uses.
            case expression
            /// The label of a service.
            case label
        }

        /// The kind of the part.
        public let kind: Kind
        /// Its name within the definition; a label bears the name it has in the training set.
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

    /// The definition's identity.
    public let id: DefinitionID
    /// Everything declared, and under `reads` the types found for the source columns it uses; owner and tags included.
    public let document: JSON
    /// The definition's fingerprints.
    public let fingerprints: Fingerprints
    /// Its parts: features in declared order; on-demand expressions in declared order, then the label.
    public let parts: [Part]
    /// The definitions it refers to directly, sorted, each once.
    public let references: [DefinitionID]

    /// Describes a node.
    public init(
        id: DefinitionID, document: JSON, fingerprints: Fingerprints, parts: [Part] = [],
        references: [DefinitionID] = []
    ) {
        self.id = id
        self.document = document
        self.fingerprints = fingerprints
        self.parts = parts
        self.references = Set(references).sorted()
    }

    /// A part by kind and name; nil when there is none.
    public func part(_ kind: Part.Kind, _ name: String) -> Part? {
        parts.first { $0.kind == kind && $0.name == name }
    }

    /// Whether two nodes are the same when documents are compared member by member, whatever the members' order.
    public func isSame(as other: PlanNode) -> Bool {
        id == other.id && fingerprints == other.fingerprints && parts == other.parts
            && references == other.references
            && document.canonicalText.utf8.elementsEqual(other.document.canonicalText.utf8)
    }
}
