// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Makes a promise of a quality rule of an object or a property.
struct QualityMapper {
    private let node: YAMLNode
    private let column: String?

    init(_ node: YAMLNode, column: String?) {
        self.node = node
        self.column = column
    }

    /// The names since 3.1 of the library's rules in version 3.0.
    static let oldRules = [
        "nullCheck": "nullValues", "nullCount": "nullValues", "duplicateCount": "duplicateValues",
        "duplicateCheck": "duplicateValues", "uniqueCheck": "duplicateValues", "rowCount": "rowCount",
        "countCheck": "rowCount", "invalidCount": "invalidValues", "missingCount": "missingValues",
    ]
    /// The metrics of this program, for rules of type custom.
    static let ownMetrics =
        ContractTable.metrics + ["mean", "sum", "minimum", "maximum", "quantile", "distinctCount", "rowCountChange"]
    /// The names of this program in `engine`.
    static let ownEngines = ["tally", "tallystick"]

    /// The promise.
    var draft: PromiseDraft {
        let (check, arguments) = checkAndArguments
        let word = node.string("severity")
        var problems: [ReactionText.Problem] = []
        return PromiseDraft(
            id: node.string("id"), column: column, check: check, arguments: arguments,
            severity: word.flatMap { Promise.Severity(contractWord: $0) } ?? .error,
            reaction: VendorProperties(of: node)["onViolation"].flatMap { ReactionText.read($0, &problems) },
            description: node.string("description") ?? node.string("name"), location: place)
    }

    private var place: SourceLocation {
        let named = ["metric", "rule", "query", "implementation", "type", "name", "description"]
        return named.compactMap { node.entry($0)?.key.location }.first ?? node.location
    }

    /// The check with what it is given; a rule of the library of which nothing can be made is none.
    private var checkAndArguments: (String, [String: JSON]) {
        let (check, arguments) = written
        guard !Self.ownEngines.contains(node.string("engine")?.lowercased() ?? ""),
            let reason = obstacle(check, arguments)
        else { return (check, arguments) }
        return ("inert", arguments.merging(["metric": .string(check), "reason": .string(reason)]) { $1 })
    }

    private func obstacle(_ check: String, _ arguments: [String: JSON]) -> String? {
        guard ContractTable.metrics.contains(check) else { return nil }
        let unit = arguments["unit"]?.stringValue ?? "rows"
        if unit != "rows", unit != "percent" || check == "rowCount" { return "\(check) is not counted in '\(unit)'" }
        if (check == "rowCount") == (column != nil), check != "duplicateValues" {
            return "\(check) is not about \(column == nil ? "a table" : "a column")"
        }
        if check == "invalidValues", arguments["valid"] == nil, arguments["pattern"] == nil {
            return "neither validValues nor pattern says what is valid"
        }
        return check == "duplicateValues" && arguments["columns"] == nil ? "no columns are named" : nil
    }

    private var written: (String, [String: JSON]) {
        switch node.string("type") {
        case "sql":
            var arguments = operators(of: node)
            arguments["query"] = node.json("query")
            return ("sql", arguments)
        case "text": return ("text", [:])
        case "custom":
            let engine = node.string("engine") ?? ""
            guard Self.ownEngines.contains(engine.lowercased()) else { return ("custom", ["engine": .string(engine)]) }
            return own(engine)
        default:
            if let metric = node.string("metric") { return (metric, library(metric)) }
            guard let rule = node.string("rule") else { return ("text", [:]) }
            return old(rule)
        }
    }

    private func library(_ metric: String) -> [String: JSON] {
        var arguments = operators(of: node)
        arguments["unit"] = node.json("unit") ?? .string("rows")
        let written = node.value("arguments")
        switch metric {
        case "missingValues": arguments["missing"] = written?.json("missingValues")
        case "invalidValues":
            arguments["valid"] = written?.json("validValues")
            arguments["pattern"] = written?.json("pattern")
        case "duplicateValues":
            arguments["columns"] = written?.json("properties") ?? column.map { .array([.string($0)]) }
        default: break
        }
        return arguments
    }

    /// A rule of 3.0, which may go without an operator: then nothing of its kind may be there.
    private func old(_ rule: String) -> (String, [String: JSON]) {
        let check = Self.oldRules[rule] ?? rule
        var arguments = library(check)
        if operators(of: node).isEmpty, check != "rowCount", ContractTable.metrics.contains(check) {
            arguments["mustBe"] = .int(0)
        }
        if !ContractTable.metrics.contains(check) { arguments["rule"] = .string(rule) }
        return (check, arguments)
    }

    /// A rule for this program: an expression over a row, or a metric.
    private func own(_ engine: String) -> (String, [String: JSON]) {
        guard let implementation = Self.implementation(of: node) else {
            return ("custom", ["engine": .string(engine)])
        }
        if let expression = implementation.json("expression") { return ("expression", ["expression": expression]) }
        guard let metric = implementation.string("metric") else { return ("custom", ["engine": .string(engine)]) }
        var arguments: [String: JSON] = [:]
        for entry in implementation.entries where entry.key.text != "metric" {
            arguments[entry.key.text ?? ""] = entry.value.json
        }
        if ContractTable.metrics.contains(metric), arguments["unit"] == nil { arguments["unit"] = .string("rows") }
        return (metric, arguments)
    }

    private func operators(of node: YAMLNode) -> [String: JSON] {
        var found: [String: JSON] = [:]
        for name in ContractTable.operators { found[name] = node.value(name)?.json }
        return found
    }

    /// The mapping behind `implementation`, which may also be the text of one; nil for anything else.
    static func implementation(of node: YAMLNode) -> YAMLNode? {
        guard let written = node.value("implementation") else { return nil }
        if case .mapping = written.content { return written }
        guard let text = written.json.stringValue else { return nil }
        let file = DefinitionFile(path: written.location.file, text: text)
        guard let root = ContractReader.root(of: file, DiagnosticCollector()), case .mapping = root.content else {
            return nil
        }
        return root
    }
}
