// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyExpressions
import TallyModel

/// Looks at a quality rule: level, arguments, thresholds, and whether anything acts on it.
struct QualityLint {
    let node: YAMLNode
    private let column: YAMLNode?
    let object: YAMLNode
    let lint: ContractLinter

    init(_ node: YAMLNode, column: YAMLNode?, object: YAMLNode, _ lint: ContractLinter) {
        self.node = node
        self.column = column
        self.object = object
        self.lint = lint
    }

    /// Looks at everything in it.
    func run() {
        VendorLint(lint).checkReaction(node, level: "a quality rule", hasDefault: hasDefault)
        if let place = node.value("severity"), let word = place.json.stringValue,
            Promise.Severity(contractWord: word) == nil
        {
            lint.findings.warning(
                ContractCode.unknownSeverity, "severity '\(word)' is unknown, and counts as error", at: place.location,
                note: "expected error, warning or info",
                help: nearestName(to: word, among: ["error", "warning", "info"]).map { "write '\($0)'" })
        }
        switch node.string("type") {
        case "text":
            lint.reportNotExecuted("a rule in words is not executed", at: place)
        case "sql":
            checkThresholds(node, isCount: false)
            checkQuery()
        case "custom": checkCustom()
        default: checkLibrary()
        }
    }

    private var place: SourceLocation {
        ["metric", "rule", "engine", "type"].compactMap { node.entry($0)?.value.location }.first ?? node.location
    }

    private var hasDefault: Bool { column.map { VendorProperties(of: $0)["default"] != nil } ?? false }

    private func checkLibrary() {
        guard let written = node.value("metric") ?? node.value("rule"), let name = written.json.stringValue else {
            // With an operator, the structure check asks for the metric.
            if !ContractTable.operators.contains(where: { node.entry($0) != nil }) {
                lint.reportNotExecuted("a rule without a metric is not executed", at: node.location)
            }
            return
        }
        let metric = node.value("metric") == nil ? QualityMapper.oldRules[name] ?? name : name
        guard ContractTable.metrics.contains(metric) else {
            if node.value("metric") == nil {
                lint.reportNotExecuted(
                    "rule '\(name)' is not known, and not executed", at: written.location,
                    help: "write one of \(QualityMapper.oldRules.keys.sorted().joined(separator: ", "))")
            }
            return
        }
        checkLevel(metric, written)
        if node.value("metric") != nil { checkArguments(metric, written) }
        checkUnit(metric, node)
        checkThresholds(node, isCount: true)
    }

    private func checkLevel(_ metric: String, _ place: YAMLNode) {
        let isTable = column == nil
        if metric == "rowCount", !isTable {
            warn(
                ContractCode.metricLevel, "rowCount counts rows of an object, and stands at a property",
                at: place.location, help: "move the rule to the 'quality' of the object")
        } else if isTable, ["nullValues", "missingValues", "invalidValues"].contains(metric) {
            warn(
                ContractCode.metricLevel, "\(metric) is about values of a property, and stands at the object",
                at: place.location, help: "move the rule to the 'quality' of a property")
        }
    }

    /// Reports what the standard admits and nothing can be made of.
    private func warn(_ code: DiagnosticCode, _ message: String, at place: SourceLocation, help: String?) {
        lint.findings.warning(code, message, at: place, note: "it is not executed", help: help)
    }

    private func checkArguments(_ metric: String, _ place: YAMLNode) {
        let known: [String: [String]] = [
            "missingValues": ["missingValues"], "invalidValues": ["validValues", "pattern"],
            "duplicateValues": column == nil ? ["properties"] : [],
        ]
        let names = known[metric] ?? []
        let arguments = node.value("arguments")
        for entry in arguments?.entries ?? [] where !names.contains(entry.key.text ?? "") {
            let name = entry.key.text ?? ""
            lint.findings.warning(
                ContractCode.metricArgument, "\(metric) has no argument '\(name)'", at: entry.key.location,
                note: "nothing acts on it",
                help: nearestName(to: name, among: names).map { "write '\($0)'" }
                    ?? "delete it")
        }
        // Without a list, null alone is missing.
        let isNeeded = metric == "invalidValues" || metric == "duplicateValues" && column == nil
        if isNeeded, !names.contains(where: { arguments?.value($0) != nil }) {
            warn(
                ContractCode.metricArgument, "\(metric) needs \(listed(names, "or")) among its arguments",
                at: place.location, help: "add 'arguments: {\(names[0]): …}'")
        }
        lint.checkPattern(arguments?.value("pattern"))
        for property in arguments?.list("properties") ?? [] {
            if let name = property.json.stringValue {
                ObjectLint(object, lint).checkColumn(name, property, "properties", isOwn: false)
            }
        }
        for value in arguments?.list("validValues") ?? []
        where !ValueFit.fits(value.json, column?.string("logicalType")) {
            guard value.json != .null else { continue }
            lint.findings.error(
                ContractCode.enumType, "'\(value.text ?? "")' is no \(column?.string("logicalType") ?? "")",
                at: value.location)
        }
    }

    private func checkUnit(_ metric: String, _ rule: YAMLNode) {
        guard let place = rule.value("unit"), let unit = place.json.stringValue else { return }
        if unit != "rows", unit != "percent" {
            lint.findings.warning(
                ContractCode.threshold, "\(metric) is not counted in '\(unit)'", at: place.location,
                note: "expected rows or percent; it is not executed",
                help: nearestName(to: unit, among: ["rows", "percent"]).map { "write '\($0)'" })
        } else if metric == "rowCount", unit == "percent" {
            warn(
                ContractCode.threshold, "rowCount has no percent: there is nothing it is a part of", at: place.location,
                help: "write 'rows', or delete the unit")
        }
    }
}

