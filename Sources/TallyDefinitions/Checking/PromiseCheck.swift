// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Checks the promises of features against their types, and those of a view against its columns.
struct PromiseCheck {
    private let check: RepositoryCheck
    private var findings: DiagnosticCollector { check.findings }

    init(_ check: RepositoryCheck) {
        self.check = check
    }

    /// Checks those of an on-demand feature, which has values one by one and no rows of its own.
    func run(onDemand feature: Feature, _ node: YAMLNode) {
        checkFeature(feature, node)
        for key in ["nulls", "unique"] {
            guard let entry = node.entry(key) else { continue }
            findings.error(
                DefinitionCode.promiseType, "'\(key)' is about all rows, and an on-demand feature has none",
                at: entry.key.location, help: "promise something about single values, or delete it")
        }
    }

    /// Checks those of a view and its features; `keys` are the view's join keys.
    func run(_ view: FeatureView, _ located: LocatedDefinition, keys: [ColumnSchema]) {
        for (index, feature) in view.features.enumerated() {
            guard let node = located.part("features", index).value("promise") else { continue }
            checkFeature(feature, node)
        }
        guard let node = located.node.value("promise") else { return }
        checkView(view, located, node, keys)
    }

    private func checkFeature(_ feature: Feature, _ node: YAMLNode) {
        for promise in feature.promises {
            guard let help = misfit(promise.check, feature.type) else { continue }
            findings.error(
                DefinitionCode.promiseType, "'\(Self.key(of: promise, node))' is no promise about \(feature.type)",
                at: promise.location ?? node.location, help: help)
        }
        for key in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "default"] {
            if let value = node.value(key) { checkValue(value, key, feature) }
        }
        for value in node.list("enum") { checkValue(value, "enum", feature) }
        checkBounds(feature, node)
        checkPattern(node.value("pattern"))
        if feature.promises.contains(where: { $0.reaction?.action == .serveDefault }), feature.defaultValue == nil {
            findings.error(
                DefinitionCode.missingDefault, "'serveDefault' needs a default, and '\(feature.name)' has none",
                at: node.value("otherwise")?.location ?? node.location, help: "add 'default: …' to the promise")
        }
    }

    private func checkPattern(_ node: YAMLNode?) {
        guard let node, case .scalar(let scalar) = node.content,
            let problem = check.repository.hooks.patternProblem(scalar.text)
        else { return }
        let range = problem.offset..<problem.offset + 1
        findings.error(
            ContractCode.pattern, problem.message,
            at: scalar.layout.isExact ? scalar.layout.location(of: range, in: node.location.file) : node.location,
            help: problem.help)
    }

    /// Returns advice about a promise whose check does not fit the type of its values; nil when it fits.
    private func misfit(_ check: String, _ type: DataType) -> String? {
        self.check.repository.hooks.misfit(check, type)
    }

    /// The key that asked for a promise.
    private static func key(of promise: Promise, _ node: YAMLNode) -> String {
        node.entries.first { $0.key.location == promise.location }?.key.text ?? promise.check
    }

    private func checkValue(_ node: YAMLNode, _ key: String, _ feature: Feature) {
        guard !node.isRefused, !node.isAbsent,
            key == "default" || key == "enum" || misfit("range", feature.type) == nil
        else { return }
        // A bound of whole numbers may have a fraction, a value may not.
        let isBound = key != "default" && key != "enum"
        let value = node.json
        if isBound, feature.type.isNumeric ? value.numberValue != nil : Self.fits(value, feature.type) { return }
        if !isBound, Self.fits(value, feature.type) { return }
        let examples: [DataType: String] = [.timestamp: "2024-01-31T12:00:00Z", .date: "2024-01-31", .bool: "true"]
        findings.error(
            DefinitionCode.promiseType, "\(key) '\(node.text ?? node.shape)' is no \(feature.type)", at: node.location,
            help: examples[feature.type].map { "write for example '\($0)'" }
                ?? (feature.type == .string ? node.text.map { "put it in quotes: \"\($0)\"" } : nil))
    }

    /// Whether a value written in a definition is one of a type.
    static func fits(_ value: JSON, _ type: DataType) -> Bool {
        switch type {
        case .bool: value.boolValue != nil
        case .int32: value.intValue.map { Int32(exactly: $0) != nil } ?? false
        case .int64: value.intValue != nil
        case .float32, .float64: value.numberValue != nil
        case .string: value.stringValue != nil
        case .bytes, .timestamp, .date: value.stringValue.map { Value(parsing: $0, as: type) != nil } ?? false
        case .array(let element): value.arrayValue.map { $0.allSatisfy { fits($0, element) } } ?? false
        }
    }

    private func checkBounds(_ feature: Feature, _ node: YAMLNode) {
        var interval = ValueFit.Interval()
        let type = feature.type == .date ? "date" : feature.type == .timestamp ? "timestamp" : "number"
        let isWhole = feature.type == .int32 || feature.type == .int64
        for name in ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"] {
            if let value = node.json(name), let rank = ValueFit.rank(value, type) { interval.narrow(name, rank) }
        }
        let lengths = ["minLength", "maxLength"].compactMap { node.json($0)?.numberValue }
        let isReversed = lengths.count == 2 && lengths[0] > lengths[1]
        guard isReversed || interval.isEmpty(isWhole: isWhole) else { return }
        let keys = isReversed ? ["maxLength"] : ["maximum", "exclusiveMaximum"]
        findings.error(
            DefinitionCode.promiseBounds, "no value of '\(feature.name)' lies between the bounds",
            at: keys.lazy.compactMap { node.value($0)?.location }.first ?? node.location,
            help: "exchange the two, or loosen one")
    }
}

extension PromiseCheck {
    private func checkView(
        _ view: FeatureView, _ located: LocatedDefinition, _ node: YAMLNode, _ keys: [ColumnSchema]
    ) {
        let source = check.sources[view.source]
        if let entry = node.entry("freshness"), let source, source.eventTime == nil {
            findings.error(
                DefinitionCode.freshnessWithoutTime,
                "freshness counts from an event time, and source '\(source.name)' has none", at: entry.key.location,
                help: "add 'eventTime' to the source, or delete 'freshness'")
        }
        var columns = view.features.map { ColumnSchema(name: $0.name, type: $0.type) } + keys
        if let time = source?.eventTime, !columns.contains(where: { $0.name.isSame(as: time) }) {
            columns.append(ColumnSchema(name: time, type: .timestamp))
        }
        var seen: Set<String> = []
        columns = columns.filter { seen.insert($0.name).inserted }
        let names = columns.map(\.name)
        let isComplete = view.entities.allSatisfy { check.entities[$0] != nil } && source != nil
        for item in node.list("unique") {
            guard let name = item.text, !names.contains(name), !located.brokenFeatures.contains(name), isComplete else {
                continue
            }
            findings.error(
                DefinitionCode.unknownFeature, "feature view '\(view.name)' has no feature and no join key '\(name)'",
                at: item.location,
                help: nearestName(to: name, among: names).map { "write '\($0)'" } ?? "it has \(listed(names))")
        }
        guard let written = node.entry("expression") else { return }
        for item in written.value.items.isEmpty ? [written.value] : written.value.items {
            guard let text = item.text, !item.isAbsent else { continue }
            let holder = YAMLNode(content: .mapping([.init(key: written.key, value: item)]), location: item.location)
            ExpressionCheck(findings: findings, file: item.location.file).compile(
                Feature(name: "promise", type: .bool, expression: text), holder, columns: columns,
                silent: isComplete ? located.brokenFeatures : nil)
        }
    }
}
