// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// One feature of a view: a column of its source, or an expression over the source's columns.
public struct Feature: Sendable, Hashable {
    /// The feature's name.
    public let name: String
    /// The promised type.
    public let type: DataType
    /// The expression that computes it; nil when it is the source's column of the same name.
    public let expression: String?
    /// Whether a finding in the expression (division by zero, overflow, failed cast) is an error instead of a null.
    public let isStrict: Bool
    /// The unit of measure, for people and contracts.
    public let unit: String?
    /// The promises about its values, in written order; the object of each is the view or service.
    public let promises: [Promise]
    /// The value that is served where a value is missing or breaks a promise whose reaction says so; nil for none.
    public let defaultValue: JSON?
    /// Owner, description and tags.
    public let annotation: Annotation

    /// Declares a feature.
    public init(
        name: String, type: DataType, expression: String? = nil, isStrict: Bool = false, unit: String? = nil,
        promises: [Promise] = [], defaultValue: JSON? = nil, annotation: Annotation = Annotation()
    ) {
        self.name = name
        self.type = type
        self.expression = expression
        self.isStrict = isStrict
        self.unit = unit
        self.promises = promises
        self.defaultValue = defaultValue
        self.annotation = annotation
    }
}

/// Features of one entity from one source, valid for a time after they happened.
public struct FeatureView: Sendable, Hashable {
    /// The view's name.
    public let name: String
    /// The names of its entities; their join keys together are the view's key, in this order.
    public let entities: [String]
    /// The name of its source.
    public let source: String
    /// The time after its event time for which a row stays valid, inclusive; nil for ever.
    public let timeToLive: TimeSpan?
    /// The stored features, in declared order.
    public let features: [Feature]
    /// The promises about the view's rows as a whole, in written order; those about a feature are in the feature.
    public let promises: [Promise]
    /// Owner, description and tags.
    public let annotation: Annotation

    /// Declares a view.
    public init(
        name: String, entities: [String], source: String, timeToLive: TimeSpan? = nil, features: [Feature],
        promises: [Promise] = [], annotation: Annotation = Annotation()
    ) {
        self.name = name
        self.entities = entities
        self.source = source
        self.timeToLive = timeToLive
        self.features = features
        self.promises = promises
        self.annotation = annotation
    }
}
