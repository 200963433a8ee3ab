// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
public import TallyModel

/// How a view's stored values are made from its source: which columns are read and what is computed from them.
public struct CompiledView: Sendable {
    /// The view.
    public let view: FeatureView
    /// Its source.
    public let source: Source
    /// Whether its event time is a day rather than an instant.
    let isOfDays: Bool
    /// What the source's producer promises about its rows; nil for nothing.
    public let contract: Contract?
    /// The view's join keys in order.
    public let joinKeys: [ColumnSchema]
    /// For each feature, what replaces values that break its promise; nil for nothing.
    public let guards: [ValueGuard?]
    /// The source columns that are read.
    public let inputs: [ColumnSchema]
    /// The stored features in declared order, followed by one `int32` mask of findings for each expression.
    public let stored: [ColumnSchema]
    /// For each feature, the position of its mask of findings in `stored`; nil for a plain column.
    public let findingColumns: [Int?]
    /// Makes `stored` out of `inputs`; nil when every feature is a plain column, which the engine widens as it reads.
    public let transform: ViewJoin.Transform?
    /// The expressions in their canonical spelling, by feature; none for plain columns.
    let canonicalTexts: [String: String]

    /// Compiles a view of a checked set.
    public init(_ view: FeatureView, in definitions: DefinitionSet) throws(TallyError) {
        guard let source = definitions.sources[view.source],
            let sourceColumns = definitions.sourceColumns[view.source]
        else {
            throw TallyError(
                .invalidDefinitions, "its source '\(view.source)' has no known columns", subject: "view \(view.name)",
                help: "run `tally check`")
        }
        self.view = view
        self.source = source
        isOfDays = source.eventTime.map { definitions.type(ofColumn: $0, in: source.name) == .date } ?? false
        contract = definitions.contracts[source.name]
        joinKeys = definitions.joinKeys(of: view)
        var guards: [ValueGuard?] = []
        for feature in view.features { guards.append(try ValueGuard(feature, isOnDemand: false)) }
        self.guards = guards
        let features = view.features.map { ColumnSchema(name: $0.name, type: $0.type) }
        guard view.features.contains(where: { $0.expression != nil }) else {
            inputs = features
            stored = features
            findingColumns = features.map { _ in nil }
            transform = nil
            canonicalTexts = [:]
            return
        }
        // A plain feature's column is read as the feature's type, for the expressions beside it too.
        let columns = view.columns(sourceColumns)
        var compiled: [CompiledFeature] = []
        for feature in view.features {
            compiled.append(try CompiledFeature(feature, columns: columns, owner: "view \(view.name)"))
        }
        let computed = compiled.filter { $0.feature.expression != nil }
        canonicalTexts = Dictionary(
            uniqueKeysWithValues: computed.map { ($0.feature.name, $0.expression.canonicalText) })
        let used = ByName(compiled.flatMap(\.expression.inputs).map { ($0, true) })
        inputs = columns.filter { used[$0.name] != nil }
        var schema = features
        var masks: [Int?] = []
        for feature in view.features {
            guard feature.expression != nil else {
                masks.append(nil)
                continue
            }
            masks.append(schema.count)
            schema.append(ColumnSchema(name: Self.findingsName(of: feature.name), type: .int32))
        }
        stored = schema
        findingColumns = masks
        let (all, result) = (compiled, schema)
        transform = { batch in Self.evaluate(all, over: batch, stored: result) }
    }

    /// The column whose times, and the ends of whose days, rows are known from; nil where none says it.
    var knownColumn: String? {
        switch source.knownTime {
        case .after: nil
        case .undeclared: isOfDays || source.isText ? source.eventTime : nil
        case .column(let name): name
        }
    }

    /// Every column of the source that is read for it.
    var readColumns: [String] {
        inputs.map(\.name) + joinKeys.map(\.name) + [source.eventTime, knownColumn].compactMap { $0 }
    }

    /// The name of the column with a feature's findings; no feature can bear it.
    static func findingsName(of feature: String) -> String { feature + "!findings" }

    private static func evaluate(_ features: [CompiledFeature], over batch: Batch, stored: [ColumnSchema]) -> Batch {
        var values: [Column] = []
        var masks: [Column] = []
        for compiled in features {
            let evaluated = compiled.expression.evaluate(batch)
            values.append(evaluated.column)
            guard compiled.feature.expression != nil else { continue }
            let mask = evaluated.findingRows?.map { Int32($0) } ?? [Int32](repeating: 0, count: batch.count)
            masks.append(Column(type: .int32, storage: .int32(mask)))
        }
        return Batch(schema: stored, columns: values + masks, count: batch.count)
    }
}
