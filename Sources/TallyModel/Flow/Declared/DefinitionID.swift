// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The name of a definition with its kind, which together are unique in a registry.
public struct DefinitionID: Sendable, Hashable {
    /// The kind of definition.
    public let kind: Definition.Kind
    /// Its name, unique within the kind.
    public let name: String

    /// Names a definition.
    public init(_ kind: Definition.Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    /// Names an entity.
    public static func entity(_ name: String) -> DefinitionID { DefinitionID(.entity, name) }
    /// Names a source.
    public static func source(_ name: String) -> DefinitionID { DefinitionID(.source, name) }
    /// Names a feature view.
    public static func view(_ name: String) -> DefinitionID { DefinitionID(.featureView, name) }
    /// Names a function in Python.
    public static func transform(_ name: String) -> DefinitionID { DefinitionID(.pythonTransform, name) }
    /// Names a feature service.
    public static func service(_ name: String) -> DefinitionID { DefinitionID(.featureService, name) }
}

extension Definition.Kind: Comparable {
    /// The word for the kind in plans and messages: `entity`, `source`, `view`, `transform`, `service`.
    public var word: String {
        switch self {
        case .entity: "entity"
        case .source: "source"
        case .featureView: "view"
        case .pythonTransform: "transform"
        case .featureService: "service"
        }
    }

    /// Whether definitions of the kind own stored data, which a backfill fills again.
    public var isStored: Bool { self == .featureView }

    private var level: Int {
        switch self {
        case .entity: 0
        case .source: 1
        case .featureView: 2
        case .pythonTransform: 3
        case .featureService: 4
        }
    }

    /// Orders kinds so that what is referred to comes before what refers to it.
    public static func < (left: Definition.Kind, right: Definition.Kind) -> Bool { left.level < right.level }
}

extension DefinitionID: Comparable, CustomStringConvertible {
    /// Orders by kind, referred-to kinds first, then by name.
    public static func < (left: DefinitionID, right: DefinitionID) -> Bool {
        (left.kind, left.name) < (right.kind, right.name)
    }

    /// The kind's word and the name, such as `view origin_weather`.
    public var description: String { kind.word + " " + name }
}
