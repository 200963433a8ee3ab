// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel
internal import TallyStore

/// The catalogue from which requests are answered, with its cached layouts; replaced in one step.
final class CatalogueCache: Sendable {
    private let serving: Serving
    private let metrics: Metrics
    private let present: Mutex<CachedCatalogue>

    init(serving: Serving, metrics: Metrics) {
        self.serving = serving
        self.metrics = metrics
        present = Mutex(CachedCatalogue(serving.catalogue, metrics: metrics))
    }

    /// The present catalogue.
    var current: CachedCatalogue { present.withLock { $0 } }

    /// Reads the catalogue again if something was applied or filled; cached layouts are then dropped.
    func refresh() async throws(TallyError) {
        _ = try await serving.refresh()
        let catalogue = serving.catalogue
        let old = current.catalogue
        guard catalogue.state.generation != old.state.generation || catalogue.generations != old.generations else {
            return
        }
        let prepared = CachedCatalogue(catalogue, metrics: metrics)
        present.withLock { $0 = prepared }
    }
}

/// A catalogue with the layouts that requests asked for so far.
final class CachedCatalogue: Sendable {
    let catalogue: ServingCatalogue
    /// The join keys of all entities by name, and by the entity's name where it has one key only.
    let joinKeys: ByName<ColumnSchema>
    private let metrics: Metrics
    private let prepared = Mutex<(layouts: [LayoutName: CachedLayout], bytes: Int)>(([:], 0))
    /// More bytes of layouts than this are not kept: clients ask for few different ones.
    private static let mostBytes = 32 << 20

    /// The name by which a request chooses a layout.
    enum LayoutName: Hashable {
        case service(String)
        /// The list of features as the request wrote it.
        case features([UInt8], isFull: Bool?)

        /// The bytes of the name.
        var size: Int {
            switch self {
            case .service(let name): name.utf8.count
            case .features(let text, _): text.count
            }
        }
    }

    init(_ catalogue: ServingCatalogue, metrics: Metrics) {
        self.catalogue = catalogue
        self.metrics = metrics
        var keys = ByName<ColumnSchema>([])
        let entities = catalogue.definitions.entities.values.sorted { $0.name < $1.name }
        for entity in entities where entity.joinKeys.count == 1 { keys[entity.name] = entity.joinKeys[0] }
        for key in entities.flatMap(\.joinKeys) { keys[key.name] = key }
        joinKeys = keys
    }

    /// The bytes of layouts that are kept.
    var keptBytes: Int { prepared.withLock(\.bytes) }

    /// The layout of a name if it was asked for before.
    func known(_ name: LayoutName) -> CachedLayout? { prepared.withLock { $0.layouts[name] } }

    /// The layout of a name, made by `make` when it is asked for the first time.
    func layout(
        _ name: LayoutName, _ make: (ServingCatalogue) throws(TallyError) -> VectorLayout
    ) throws(TallyError) -> CachedLayout {
        if let known = known(name) { return known }
        let made = CachedLayout(try make(catalogue), metrics: metrics)
        let size = name.size + made.size
        guard size <= Self.mostBytes / 8 else { return made }
        prepared.withLock { prepared in
            if prepared.bytes + size > Self.mostBytes { prepared = ([:], 0) }
            if prepared.layouts.updateValue(made, forKey: name) == nil { prepared.bytes += size }
        }
        return made
    }
}
