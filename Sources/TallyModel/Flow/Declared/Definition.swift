// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// One document of a definition file: what a user declared, parsed and well-formed, references not yet resolved.
public enum Definition: Sendable, Hashable {
    case entity(Entity)
    case source(Source)
    case featureView(FeatureView)
    case pythonTransform(PythonTransform)
    case featureService(FeatureService)

    /// The kinds a document may have, as written after `kind:`.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case entity = "Entity"
        case source = "Source"
        case featureView = "FeatureView"
        case pythonTransform = "PythonTransform"
        case featureService = "FeatureService"
    }

    /// The kind of the definition.
    public var kind: Kind {
        switch self {
        case .entity: .entity
        case .source: .source
        case .featureView: .featureView
        case .pythonTransform: .pythonTransform
        case .featureService: .featureService
        }
    }

    /// The declared name; unique within its kind.
    public var name: String {
        switch self {
        case .entity(let entity): entity.name
        case .source(let source): source.name
        case .featureView(let view): view.name
        case .pythonTransform(let transform): transform.name
        case .featureService(let service): service.name
        }
    }
}

/// The description, owner and tags of a definition; they are outside every fingerprint (SEMANTICS 9).
public struct Annotation: Sendable, Hashable {
    /// A description of the thing, for people.
    public var description: String?
    /// The person or team that promises it.
    public var owner: String?
    /// The tags: names and values that the author chooses.
    public var tags: [String: String]

    /// Describes a definition.
    public init(description: String? = nil, owner: String? = nil, tags: [String: String] = [:]) {
        self.description = description
        self.owner = owner
        self.tags = tags
    }
}
