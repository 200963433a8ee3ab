// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
public import TallyDefinitions
public import TallyModel
internal import TallyStore

// What the verbs that work with definitions return, as programs read it: the command line with `--format json`, and callers
// in other languages.

extension FeatureStore.Check {
    /// An object: `diagnostics`, `unreadable`, `unproven` and `notes`.
    public var json: JSON {
        .object([
            ("diagnostics", DiagnosticRenderer.json(checked.result.diagnostics)),
            ("unreadable", .array(checked.unreadable.map { .string($0.description) })),
            ("unproven", .array(checked.unproven.map { .string($0) })),
            ("notes", .array(checked.notes.map { .string($0) })),
        ])
    }
}

extension FeatureStore.Preview {
    /// The plan's object, and under `contracts` the effects of changed contracts.
    public var json: JSON {
        .members(
            (PlanRenderer.json(plan).objectValue ?? []) + [JSON.Member("contracts", .array(comparisons.map(\.json)))])
    }
}

extension FeatureStore.Application {
    /// An object: `plan`, `generation`, `didCommit`, `didWriteLock` and `promoted`, the releases that serve now.
    public var json: JSON {
        .object([
            ("plan", PlanRenderer.json(outcome.plan)), ("generation", .int(Int64(outcome.state.generation))),
            ("didCommit", .bool(outcome.didCommit)), ("didWriteLock", .bool(outcome.didWriteLock)),
            ("promoted", .array(promoted.map(\.json))),
        ])
    }
}

extension LoadedRepository {
    /// The definitions of a kind, by kind and name; all of them for nil.
    public func listed(_ kind: Definition.Kind?) -> [Definition] {
        definitions.map(\.definition).filter { kind == nil || $0.kind == kind }
            .sorted { ($0.kind, $0.name) < ($1.kind, $1.name) }
    }

    /// A list of objects: `kind`, `name`, `owner` and `description` of each definition.
    public func json(of kind: Definition.Kind?) -> JSON {
        .array(
            listed(kind).map { definition in
                .object([
                    ("kind", .string(definition.kind.word)), ("name", .string(definition.name)),
                    ("owner", .optional(definition.annotation.owner)),
                    ("description", .optional(definition.annotation.description)),
                ])
            })
    }
}

extension Definition {
    /// Owner, description and tags, whatever the kind.
    public var annotation: Annotation {
        switch self {
        case .entity(let entity): entity.annotation
        case .source(let source): source.annotation
        case .featureView(let view): view.annotation
        case .pythonTransform(let transform): transform.annotation
        case .featureService(let service): service.annotation
        }
    }
}
