// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A definition written out as JSON in the words of its YAML form: what the registry keeps and plans compare.
///
/// Members stand in the order of the documentation; what is not declared is left out. `reads` lists the source columns
/// in use with the types found for them, so that a type that changed in the files shows up in a plan.
enum DefinitionDocument {
    static func of(_ entity: Entity) -> JSON {
        document(.entity, entity.name, [("joinKeys", .columns(entity.joinKeys))], entity.annotation)
    }

    static func of(_ source: Source, contract: Contract?, reads: [ColumnSchema]) -> JSON {
        var members: [(String, JSON)] = []
        switch source.location {
        case .files(let path, let format):
            members += [("path", .string(path)), ("format", .string(format.rawValue))]
        case .query(let text): members.append(("query", .string(text)))
        }
        if let partitions = source.partitions { members.append(("partitions", .string(partitions.rawValue))) }
        if let eventTime = source.eventTime { members.append(("eventTime", .string(eventTime))) }
        switch source.knownTime {
        case .undeclared: break
        case .after(let delay): members.append(("knownAfter", .string(delay.description)))
        case .column(let name): members.append(("knownTime", .string(name)))
        }
        if source.firstSeen != .recorded { members.append(("firstSeen", .string(source.firstSeen.rawValue))) }
        if source.history != .files { members.append(("history", .string(source.history.rawValue))) }
        members.append(("timeZone", .string(source.timeZone)))
        if let columns = source.columns { members.append(("columns", .columns(columns))) }
        if source.text != .plain { members.append(("text", source.text.json)) }
        if let path = source.contract { members.append(("contract", .string(path))) }
        if let contract { members.append(("promised", contract.json)) }
        return document(.source, source.name, members + readMembers(reads), source.annotation)
    }

    static func of(_ view: FeatureView, reads: [ColumnSchema]) -> JSON {
        var members: [(String, JSON)] = [
            ("entities", .array(view.entities.map { .string($0) })), ("source", .string(view.source)),
        ]
        if let timeToLive = view.timeToLive { members.append(("timeToLive", .string(timeToLive.description))) }
        members.append(("features", .array(view.features.map(json))))
        if !view.promises.isEmpty { members.append(("promise", .array(view.promises.map(\.json)))) }
        return document(.featureView, view.name, members + readMembers(reads), view.annotation)
    }

    static func of(_ transform: PythonTransform) -> JSON {
        var members: [(String, JSON)] = [
            ("source", .string(transform.source)), ("sha256", .optional(transform.sha256)),
            ("function", .string(transform.function)), ("mode", .string(transform.mode.rawValue)),
            ("inputs", .columns(transform.inputs)), ("outputs", .columns(transform.outputs)),
        ]
        if !transform.requirements.isEmpty {
            members.append(("requirements", .array(transform.requirements.map { .string($0.text) })))
        }
        return document(.pythonTransform, transform.name, members, transform.annotation)
    }

    static func of(_ service: FeatureService, reads: [ColumnSchema]) -> JSON {
        var members: [(String, JSON)] = [("features", .array(service.selections.map(json)))]
        if !service.request.isEmpty {
            members.append(("request", .columns(service.request)))
        }
        if !service.onDemand.isEmpty { members.append(("onDemand", .array(service.onDemand.map(json)))) }
        if !service.transforms.isEmpty {
            members.append(("transforms", .array(service.transforms.map { .string($0) })))
        }
        if let label = service.label { members.append(("label", json(label))) }
        return document(.featureService, service.name, members + readMembers(reads), service.annotation)
    }

    private static func document(
        _ kind: Definition.Kind, _ name: String, _ members: [(String, JSON)], _ annotation: Annotation
    ) -> JSON {
        .object([("kind", .string(kind.rawValue)), ("name", .string(name))] + members + annotationMembers(annotation))
    }

    private static func annotationMembers(_ annotation: Annotation) -> [(String, JSON)] {
        var members: [(String, JSON)] = []
        if let description = annotation.description { members.append(("description", .string(description))) }
        if let owner = annotation.owner { members.append(("owner", .string(owner))) }
        if !annotation.tags.isEmpty {
            let tags = annotation.tags.sorted { $0.key < $1.key }
            members.append(("tags", .object(tags.map { ($0.key, .string($0.value)) })))
        }
        return members
    }

    private static func readMembers(_ columns: [ColumnSchema]) -> [(String, JSON)] {
        columns.isEmpty ? [] : [("reads", .object(columns.map { ($0.name, .string($0.type.name)) }))]
    }

    private static func json(_ feature: Feature) -> JSON {
        var members: [(String, JSON)] = [("name", .string(feature.name)), ("type", .string(feature.type.name))]
        if let expression = feature.expression { members.append(("expression", .string(expression))) }
        if feature.isStrict { members.append(("strict", .bool(true))) }
        if let unit = feature.unit { members.append(("unit", .string(unit))) }
        if !feature.promises.isEmpty { members.append(("promise", .array(feature.promises.map(\.json)))) }
        if let value = feature.defaultValue { members.append(("default", value)) }
        return .object(members + annotationMembers(feature.annotation))
    }

    private static func json(_ selection: FeatureService.Selection) -> JSON {
        guard let items = selection.items else { return .string(selection.view) }
        let list = items.map { item -> JSON in
            guard let alias = item.alias else { return .string(item.feature) }
            return .object([("name", .string(item.feature)), ("as", .string(alias))])
        }
        return .object([(selection.view, .array(list))])
    }

    private static func json(_ label: FeatureService.Label) -> JSON {
        var members: [(String, JSON)] = [
            ("source", .string(label.source)), ("keys", .array(label.keys.map { .string($0) })),
            ("column", .string(label.column)), ("maturity", .string(label.maturity.description)),
            ("unripe", .string(label.unripe.rawValue)),
        ]
        if let alias = label.alias { members.append(("as", .string(alias))) }
        return .object(members)
    }
}
