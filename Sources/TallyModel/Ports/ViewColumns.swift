// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The columns of a view's rows: which are read of the source, which are stored and compared, and which come along hidden.
///
/// Rows are read as `keys` and `inputs`, and made into `made`: the features in declared order, whose bytes decide ties
/// (SEMANTICS 2), and behind them hidden columns, which a join returns to its caller and which are never stored or
/// shown. A feature that an expression computes has such a column: what the expression met in each row.
public struct ViewColumns: Sendable {
    /// Turns inputs into the columns that are made; the same rows in the same order.
    public typealias Transform = @Sendable (Batch) throws(TallyError) -> Batch

    /// The join keys: columns of the same name and type in spine and source.
    public let keys: [ColumnSchema]
    /// The source columns that are read in addition to keys and times, in order.
    public let inputs: [ColumnSchema]
    /// The stored features in declared order.
    public let features: [ColumnSchema]
    /// The columns after the features that are neither stored nor compared.
    public let hidden: [ColumnSchema]
    /// For each feature, the position of what its expression met in `hidden`; nil for a plain column.
    private let findingPlaces: [Int?]
    private let transform: Transform?

    /// Columns of which `hidden` may be anything; without `transform` the inputs are what is made.
    public init(
        keys: [ColumnSchema], inputs: [ColumnSchema], features: [ColumnSchema], hidden: [ColumnSchema] = [],
        transform: Transform? = nil
    ) {
        self.keys = keys
        self.inputs = inputs
        self.features = features
        self.hidden = hidden
        self.transform = transform
        findingPlaces = features.map { _ in nil }
    }

    /// Columns of which some features are computed: `compute` gives for some inputs each feature's values and, for those of
    /// `isComputed`, what their expressions met in each row, nil for nothing in any.
    public init(
        keys: [ColumnSchema], inputs: [ColumnSchema], features: [ColumnSchema], isComputed: [Bool],
        compute: @escaping @Sendable (Batch) -> [(values: Column, findings: [UInt8]?)]
    ) {
        self.keys = keys
        self.inputs = inputs
        self.features = features
        var hidden: [ColumnSchema] = []
        findingPlaces = zip(features, isComputed).map { feature, isComputed in
            guard isComputed else { return nil }
            // No feature can bear the name.
            hidden.append(ColumnSchema(name: feature.name + "!findings", type: .int32))
            return hidden.count - 1
        }
        self.hidden = hidden
        let (places, schema) = (findingPlaces, features + hidden)
        transform = { (batch) throws(TallyError) in
            let computed = compute(batch)
            let masks = zip(places, computed).filter { $0.0 != nil }.map { _, feature in
                Column(
                    type: .int32,
                    storage: .int32(
                        feature.findings?.map { Int32($0) } ?? [Int32](repeating: 0, count: batch.count)))
            }
            return Batch(schema: schema, columns: computed.map(\.values) + masks, count: batch.count)
        }
    }

    /// The columns that are computed from the inputs: the features, then the hidden columns.
    public var made: [ColumnSchema] { features + hidden }

    /// Whether anything is made: else the inputs are the features as they are read.
    public var hasTransform: Bool { transform != nil }

    /// Makes the columns of some rows out of their inputs; throws what the transformation throws.
    public func make(of inputs: Batch) throws(TallyError) -> Batch {
        guard let transform else { return inputs }
        return try transform(inputs)
    }

    /// The features among columns that were made.
    public func features(of made: Batch) -> [Column] { Array(made.columns.prefix(features.count)) }

    /// Returns the finding of a feature's expression in each row, 0 for none; nil for a feature that is a plain column.
    public func findings(ofFeature feature: Int, in made: Batch) -> [Int32]? {
        guard let place = findingPlaces[feature], case .int32(let rows) = made.columns[features.count + place].storage
        else { return nil }
        return rows
    }

    /// The same keys without columns to read: only whether rows are found.
    public var withoutValues: ViewColumns { ViewColumns(keys: keys, inputs: [], features: []) }
}