extension QualityLint {
    /// Thresholds that are reversed, and for counts and shares those that are always or never kept.
    private func checkThresholds(_ rule: YAMLNode, isCount: Bool) {
        let highest = rule.string("unit") == "percent" ? 100.0 : Double.infinity
        for name in ContractTable.operators {
            guard let place = rule.value(name) else { continue }
            let numbers = (place.items.isEmpty ? [place] : place.items).map(\.json.numberValue)
            if numbers.count == 2, let low = numbers[0], let high = numbers[1], low > high {
                lint.findings.error(
                    ContractCode.bounds,
                    "\(name) is reversed: \(place.items[0].text ?? "") is more than \(place.items[1].text ?? "")",
                    at: place.items[0].location, help: "exchange the two")
            }
            guard isCount else { continue }
            for (number, item) in zip(numbers, place.items.isEmpty ? [place] : place.items) {
                guard let number else {
                    lint.findings.error(
                        ContractCode.threshold, "'\(item.text ?? "")' is no number to compare a count with",
                        at: item.location)
                    continue
                }
                let isNever =
                    (name == "mustBeLessThan" && number == 0) || (name == "mustBeGreaterThan" && number == highest)
                guard isNever || !(0...highest).contains(number) else { continue }
                lint.findings.error(
                    ContractCode.threshold,
                    isNever
                        ? "\(name) \(item.text ?? "") is never kept"
                        : "a count is never \(item.text ?? "")"
                            + (highest == 100 ? " percent" : ""),
                    at: item.location,
                    note: highest == 100 ? "expected a number from 0 to 100" : "expected a number from 0")
            }
        }
    }

    /// Rules for an engine: this one's are looked at, and others' are not executed.
    private func checkCustom() {
        let engine = node.string("engine") ?? ""
        guard QualityMapper.ownEngines.contains(engine.lowercased()) else {
            lint.reportNotExecuted(
                "a rule for engine '\(engine)' is not executed", at: place,
                help: "write 'engine: tally' and its 'implementation' to have it checked here")
            return
        }
        guard let written = node.value("implementation") else { return }
        guard let implementation = QualityMapper.implementation(of: node) else {
            lint.findings.error(
                ContractCode.vendorValue, "'implementation' is no mapping", at: written.location,
                help: "write '{expression: …}' or '{metric: …, mustBeLessThan: …}'")
            return
        }
        // The text of a mapping has places of its own, which lead nowhere in the file.
        let isEmbedded = written.text != nil
        if let expression = implementation.value("expression") {
            checkExpression(expression, isEmbedded ? written.location : nil)
        } else if let metric = implementation.value("metric") {
            checkMetric(metric, implementation, isEmbedded ? written.location : nil)
        } else {
            lint.findings.error(
                ContractCode.vendorValue, "'implementation' has neither 'expression' nor 'metric'",
                at: written.location, help: "write '{expression: …}' or '{metric: …, mustBeLessThan: …}'")
        }
    }

    private func checkMetric(_ metric: YAMLNode, _ implementation: YAMLNode, _ embedded: SourceLocation?) {
        let name = metric.json.stringValue ?? ""
        guard QualityMapper.ownMetrics.contains(name) else {
            // A check by its own name, as exports write it: it judges what it is given when it is made ready.
            if lint.hooks.checks.contains(name) { return }
            lint.reportNotExecuted(
                "metric '\(name)' is not known, and not executed", at: embedded ?? metric.location,
                help: nearestName(to: name, among: QualityMapper.ownMetrics + lint.hooks.checks).map { "write '\($0)'" }
            )
            return
        }
        let operators = ContractTable.operators.filter { implementation.entry($0) != nil }
        if operators.count != 1 {
            lint.findings.error(
                ContractCode.threshold,
                "metric '\(name)' has \(operators.isEmpty ? "no operator" : "more than one operator")",
                at: embedded ?? metric.location, help: "add for example 'mustBeBetween: [0, 10]' beside it")
        }
        guard embedded == nil else { return }
        checkThresholds(implementation, isCount: ContractTable.metrics.contains(name))
        let columns = implementation.list("columns") + (implementation.value("column").map { [$0] } ?? [])
        for column in columns {
            if let name = column.json.stringValue { ObjectLint(object, lint).checkColumn(name, column, "column") }
        }
    }

    private func checkExpression(_ node: YAMLNode, _ embedded: SourceLocation?) {
        guard let text = node.json.stringValue else {
            lint.findings.error(
                ContractCode.vendorValue, "'expression' is no text", at: embedded ?? node.location,
                help: "put it in quotes")
            return
        }
        switch TypedExpression.columnsReferenced(in: text) {
        case .failure(let failure):
            for problem in failure.problems {
                lint.findings.error(
                    problem.code, problem.message, at: embedded ?? lint.place(in: node, at: problem.range),
                    note: problem.note, help: problem.help)
            }
        case .success(let columns):
            let names = object.list("properties").compactMap { $0.string("name") }
            for column in columns where !names.contains(column.name) {
                lint.reportDangling(
                    "'\(object.string("name") ?? "")' has no property '\(column.name)'",
                    at: embedded ?? lint.place(in: node, at: column.range),
                    near: nearestName(to: column.name, among: names))
            }
            checkCondition(text, embedded ?? node.location)
            guard let mapped = lint.contract[object: object.string("name") ?? ""],
                let problem = lint.hooks.expressionProblem(text, mapped)
            else { return }
            lint.findings.error(
                ContractCode.expression, problem.message,
                at: embedded ?? lint.place(in: node, at: problem.offset..<problem.offset + 1), help: problem.help)
        }
    }
}
