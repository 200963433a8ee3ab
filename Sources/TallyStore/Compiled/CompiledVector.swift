// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyExpressions
public import TallyModel

/// The result of an on-demand expression for some rows.
struct OnDemandResult {
    /// The values, replacements included.
    let column: Column
    /// For each row the findings of the expression; nil when no row met any.
    let findingRows: [UInt8]?
    /// The rows whose values broke the promise; nil when none did.
    let broken: RowMask?
}

/// A service made ready: the views to join, the order of its features, and what is computed on demand.
public struct CompiledVector: Sendable {
    /// One feature of the vector.
    public struct Output: Sendable, Hashable {
        /// Its name in the vector: the alias, else the feature's own name.
        public let name: String
        /// The feature.
        public let feature: Feature
        /// The position of its view in `views`.
        public let view: Int
        /// Its position among the view's stored values.
        public let index: Int
    }

    /// The service.
    public let service: FeatureService
    /// The views, in the order of the service.
    public let views: [CompiledView]
    /// The features from views, in the order of the vector.
    public let outputs: [Output]
    /// The features computed on demand, in the order of the vector: expressions, then the outputs of `transforms`.
    public let onDemand: [ComputedFeature]
    /// The functions in Python, in the order of the service.
    public let transforms: [PythonTransform]
    /// The expressions, in the order of the vector.
    let expressions: [CompiledFeature]
    /// For each of them, what replaces values that break its promise; nil for nothing.
    public let onDemandGuards: [ValueGuard?]
    /// The positions in `expressions` in an order in which each uses only earlier ones.
    public let evaluationOrder: [Int]

    /// The column with the observation time that on-demand expressions may use.
    public static let observedAt = ColumnSchema(name: "observed_at", type: .timestamp)

    /// Compiles a service of a checked set.
    public init(_ service: FeatureService, in definitions: DefinitionSet) throws(TallyError) {
        self.service = service
        var views: [CompiledView] = []
        var outputs: [Output] = []
        for (position, selection) in service.selections.enumerated() {
            guard let view = definitions.views[selection.view] else {
                throw Self.broken(service, "there is no view '\(selection.view)'")
            }
            views.append(try CompiledView(view, in: definitions))
            let items = selection.items ?? view.features.map { FeatureService.Selection.Item(feature: $0.name) }
            for item in items {
                guard let index = view.features.firstIndex(where: { $0.name == item.feature }) else {
                    throw Self.broken(service, "view '\(view.name)' has no feature '\(item.feature)'")
                }
                outputs.append(
                    Output(
                        name: item.alias ?? item.feature, feature: view.features[index], view: position, index: index))
            }
        }
        self.views = views
        self.outputs = outputs
        let columns =
            outputs.map { ColumnSchema(name: $0.name, type: $0.feature.type) } + service.request
            + service.onDemand.map { ColumnSchema(name: $0.name, type: $0.type) } + [Self.observedAt]
        var compiled: [CompiledFeature] = []
        for feature in service.onDemand {
            compiled.append(try CompiledFeature(feature, columns: columns, owner: "service \(service.name)"))
        }
        expressions = compiled
        var transforms: [PythonTransform] = []
        for name in service.transforms {
            guard let transform = definitions.transforms[name] else {
                throw Self.broken(service, "there is no transform '\(name)'")
            }
            transforms.append(transform)
            guard let lacking = transform.inputs.first(where: { !columns.contains($0) }) else { continue }
            throw Self.broken(service, "its vector has no \(lacking.type) '\(lacking.name)', which '\(name)' reads")
        }
        self.transforms = transforms
        onDemand =
            compiled.map { ComputedFeature($0) }
            + transforms.flatMap { transform in transform.outputs.map { ComputedFeature($0, of: transform) } }
        var guards: [ValueGuard?] = []
        for feature in service.onDemand { guards.append(try ValueGuard(feature, isOnDemand: true)) }
        onDemandGuards = guards
        evaluationOrder = try Self.order(compiled, of: service)
    }

    private static func broken(_ service: FeatureService, _ message: String) -> TallyError {
        TallyError(.invalidDefinitions, message, subject: "service \(service.name)", help: "run `\(.check)`")
    }

    /// Sorts expressions so that what one uses comes before it; among free ones the declared order stays.
    private static func order(_ features: [CompiledFeature], of service: FeatureService) throws(TallyError) -> [Int] {
        let names = Set(features.map(\.feature.name))
        var done = Set<String>()
        var order: [Int] = []
        while order.count < features.count {
            let next = features.indices.first { index in
                !done.contains(features[index].feature.name)
                    && features[index].expression.inputs.allSatisfy { !names.contains($0) || done.contains($0) }
            }
            guard let next else { throw broken(service, "its on-demand expressions use each other in a circle") }
            done.insert(features[next].feature.name)
            order.append(next)
        }
        return order
    }

    /// Computes what is computed on demand from the vector's features, request inputs and observation times.
    ///
    /// `known` holds those columns under their names in the vector. The results come in the order of `onDemand`; where a
    /// value breaks its promise, its replacement stands in the result and in what is computed from it. `firstRow` is the number
    /// of the first row, for errors of functions in Python.
    func evaluateOnDemand(
        _ known: Batch, running runner: (any TransformRunner)?, firstRow: Int = 0
    ) throws(TallyError) -> [OnDemandResult] {
        var batch = known
        var results = [OnDemandResult?](repeating: nil, count: expressions.count)
        for position in evaluationOrder {
            let compiled = expressions[position]
            let evaluated = compiled.expression.evaluate(batch)
            let broken = onDemandGuards[position]?.broken(evaluated.column)
            let column =
                broken.flatMap { onDemandGuards[position]?.replacing(evaluated.column, $0) } ?? evaluated.column
            results[position] = OnDemandResult(column: column, findingRows: evaluated.findingRows, broken: broken)
            batch = Batch(
                schema: batch.schema + [ColumnSchema(name: compiled.feature.name, type: compiled.feature.type)],
                columns: batch.columns + [column], count: batch.count)
        }
        let outputs = try transformed(batch, by: runner, firstRow: firstRow)
        return results.compactMap(\.self)
            + outputs.map { OnDemandResult(column: $0, findingRows: nil, broken: nil) }
    }
}
