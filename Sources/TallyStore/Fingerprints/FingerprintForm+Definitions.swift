// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension FingerprintForm {
    /// An entity: the names and types of its join keys in order.
    static func entity(_ entity: Entity) -> FingerprintForm {
        FingerprintForm(kind: "entity", storage: [("joinKeys", .columns(entity.joinKeys))])
    }

    /// Returns the form of a source: its location and how its times are read; columns belong to the views that use
    /// them.
    static func source(_ source: Source, contract: Contract?, times: [ColumnSchema]) -> FingerprintForm {
        FingerprintForm(
            kind: "source",
            storage: [
                ("location", source.location.json), ("eventTime", .optional(source.eventTime)),
                ("knownTime", source.knownTime.json(isOfDays: source.isOfDays(times))),
                ("timeZone", .string(source.timeZone)),
                ("timeColumns", .columns(times)),
            ] + source.readingMembers, promise: contract.map { [("contract", $0.withoutWords.json)] } ?? [])
    }

    /// A view: its stored columns in order, from its source, for its entities.
    static func view(
        _ view: FeatureView, expressions: [ResolvedExpression], entities: [Fingerprints], source: Fingerprints
    ) -> FingerprintForm {
        FingerprintForm(
            kind: "view", storage: [("features", .array(expressions.map(\.json)))],
            value: [("timeToLive", view.timeToLive.map { .exact($0.microseconds) } ?? .null)]
                + JSON.defaults(view.features),
            promise: [("features", .array(view.features.map(\.promise)))]
                + (view.promises.isEmpty ? [] : [("view", .array(view.promises.map(\.withoutWords.json)))]),
            references: [.list("entities", entities), .one("source", source)])
    }

    /// A feature: its expression within its view, whose other features have a say when rows tie.
    static func feature(_ feature: Feature, expression: ResolvedExpression, view: Fingerprints) -> FingerprintForm {
        FingerprintForm(
            kind: "feature", storage: [("feature", expression.json)], value: JSON.defaults([feature]),
            promise: [("feature", feature.promise)],
            references: [.one("view", view)])
    }

    /// Returns the form of an on-demand expression: its text, and the meaning of each name in it.
    static func onDemand(
        _ feature: Feature, expression: ResolvedExpression, operands: [(name: String, fingerprints: Fingerprints)]
    ) -> FingerprintForm {
        FingerprintForm(
            kind: "expression", storage: [("expression", expression.json)], value: JSON.defaults([feature]),
            promise: [("feature", feature.promise)],
            references: [.operands(operands)])
    }

    /// A function in Python: its columns, and the text that computes them, which changes values and nothing stored.
    static func transform(_ transform: PythonTransform) -> FingerprintForm {
        FingerprintForm(
            kind: "transform",
            storage: [("inputs", .columns(transform.inputs)), ("outputs", .columns(transform.outputs))],
            value: [
                ("sha256", .optional(transform.sha256)), ("function", .string(transform.function)),
                ("mode", .string(transform.mode.rawValue)),
                ("requirements", .array(transform.requirements.map { .string($0.text) })),
            ])
    }

    /// Returns the form of an output of a function in Python: the function, and the meaning of each of its inputs.
    static func transformed(
        _ output: ColumnSchema, by transform: Fingerprints, operands: [(name: String, fingerprints: Fingerprints)]
    ) -> FingerprintForm {
        FingerprintForm(
            kind: "transformed", storage: [("output", .column(output))],
            references: [.one("transform", transform), .operands(operands)])
    }

    /// A label: equality on its keys, and when it is ripe.
    static func label(
        _ label: FeatureService.Label, keys: [ColumnSchema], column: ColumnSchema, source: Fingerprints
    ) -> FingerprintForm {
        FingerprintForm(
            kind: "label", storage: [("keys", .columns(keys)), ("column", .column(column))],
            value: [
                ("maturity", .exact(label.maturity.microseconds)), ("unripe", .string(label.unripe.rawValue)),
            ], promise: [("name", .string(label.alias ?? label.column))], references: [.one("source", source)])
    }

    /// A service: its vector in order, its request inputs, its label.
    static func service(
        _ service: FeatureService, outputs: [String], features: [Fingerprints], expressions: [Fingerprints],
        label: Fingerprints?
    ) -> FingerprintForm {
        FingerprintForm(
            kind: "service", storage: [("request", .columns(service.request))],
            value: [("names", .array(outputs.map { .string($0) }))],
            references: [
                .list("features", features), .list("expressions", expressions), .one("label", label),
            ])
    }
}

extension JSON {
    /// One column as name and type.
    static func column(_ column: ColumnSchema) -> JSON {
        .object([("name", .string(column.name)), ("type", .string(column.type.name))])
    }

    /// Columns in order.
    static func columns(_ columns: [ColumnSchema]) -> JSON { .array(columns.map { column($0) }) }
}

extension Feature {
    /// The properties of a feature that are promised beside its value.
    fileprivate var promise: JSON {
        var members: [(String, JSON)] = [
            ("name", .string(name)), ("strict", .bool(isStrict)), ("unit", .optional(unit)),
        ]
        if !promises.isEmpty { members.append(("promises", .array(promises.map(\.withoutWords.json)))) }
        return .object(members)
    }
}

extension JSON {
    /// Returns the values that replace those of features, since they are part of the features; no member where there
    /// are none.
    fileprivate static func defaults(_ features: [Feature]) -> [(String, JSON)] {
        let replaced = features.compactMap { feature -> JSON? in
            let replacing = feature.promises.filter { $0.reaction?.action == .serveDefault }
            guard !replacing.isEmpty else { return nil }
            return .object([
                ("feature", .string(feature.name)), ("value", feature.defaultValue ?? .null),
                ("unless", .array(replacing.map(\.withoutWords.json))),
            ])
        }
        return replaced.isEmpty ? [] : [("defaults", .array(replaced))]
    }
}

extension Source {
    /// Whether the event time is a day, by the types of the time columns.
    fileprivate func isOfDays(_ times: [ColumnSchema]) -> Bool {
        times.contains { $0.name == eventTime && $0.type == .date }
    }

    /// The other options that decide how files are read; no member for an option with its usual value.
    fileprivate var readingMembers: [(String, JSON)] {
        var members: [(String, JSON)] = []
        if text != .plain { members.append(("text", text.json)) }
        if let partitions { members.append(("partitions", .string(partitions.rawValue))) }
        if firstSeen != .recorded { members.append(("firstSeen", .string(firstSeen.rawValue))) }
        if history != .files { members.append(("history", .string(history.rawValue))) }
        return members
    }
}

extension Source.Location {
    /// The path and format, or the exact text of the query.
    fileprivate var json: JSON {
        switch self {
        case .files(let path, let format):
            .object([("path", .string(path)), ("format", .string(format.rawValue))])
        case .query(let text): .object([("query", .string(text))])
        }
    }
}

extension Source.KnownTime {
    /// A delay in microseconds, a column's name, or the end of the day.
    fileprivate func json(isOfDays: Bool) -> JSON {
        switch self {
        case .undeclared:
            isOfDays ? .object([("day", .string(DayEdge.end.rawValue))]) : Self.after(.zero).json(isOfDays: false)
        case .after(let delay): .object([("after", .exact(delay.microseconds))])
        case .column(let name): .object([("column", .string(name))])
        }
    }
}
