// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyExpressions
import TallyModel

/// Checks a feature view against its entities and its source.
struct ViewCheck {
    private let view: FeatureView
    private let located: LocatedDefinition
    private let check: RepositoryCheck
    private var findings: DiagnosticCollector { check.findings }

    init(_ view: FeatureView, _ located: LocatedDefinition, _ check: RepositoryCheck) {
        self.view = view
        self.located = located
        self.check = check
    }

    /// Checks references, join keys and features.
    func run() {
        let keys = joinKeys()
        checkFeatureNames(keys)
        PromiseCheck(check).run(view, located, keys: keys.map(\.schema))
        guard let source = check.sources[view.source] else {
            check.reportUnknown(
                .source, view.source, DefinitionCode.unknownSource, at: located.place("source"))
            for index in view.features.indices { checkSyntax(index) }
            return
        }
        if view.timeToLive != nil, source.eventTime == nil {
            findings.error(
                DefinitionCode.lifeWithoutTime, "timeToLive needs an event time, and source '\(source.name)' has none",
                at: located.node.entry("timeToLive")?.key.location ?? located.location,
                help: "add 'eventTime' to the source, or delete 'timeToLive'")
        }
        guard let columns = check.columns[view.source], columns.columns != nil else {
            check.skip(view.source, checks: keys.count + view.features.count)
            for index in view.features.indices { checkSyntax(index) }
            return
        }
        for key in keys { checkJoinKey(key, columns) }
        for index in view.features.indices { checkFeature(index, columns) }
    }

    private struct Key {
        let schema: ColumnSchema
        let entity: String
        let node: YAMLNode
    }

    private func joinKeys() -> [Key] {
        var keys: [Key] = []
        for (index, name) in view.entities.enumerated() {
            let node = located.part("entities", index)
            guard let entity = check.entities[name] else {
                check.reportUnknown(.entity, name, DefinitionCode.unknownEntity, at: node.location)
                continue
            }
            for schema in entity.joinKeys {
                if let other = keys.first(where: { $0.schema.name.lowercased() == schema.name.lowercased() }) {
                    findings.error(
                        DefinitionCode.duplicateName,
                        "entities '\(other.entity)' and '\(name)' share join key '\(schema.name)'",
                        at: node.location, help: "use one of the two, or name their join keys apart")
                    continue
                }
                keys.append(Key(schema: schema, entity: name, node: node))
            }
        }
        return keys
    }

    private func checkFeatureNames(_ keys: [Key]) {
        for (index, feature) in view.features.enumerated() {
            guard let key = keys.first(where: { $0.schema.name.lowercased() == feature.name }) else { continue }
            let node = located.part("features", index)
            findings.error(
                DefinitionCode.keyCollision,
                "feature '\(feature.name)' is named like a join key of entity '\(key.entity)'",
                at: node.value("name")?.location ?? node.location,
                note: "a training set has one column of a name",
                help: "delete it: join keys are in every training set anyway")
        }
    }

    private func checkJoinKey(_ key: Key, _ columns: SourceColumns) {
        let name = key.schema.name
        if let native = columns.native[name] {
            findings.error(
                DefinitionCode.nativeType,
                "join key '\(name)' is \(native) in source '\(view.source)', which has no counterpart here",
                at: key.node.location, note: columns.origin(of: name),
                help: columns.help(forForeign: name, as: key.schema.type))
        } else if let type = columns.type(of: name) {
            guard columns.reads(name, as: key.schema.type) != true else { return }
            findings.error(
                DefinitionCode.joinKeyType,
                "join key '\(name)' of entity '\(key.entity)' is \(key.schema.type), and \(type) in source '\(view.source)'",
                at: key.node.location, note: columns.origin(of: name),
                help: "declare it \(type) in the entity, or "
                    + SourceColumns.castHelp(name, as: key.schema.type, native: nil))
        } else {
            let near = findings.nearest(to: name, among: columns.names)
            findings.error(
                DefinitionCode.missingJoinKey,
                "source '\(view.source)' has no column '\(name)', the join key of entity '\(key.entity)'",
                at: key.node.location,
                help: near.map { "name the join key '\($0)', or rename the column with 'query:'" }
                    ?? columns.help(for: name))
        }
    }

    private func checkFeature(_ index: Int, _ columns: SourceColumns) {
        let feature = view.features[index]
        let node = located.part("features", index)
        guard feature.expression == nil else {
            ExpressionCheck(findings: findings, file: node.location.file)
                .compile(
                    feature, node, columns: view.columns(columns.columns ?? []), native: columns.native,
                    origin: columns.origin(of:))
            return
        }
        let name = feature.name
        let place = node.value("name")?.location ?? node.location
        if let native = columns.native[name] {
            findings.error(
                DefinitionCode.nativeType, "column '\(name)' is \(native), which has no counterpart here", at: place,
                note: columns.origin(of: name), help: columns.help(forForeign: name, as: feature.type))
        } else if let type = columns.type(of: name) {
            guard columns.reads(name, as: feature.type) != true else { return }
            findings.error(
                DefinitionCode.featureType, "feature '\(name)' is \(feature.type), and its column is \(type)",
                at: node.value("type")?.location ?? place, note: columns.origin(of: name),
                help: "write '\(type)', or add 'expression: cast(\(name) as \(feature.type))'")
        } else {
            findings.error(
                DefinitionCode.missingFeatureColumn, "source '\(view.source)' has no column '\(name)'", at: place,
                note: "a feature without 'expression' is the column of its name",
                help: findings.nearest(to: name, among: columns.names).map {
                    "write '\($0)', or add 'expression: \($0)'"
                }
                    ?? columns.help(for: name))
        }
    }

    private func checkSyntax(_ index: Int) {
        let node = located.part("features", index)
        ExpressionCheck(findings: findings, file: node.location.file).parse(view.features[index], node)
    }
}
