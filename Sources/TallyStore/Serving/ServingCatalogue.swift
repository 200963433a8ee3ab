// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A snapshot of all that can be served: releases that serve, views that are filled, and the definitions behind them.
///
/// A value: its holder answers consistently, whatever is applied meanwhile.
public struct ServingCatalogue: Sendable {
    /// The registry's state it was made of.
    public let state: RegistryState
    /// The generations of the online store at that moment, by storage fingerprint.
    public let generations: [Fingerprint: OnlineGeneration]
    /// The applied definitions.
    public let definitions: DefinitionSet
    private let layouts: [String: VectorLayout]
    private let views: [String: ServedView]

    /// The catalogue of a registry to which nothing was applied.
    public static let empty = ServingCatalogue(
        state: .empty, generations: [:],
        definitions: DefinitionSet(
            project: Project(name: "unnamed"), entities: [], sources: [], views: [], services: [], sourceColumns: [:]),
        layouts: [:], views: [:])

    private init(
        state: RegistryState, generations: [Fingerprint: OnlineGeneration], definitions: DefinitionSet,
        layouts: [String: VectorLayout], views: [String: ServedView]
    ) {
        self.state = state
        self.generations = generations
        self.definitions = definitions
        self.layouts = layouts
        self.views = views
    }

    /// Reads registry and store.
    ///
    /// A view that features are asked of one by one is served as it is applied, or, until that is filled, in its newest
    /// earlier version that is.
    ///
    /// With `service` only that one is laid out, with its views: a single request does not wait for all the others.
    public static func load(
        registry: any Registry, store: any OnlineStore, service only: String? = nil
    ) async throws(TallyError) -> ServingCatalogue {
        let state = try await registry.state()
        let generations = Dictionary(
            uniqueKeysWithValues: try await store.generations().map { ($0.storage, $0) })
        let project = state.project ?? "unnamed"
        var layouts: [String: VectorLayout] = [:]
        for release in state.releases
        where release.state == .serving && only.map({ $0 == release.release.service }) ?? true {
            let nodes = try await RecordedDefinitions.nodes(
                of: release.release, beside: state, in: registry)
            let recorded = try RecordedDefinitions(project: project, nodes: nodes)
            guard let service = recorded.set.services[release.release.service] else { continue }
            layouts[service.name] = try VectorLayout(service, release: ReleaseName(release), in: recorded)
        }
        let applied = try RecordedDefinitions(project: project, nodes: state.definitions.map(\.node))
        var views: [String: ServedView] = [:]
        let wanted = only.map { Set(applied.set.services[$0]?.selections.map(\.view) ?? []) }
        for view in applied.set.views.values where wanted?.contains(view.name) ?? true {
            let served = try ServedView(view, in: applied)
            views[view.name] =
                generations[served.fingerprints.storage] != nil
                ? served : try await earlier(view.name, filled: generations, registry: registry) ?? served
        }
        return ServingCatalogue(
            state: state, generations: generations, definitions: applied.set, layouts: layouts, views: views)
    }

    /// The newest recorded version of a view that is filled; nil when none is.
    private static func earlier(
        _ name: String, filled: [Fingerprint: OnlineGeneration], registry: any Registry
    ) async throws(TallyError) -> ServedView? {
        for version in try await registry.history(of: .view(name)).reversed() {
            guard let storage = version.node?.fingerprints.storage, filled[storage] != nil,
                let nodes = try await RecordedDefinitions.nodes(of: version, in: registry)
            else { continue }
            let recorded = try RecordedDefinitions(project: "", nodes: nodes)
            if let view = recorded.set.views[name] { return try ServedView(view, in: recorded) }
        }
        return nil
    }

    /// The layout of a service's serving release.
    ///
    /// Throws `E-not-found` for an unknown service, and `E-not-materialized`, naming the command that fills its views, while
    /// no release of it serves.
    public func layout(ofService name: String) throws(TallyError) -> VectorLayout {
        if let layout = layouts[name] { return layout }
        let known = state.definitions.map(\.node.id).filter { $0.kind == .featureService }.map(\.name)
        guard known.contains(name) else {
            throw TallyError(
                .notFound, "there is no feature service '\(name)'",
                help: nearestName(to: name, among: known).map { "did you mean '\($0)'?" }
                    ?? "`\(.list())` shows the services")
        }
        let missing = (definitions.services[name]?.selections ?? []).map(\.view).filter { !isFilled($0) }
        throw TallyError(
            .notMaterialized,
            missing.isEmpty
                ? "its release is not serving yet" : "no row was ever stored for \(missing.joined(separator: ", "))",
            subject: "service \(name)",
            help: "run `\(.materialize(missing))`")
    }

    /// The layout of features named one by one, in this order; the same view may come more than once.
    ///
    /// Throws `E-not-found` for an unknown view or feature, `E-not-materialized` for a view that was never filled, and
    /// `E-misuse` for views whose keys have one name and two types.
    public func layout(
        ofFeatures features: [(view: String, feature: String, name: String)]
    ) throws(TallyError) -> VectorLayout {
        var used: [ServedView] = []
        var places: [String: Int] = [:]
        var outputs: [VectorLayout.Output] = []
        for wanted in features {
            let served = try view(wanted.view)
            guard let index = served.features.firstIndex(where: { $0.name == wanted.feature }) else {
                throw TallyError(
                    .notFound, "view '\(wanted.view)' has no feature '\(wanted.feature)'",
                    help: nearestName(to: wanted.feature, among: served.features.map(\.name))
                        .map { "did you mean '\($0)'?" }
                        ?? "its features are \(served.features.map(\.name).joined(separator: ", "))")
            }
            let place = places[served.name] ?? used.endIndex
            if place == used.endIndex {
                guard generations[served.fingerprints.storage] != nil else {
                    throw TallyError(
                        .notMaterialized, "no row was ever stored for it", subject: "view \(served.name)",
                        help: "run `\(.materialize([served.name]))`")
                }
                used.append(served)
                places[served.name] = place
            }
            outputs.append(VectorLayout.Output(name: wanted.name, view: place, index: index))
        }
        return try VectorLayout(views: used, outputs: outputs)
    }

    /// Returns a view that is served; throws `E-not-found` for an unknown one.
    public func view(_ name: String) throws(TallyError) -> ServedView {
        if let view = views[name] { return view }
        throw TallyError(
            .notFound, "there is no feature view '\(name)'",
            help: nearestName(to: name, among: views.keys).map { "did you mean '\($0)'?" }
                ?? "`\(.list())` shows the views")
    }

    /// The services whose serving release computes something in Python, by name: only a process with a Python answers them.
    public var servicesInPython: [String] {
        layouts.filter { !($0.value.vector?.transforms.isEmpty ?? true) }.keys.sorted()
    }

    /// Whether the applied version of a view is filled.
    public func isFilled(_ view: String) -> Bool {
        state[.view(view)].map { generations[$0.node.fingerprints.storage] != nil } ?? false
    }
}
