// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyReading

/// Looks at a property, and at what is inside it: bounds, enum values, options, patterns.
struct PropertyLint {
    private let node: YAMLNode
    private let lint: ContractLinter
    private let type: String?
    private let options: YAMLNode?

    init(_ node: YAMLNode, _ lint: ContractLinter) {
        self.node = node
        self.lint = lint
        type = node.string("logicalType")
        options = node.value("logicalTypeOptions")
    }

    /// Looks at everything in it.
    func run() {
        let interval = checkBounds()
        for (least, most) in [
            ("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"),
        ] { checkCounts(least, most) }
        checkOptions()
        checkEnum(interval)
        checkTimeFormat()
        lint.checkPattern(options?.value("pattern"))
        VendorLint(lint).checkProperty(node, type)
        lint.checkNames(of: inner, "a property")
        for property in inner { PropertyLint(property, lint).run() }
        if let items = node.value("items") { PropertyLint(items, lint).run() }
        for part in ["key", "value"] {
            if let held = node.value("map")?.value(part) { PropertyLint(held, lint).run() }
        }
    }

    private var inner: [YAMLNode] { node.list("properties") }

    /// Whether values are written in a form of the author's own.
    private var hasOwnFormat: Bool { ["date", "timestamp", "time"].contains(type) && options?.value("format") != nil }

    private func checkBounds() -> ValueFit.Interval {
        var interval = ValueFit.Interval()
        if type == "integer", let format = options?.string("format"), let width = ValueFit.width(format) {
            interval = width
        }
        let bounds = PropertyMapper(node).bounds
        guard !hasOwnFormat else { return ValueFit.Interval() }
        let isTime = ["date", "timestamp", "time"].contains(type)
        for bound in bounds {
            // A text where a number belongs, and the reverse, is told by the structure check.
            guard (bound.value.stringValue != nil) == isTime else { return ValueFit.Interval() }
            guard let rank = ValueFit.rank(bound.value, type) else {
                lint.findings.error(
                    ContractCode.enumType, "'\(bound.node.text ?? "")' is no \(type ?? "")", at: bound.node.location,
                    help: type == "timestamp" ? "write for example '2024-01-31T12:00:00Z'" : nil)
                return ValueFit.Interval()
            }
            interval.narrow(bound.name, rank)
        }
        if let last = bounds.last, interval.isEmpty(isWhole: type == "integer") {
            let said = bounds.map { "\($0.name) \($0.node.text ?? "")" }.joined(separator: ", ")
            lint.findings.error(
                ContractCode.bounds, "no \(type ?? "value") lies between the bounds: \(said)", at: last.node.location,
                note: type == "integer" ? options?.string("format").map { "a number of format \($0)" } : nil,
                help: bounds.count > 1 ? "exchange the two, or loosen one" : nil)
        } else if let place = options?.value("multipleOf"), let step = place.json.numberValue, step > 0,
            !bounds.isEmpty,
            interval.lower.isFinite, interval.upper.isFinite, !interval.holdsMultiple(of: step)
        {
            lint.findings.error(
                ContractCode.bounds, "no multiple of \(place.text ?? "") lies between the bounds", at: place.location,
                help: "loosen a bound, or choose another step")
        }
        return interval
    }

    private func checkCounts(_ least: String, _ most: String) {
        guard let low = options?.json(least)?.numberValue, let place = options?.value(most),
            let high = place.json.numberValue, low > high
        else { return }
        lint.findings.error(
            ContractCode.bounds,
            "\(least) \(options?.value(least)?.text ?? "") is more than \(most) \(place.text ?? "")",
            at: place.location, help: "exchange the two")
    }

    /// Options of types for which the published schema lets anything pass.
    private func checkOptions() {
        let allowed: [String: Set<String>] = ["boolean": [], "map": ["minProperties", "maxProperties"]]
        guard let type, let allowed = allowed[type] else { return }
        for entry in options?.entries ?? [] where !allowed.contains(entry.key.text ?? "") {
            lint.findings.error(
                ContractCode.foreignOption, "'\(entry.key.text ?? "")' does not belong to \(type)",
                at: entry.key.location, help: "delete it: nothing would act on it")
        }
    }

    /// Times are read by the form that is written, and by no other.
    private func checkTimeFormat() {
        guard type == "date" || type == "timestamp", let place = options?.value("format"),
            let format = place.json.stringValue
        else { return }
        guard let pattern = TimePattern(format) else {
            lint.reportNotExecuted(
                "times of the form '\(format)' are not read from text", at: place.location, help: TimePattern.help)
            return
        }
        guard type == "date", !pattern.isDay else { return }
        lint.reportNotExecuted(
            "'\(format)' has a time of day, and a date has none: no text is read by it", at: place.location,
            help: "write 'logicalType: timestamp', or a form without a time of day")
    }

    private func checkEnum(_ interval: ValueFit.Interval) {
        var kept = 0
        var hasMisfit = false
        var seen: [[UInt8]: SourceLocation] = [:]
        let values = node.list("enum")
        for item in values {
            guard let place = item.value("value") else { continue }
            let value = place.json
            // Two that are the same in all are told by the structure check.
            let isOther = values.contains {
                $0.value("value")?.json == value && !$0.json.canonicalText.isSame(as: item.json.canonicalText)
            }
            if let before = seen.updateValue(place.location, forKey: Array(value.canonicalText.utf8)), isOther {
                lint.findings.error(
                    ContractCode.duplicateName, "value '\(place.text ?? "")' stands twice in the enum",
                    at: place.location, note: "first written at \(before.spelled)", help: "delete one of the two")
            }
            guard value == .null || hasOwnFormat || ValueFit.fits(value, type) else {
                hasMisfit = true
                lint.findings.error(
                    ContractCode.enumType, "'\(place.text ?? "")' is no \(type ?? "")", at: place.location,
                    help: type == "string" ? "put it in quotes: \"\(place.text ?? "")\"" : nil)
                continue
            }
            if keeps(value, interval) { kept += 1 }
        }
        guard kept == 0, !values.isEmpty, !hasMisfit, let key = node.entry("enum")?.key else { return }
        lint.findings.error(
            ContractCode.emptyEnum, "no value of the enum keeps the other promises of the property", at: key.location,
            help: "change the enum, or the bounds beside it")
    }

    /// Whether a value keeps the bounds and lengths written next to the enum.
    private func keeps(_ value: JSON, _ interval: ValueFit.Interval) -> Bool {
        if value == .null { return !node.isTrue("required") && !node.isTrue("primaryKey") }
        if type == "string", let text = value.stringValue {
            let length = Double(text.unicodeScalars.count)
            let least = options?.json("minLength")?.numberValue ?? 0
            return length >= least && length <= options?.json("maxLength")?.numberValue ?? .infinity
        }
        guard let rank = ValueFit.rank(value, type) else { return true }
        if let step = options?.json("multipleOf")?.numberValue, step > 0, let number = DecimalNumber("\(rank)"),
            let unit = DecimalNumber("\(step)"), !number.isMultiple(of: unit)
        {
            return false
        }
        return interval.contains(rank)
    }
}
