// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The vector one model is promised: features in order, request inputs, on-demand expressions and a label.
public struct FeatureService: Sendable, Hashable {
    /// A view in a service's list, with some of its features or all of them.
    public struct Selection: Sendable, Hashable {
        /// One feature, and the name it bears in the vector when that is not its own.
        public struct Item: Sendable, Hashable {
            /// The feature's name in its view.
            public let feature: String
            /// Its name in the vector (`as:`); nil for the feature's own name.
            public let alias: String?

            /// Selects a feature.
            public init(feature: String, alias: String? = nil) {
                self.feature = feature
                self.alias = alias
            }
        }

        /// The view's name.
        public let view: String
        /// The selected features in order; nil for all features of the view in its own order.
        public let items: [Item]?

        /// Selects features of a view.
        public init(view: String, items: [Item]? = nil) {
            self.view = view
            self.items = items
        }
    }

    /// The value that a model learns to predict (SEMANTICS 8).
    public struct Label: Sendable, Hashable {
        /// The treatment of a label that is not ripe at the as-of time.
        public enum Unripe: String, Sendable, Hashable, CaseIterable {
            /// The spine row is left out and counted.
            case omit
            /// The row stays with a null label and `<label>_is_ripe` = false.
            case flag
        }

        /// The source that holds the label.
        public let source: String
        /// The columns matched by equality, present in source and spine.
        public let keys: [String]
        /// The column with the label.
        public let column: String
        /// The span after its event time during which a label may still change.
        public let maturity: TimeSpan
        /// The treatment of unripe labels.
        public let unripe: Unripe
        /// Its name in the training set (`as:`); nil for the column's own name.
        public let alias: String?

        /// Declares a label.
        public init(
            source: String, keys: [String], column: String, maturity: TimeSpan = .zero, unripe: Unripe = .omit,
            alias: String? = nil
        ) {
            self.source = source
            self.keys = keys
            self.column = column
            self.maturity = maturity
            self.unripe = unripe
            self.alias = alias
        }
    }

    /// The service's name.
    public let name: String
    /// The selected views in order.
    public let selections: [Selection]
    /// Inputs that arrive with a request, in order; in a training set the spine holds them.
    public let request: [ColumnSchema]
    /// Expressions over features and request inputs, in order; a later one may use an earlier one.
    public let onDemand: [Feature]
    /// The names of functions in Python whose outputs stand behind the on-demand features, in order.
    public let transforms: [String]
    /// The label, if the service has one.
    public let label: Label?
    /// Owner, description and tags.
    public let annotation: Annotation

    /// Declares a service.
    public init(
        name: String, selections: [Selection], request: [ColumnSchema] = [], onDemand: [Feature] = [],
        transforms: [String] = [], label: Label? = nil, annotation: Annotation = Annotation()
    ) {
        self.name = name
        self.selections = selections
        self.request = request
        self.onDemand = onDemand
        self.transforms = transforms
        self.label = label
        self.annotation = annotation
    }
}
