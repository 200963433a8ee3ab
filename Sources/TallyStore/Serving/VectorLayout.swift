// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
public import TallyModel

/// The layout of an answer, made once: views to read, the place of each stored value, on-demand computations.
public struct VectorLayout: Sendable {
    /// The release that answers; nil for features named one by one.
    public let release: ReleaseName?
    /// The views that are read.
    public let views: [ServedView]
    /// The columns of the answer, in order.
    public let columns: [FeatureVectors.Column]
    /// The join keys that a request has to give, each once, in the order of the views.
    public let keys: [ColumnSchema]
    /// The inputs that a request has to give.
    public let inputs: [ColumnSchema]

    /// For each view, the place of its key among `keyGroups`: views of the same keys share one lookup key.
    let keyGroup: [Int]
    /// The distinct keys of the views: positions in `keys`.
    let keyGroups: [[Int]]
    /// For each view and each of its stored values, the first column that shows it; -1 where none does.
    let firstTargets: [[Int]]
    /// For each view, the first columns that show its texts and lists, with how many columns show the same.
    let varying: [[(column: Int, times: Int)]]
    /// The bytes that one entity takes while an answer is made (`bytes(forEntities:)`).
    let bytesPerEntity: Int
    /// Columns that show what an earlier one shows.
    let copies: [(source: Int, target: Int)]
    /// For each view, what takes its rows apart.
    let decoders: [RowDecoder]
    /// For each view, what answers out of its stored rows.
    let answers: [StoredLatestRow]
    /// For each column, its view's position and the stored value it shows; nil for an on-demand column.
    let origins: [(view: Int, index: Int)?]
    /// Columns that show a stored value first, with what replaces values that break their promise.
    let guards: [(column: Int, check: ValueGuard)]
    /// The service that the columns are of; nil for features named one by one.
    let vector: CompiledVector?
    /// For each on-demand column, the views that its value is as old as.
    let onDemandViews: [[Int]]

    /// Lays out a service of a release.
    init(_ service: FeatureService, release: ReleaseName, in definitions: RecordedDefinitions) throws(TallyError) {
        let plan = try CompiledVector(service, in: definitions.set)
        var views: [ServedView] = []
        for view in plan.views { views.append(try ServedView(view.view, in: definitions)) }
        let outputs = plan.outputs.map { Output(name: $0.name, view: $0.view, index: $0.index) }
        try self.init(release: release, views: views, outputs: outputs, plan: plan)
    }

    /// One column that shows a stored value.
    struct Output {
        let name: String
        let view: Int
        let index: Int
    }

    /// Lays out features of views that no service puts together.
    init(views: [ServedView], outputs: [Output]) throws(TallyError) {
        try self.init(release: nil, views: views, outputs: outputs, plan: nil)
    }

    private init(
        release: ReleaseName?, views: [ServedView], outputs: [Output], plan: CompiledVector?
    ) throws(TallyError) {
        self.release = release
        self.views = views
        self.vector = plan
        inputs = plan?.service.request ?? []
        var keys: [ColumnSchema] = []
        for view in views {
            for key in view.compiled.joinKeys where !keys.contains(key) {
                try Self.refuse(key, of: view, unlessNewIn: keys)
                keys.append(key)
            }
        }
        self.keys = keys
        let groups = views.map { view in view.compiled.joinKeys.compactMap { keys.firstIndex(of: $0) } }
        let distinct = groups.uniqued()
        keyGroups = distinct
        keyGroup = groups.map { group in distinct.firstIndex(of: group) ?? 0 }

        var targets = views.map { [[Int]](repeating: [], count: $0.features.count) }
        var columns: [FeatureVectors.Column] = []
        var origins: [(view: Int, index: Int)?] = []
        for (position, output) in outputs.enumerated() {
            targets[output.view][output.index].append(position)
            let view = views[output.view]
            origins.append((output.view, output.index))
            columns.append(
                FeatureVectors.Column(
                    name: output.name, view: view.name, feature: view.features[output.index].name,
                    type: view.features[output.index].type, times: output.view))
        }
        let onDemand = plan?.onDemand ?? []
        for (index, compiled) in onDemand.enumerated() {
            origins.append(nil)
            columns.append(
                FeatureVectors.Column(
                    name: compiled.feature.name, view: nil, feature: compiled.feature.name,
                    type: compiled.feature.type, times: views.count + index))
        }
        firstTargets = targets.map { $0.map { $0.first ?? -1 } }
        varying = targets.map { shown in
            shown.filter { $0.first.map { !columns[$0].type.isFixedWidth } ?? false }.map { ($0[0], $0.count) }
        }
        bytesPerEntity = Self.bytesPerEntity(
            columns, views: views.count, onDemand: onDemand.count, keys: distinct.count)
        copies = targets.joined().flatMap { shown in shown.dropFirst().map { (shown[0], $0) } }
        decoders = views.map(\.decoder)
        answers = views.map(\.compiled.answers)
        guards = zip(views, targets).flatMap { view, shown in
            zip(shown, view.compiled.guards).compactMap { columns, check in
                guard let column = columns.first, let check else { return nil }
                return (column, check)
            }
        }
        self.columns = columns
        self.origins = origins
        onDemandViews = Self.views(behind: onDemand, outputs: outputs)
    }

    /// One request has one column of a name: it cannot be the key of two views in two types.
    private static func refuse(
        _ key: ColumnSchema, of view: ServedView, unlessNewIn keys: [ColumnSchema]
    ) throws(TallyError) {
        guard let other = keys.first(where: { $0.name.isSame(as: key.name) }) else { return }
        throw TallyError(
            .misuse, "key '\(key.name)' is \(other.type) in another view and \(key.type) here",
            subject: "view \(view.name)", help: "ask for the features of these views one after the other")
    }

    /// Returns for each expression the views whose features it reads, directly or through other expressions.
    private static func views(behind onDemand: [ComputedFeature], outputs: [Output]) -> [[Int]] {
        let ofFeature = Dictionary(outputs.map { ($0.name, $0.view) }) { first, _ in first }
        let byName = Dictionary(onDemand.map { ($0.feature.name, $0) }) { first, _ in first }
        return onDemand.map { start in
            var views = Set<Int>()
            var seen = Set([start.feature.name])
            var queue = [start]
            while let next = queue.popLast() {
                for input in next.inputs {
                    if let view = ofFeature[input] { views.insert(view) }
                    if let other = byName[input], seen.insert(input).inserted { queue.append(other) }
                }
            }
            return views.sorted()
        }
    }
}
