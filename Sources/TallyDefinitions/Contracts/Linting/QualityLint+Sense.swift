// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyExpressions
import TallyModel

extension QualityLint {
    /// Words with which a statement begins that is no question.
    private static let writing: Set<String> = [
        "insert", "update", "delete", "merge", "truncate", "drop", "create", "alter", "replace", "copy", "export",
        "import", "attach", "detach", "install", "load", "call", "set", "reset", "pragma", "vacuum", "grant", "revoke",
        "begin", "commit", "rollback", "use", "checkpoint",
    ]

    /// A query asks, and changes nothing.
    func checkQuery() {
        guard let place = node.value("query"), let text = place.json.stringValue else { return }
        for statement in Self.withoutComments(text).split(separator: ";") {
            let word = statement.lowercased().drop { !$0.isLetter }.prefix { $0.isLetter || $0 == "_" }
            guard Self.writing.contains(String(word)) else { continue }
            lint.findings.error(
                ContractCode.query, "a query that begins with '\(word)' changes data", at: place.location,
                help: "write a 'select' that counts the rows that break the rule")
            return
        }
    }

    /// Returns a text without comments and quoted parts.
    private static func withoutComments(_ text: String) -> String {
        var result = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            result += (line.range(ofDashes: "--").map { line[..<$0] } ?? line[...]) + " "
        }
        let parts = result.parts(by: "'", keepingEmpty: true)
        return parts.enumerated().filter { $0.offset % 2 == 0 }.map(\.element).joined(separator: " ")
    }

    /// A condition is true or false.
    func checkCondition(_ text: String, _ place: SourceLocation) {
        let columns = object.list("properties").flatMap { property -> [ColumnSchema] in
            guard let type = Self.types[property.string("logicalType") ?? ""] else { return [] }
            return [property.string("name"), property.string("physicalName")].compactMap { name in
                name.map { ColumnSchema(name: $0, type: type) }
            }
        }
        // What does not compile is told as such, or has types that are not known before data are seen.
        guard case .success(let compiled) = TypedExpression.compile(text, columns: columns), compiled.type != .bool
        else { return }
        lint.findings.error(
            ContractCode.expression, "the expression gives \(compiled.type.name), and a condition is true or false",
            at: place, help: "compare it with something, such as '> 0'")
    }

    private static let types: [String: DataType] = [
        "string": .string, "integer": .int64, "number": .float64, "boolean": .bool, "date": .date,
        "timestamp": .timestamp,
    ]
}

/// Looks at the thresholds of several rules together: no number may be left.
struct ThresholdLint {
    private let lint: ContractLinter
    private var intervals: [String: (interval: ValueFit.Interval, said: [String])] = [:]

    init(_ lint: ContractLinter) { self.lint = lint }

    /// Looks at the rules of an object, or of one of its properties.
    mutating func check(_ rules: [YAMLNode], required: Bool) {
        for rule in rules {
            let own = QualityMapper.implementation(of: rule)
            let holder = own?.value("metric") == nil ? rule : own ?? rule
            guard let metric = holder.string("metric"), rule.string("type") != "text" else { continue }
            let unit = holder.string("unit") ?? "rows"
            let rest = (holder.value("arguments")?.json.canonicalText ?? "") + (holder.json("q")?.canonicalText ?? "")
            let key = "\(metric) \(unit) \(rest)"
            let isWhole = unit == "rows" && (ContractTable.metrics.contains(metric) || metric == "distinctCount")
            var known = intervals[key] ?? (ValueFit.Interval(), [])
            if known.said.isEmpty, metric == "nullValues", required {
                known.interval.narrow("maximum", 0)
                known.said.append("required")
            }
            for name in ContractTable.operators {
                guard let place = holder.value(name), known.interval.narrow(by: name, place) else { continue }
                let isEmptyBefore = known.said.isEmpty
                known.said.append("\(name) \(place.text ?? place.json.compactText)")
                guard !isEmptyBefore, known.interval.isEmpty(isWhole: isWhole) else { continue }
                lint.findings.error(
                    ContractCode.bounds, "no \(metric) keeps \(known.said.joined(separator: " and "))",
                    at: rule.value("metric")?.location ?? rule.location, help: "delete one of the rules")
                known = (ValueFit.Interval(), [])
            }
            intervals[key] = known
        }
    }
}

extension ValueFit.Interval {
    /// Narrows it by an operator of a rule; false for one that leaves a hole, or has no number.
    fileprivate mutating func narrow(by name: String, _ place: YAMLNode) -> Bool {
        let numbers = (place.items.isEmpty ? [place] : place.items).compactMap(\.json.numberValue)
        guard let low = numbers.first, let high = numbers.last else { return false }
        switch name {
        case "mustBe", "mustBeBetween":
            narrow("minimum", low)
            narrow("maximum", high)
        case "mustBeGreaterThan": narrow("exclusiveMinimum", low)
        case "mustBeGreaterOrEqualTo": narrow("minimum", low)
        case "mustBeLessThan": narrow("exclusiveMaximum", low)
        case "mustBeLessOrEqualTo": narrow("maximum", low)
        default: return false
        }
        return true
    }
}

extension Substring {
    /// Returns the position at which a text begins inside of this one; nil when it does not occur.
    fileprivate func range(ofDashes text: String) -> Index? {
        var place = startIndex
        while place < endIndex {
            if self[place...].hasPrefix(text) { return place }
            place = index(after: place)
        }
        return nil
    }
}
