// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyExpressions
public import TallyModel

/// The types that definitions declare for each source's columns: text is read as them, and other types are inferred.
///
/// The first word counts: the source's `columns:` and its times, then contracts, join keys, plain features and labels, then
/// features whose expression is nothing but a column, and last a column that expressions use only in
/// `cast(column as type)`, which says the type as well. Times of a form that is not read here are declared by no contract,
/// and are text unless declared elsewhere.
struct DeclaredTypes {
    private var types: [String: ByName<DataType>] = [:]
    private var order: [String: [ColumnSchema]] = [:]
    private var strange: [(source: String, column: String)] = []

    init(_ repository: LoadedRepository) {
        var entities: [String: Entity] = [:]
        var views: [FeatureView] = []
        var services: [FeatureService] = []
        for located in repository.definitions {
            switch located.definition {
            case .entity(let entity): entities[entity.name] = entity
            case .source(let source): declare(source, repository.contracts)
            case .featureView(let view): views.append(view)
            case .pythonTransform: break
            case .featureService(let service): services.append(service)
            }
        }
        for view in views {
            for key in view.entities.compactMap({ entities[$0] }).flatMap(\.joinKeys) {
                declare(key.name, key.type, in: view.source)
            }
        }
        for view in views {
            for feature in view.features where feature.expression == nil {
                declare(feature.name, feature.type, in: view.source)
            }
        }
        // The entity that sorts first has a say where two have a join key of one name.
        var joinKeys: ByName<DataType> = ByName([])
        for entity in entities.values.sorted(by: { $0.name < $1.name }) {
            for key in entity.joinKeys where joinKeys[key.name] == nil { joinKeys[key.name] = key.type }
        }
        for label in services.compactMap(\.label) {
            // A label is found by the spine's keys: a column named like a join key is of its type.
            for key in label.keys {
                if let type = joinKeys[key] { declare(key, type, in: label.source) }
            }
        }
        for view in views {
            for feature in view.features {
                guard let text = feature.expression, let column = TypedExpression.column(in: text) else { continue }
                declare(column, feature.type, in: view.source)
            }
        }
        declareCasts(views)
        for (source, column) in strange { declare(column, .string, in: source) }
    }

    /// The declared columns of a source.
    func columns(of source: String) -> [ColumnSchema] { order[source] ?? [] }

    private mutating func declare(_ name: String, _ type: DataType, in source: String) {
        if types[source]?[name] != nil { return }
        types[source, default: ByName([])][name] = type
        order[source, default: []].append(ColumnSchema(name: name, type: type))
    }

    private mutating func declare(_ source: Source, _ contracts: [String: LoadedContract]) {
        for column in source.columns ?? [] { declare(column.name, column.type, in: source.name) }
        if let time = source.eventTime { declare(time, .timestamp, in: source.name) }
        if case .column(let time) = source.knownTime { declare(time, .timestamp, in: source.name) }
        guard let path = source.contract, let contract = contracts[path]?.contract else { return }
        let object = contract.object(forSource: source.name)
        for column in object?.columns ?? [] {
            guard let type = column.textType else { continue }
            let name = column.physicalName ?? column.name
            if source.isText, object?.timeFormat(of: column.name)?.isUnderstood == false {
                strange.append((source.name, name))
            } else {
                declare(name, type, in: source.name)
            }
        }
    }

    private mutating func declareCasts(_ views: [FeatureView]) {
        for (source, views) in Dictionary(grouping: views, by: \.source) {
            var casts: ByName<Set<DataType>> = ByName([])
            var names: [String] = []
            var bare: ByName<Bool> = ByName([])
            for text in views.flatMap(\.features).compactMap(\.expression) {
                let uses = TypedExpression.columnUses(in: text)
                for use in uses {
                    guard let type = use.cast else {
                        bare[use.column] = true
                        continue
                    }
                    if casts[use.column] == nil { names.append(use.column) }
                    casts[use.column, default: []].insert(type)
                }
            }
            for name in names where bare[name] == nil {
                if let types = casts[name], types.count == 1, let type = types.first { declare(name, type, in: source) }
            }
        }
    }
}

extension LoadedRepository {
    /// The types that the definitions declare for the columns of a source, which text is read as.
    public func declaredTypes() -> [String: [ColumnSchema]] {
        let declared = DeclaredTypes(self)
        return Dictionary(sources.map { ($0.name, declared.columns(of: $0.name)) }) { first, _ in first }
    }
}
