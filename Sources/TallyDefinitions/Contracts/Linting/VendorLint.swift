// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Checks the custom properties for this program: without a check an unknown one would be ignored silently.
struct VendorLint {
    private let lint: ContractLinter

    init(_ lint: ContractLinter) { self.lint = lint }

    private static let contractNames = ["compatibility", "onViolation", "consumers", "reserved"]
    private static let objectNames =
        Meaning.objectNames + [
            "maxFutureSkew", "extraColumns", "online", "offline", "sourceWatermark", "reserved",
        ]
    private static let propertyNames =
        Meaning.columnNames + [
            "nanPolicy", "infPolicy", "onViolation", "drift", "skew", "servingCheck", "sourceHash", "indexType",
        ]
    private static let durations: Set<String> = [
        "ttl", "maxFutureSkew", "labelDelay", "sourceWatermark", "window", "slide",
    ]
    private static let policies = ["reject", "null", "allow"]
    private static let choices: [String: [String]] = [
        "nanPolicy": policies, "infPolicy": policies, "extraColumns": ["allow", "warn", "reject"],
        "compatibility": [
            "NONE", "BACKWARD", "FORWARD", "FULL", "BACKWARD_TRANSITIVE", "FORWARD_TRANSITIVE", "FULL_TRANSITIVE",
        ],
    ]
    private static let texts: Set<String> = ["eventTime", "createdTime", "unit", "currency"]
    private static let lists: Set<String> = ["entities", "reserved", "consumers", "environments"]

    /// Looks at those of the contract.
    func checkContract(_ node: YAMLNode) {
        let vendor = VendorProperties(of: node)
        checkNames(vendor, Self.contractNames, "a contract")
        checkInert(node, Self.contractNames)
        guard let reaction = vendor["onViolation"] else { return }
        guard case .mapping(let entries) = reaction.content else {
            reportValue(reaction, "'onViolation' of a contract is no mapping", "write '{error: block, warning: warn}'")
            return
        }
        for entry in entries {
            let word = entry.key.text ?? ""
            if Promise.Severity(contractWord: word) == nil {
                reportValue(entry.key, "'\(word)' is no severity", "write error, warning or info")
            }
            report(entry.value, hasDefault: true)
        }
    }

    /// Looks at those of an object.
    func checkObject(_ node: YAMLNode) {
        let vendor = VendorProperties(of: node)
        checkNames(vendor, Self.objectNames, "an object")
        checkInert(node, Self.objectNames)
        if let place = vendor["createdTime"], vendor["eventTime"] == nil {
            reportValue(
                place, "'createdTime' says when a row became known, and nothing says when it happened",
                "add 'eventTime'")
        }
        for entity in vendor["entities"]?.items ?? [] where entity.string("name") == nil || entity.list("keys").isEmpty
        {
            reportValue(entity, "an entity has a name and keys", "write '{name: …, keys: […]}'")
        }
    }

    /// Looks at those of a property.
    func checkProperty(_ node: YAMLNode, _ type: String?) {
        let vendor = VendorProperties(of: node)
        checkNames(vendor, Self.propertyNames, "a property")
        checkInert(node, Self.propertyNames)
        for name in ["nanPolicy", "infPolicy"] {
            guard let entry = vendor.entries.first(where: { $0.name == name }), type != "number", type != "vector"
            else { continue }
            lint.findings.error(
                ContractCode.foreignOption, "'\(entry.key.text ?? "")' belongs to numbers and vectors",
                at: entry.key.location, note: type.map { "the property is a \($0)" },
                help: "delete it: nothing would act on it")
        }
        let standard = vendor["default"]
        if let standard, standard.json != .null, !ValueFit.fits(standard.json, type) {
            lint.findings.error(
                ContractCode.enumType, "default '\(standard.text ?? "")' is no \(type ?? "")", at: standard.location)
        }
        if let reaction = vendor["onViolation"] { report(reaction, hasDefault: standard != nil) }
    }

    /// Looks at those of something that has a reaction and nothing else.
    func checkReaction(_ node: YAMLNode, level: String, hasDefault: Bool) {
        let vendor = VendorProperties(of: node)
        checkNames(vendor, ["onViolation"], level)
        checkInert(node, ["onViolation"])
        if let reaction = vendor["onViolation"] { report(reaction, hasDefault: hasDefault) }
    }

    /// The names of custom properties that only this program defines.
    private static let own: Set<String> = [
        "compatibility", "onViolation", "reserved", "entities", "eventTime", "createdTime", "maxFutureSkew",
        "extraColumns", "nanPolicy", "infPolicy", "onMissing", "labelDelay", "transformHash", "transformVersion",
    ]

    /// Reports properties that look as if they spoke to this program and do not, and those that come twice.
    private func checkInert(_ node: YAMLNode, _ names: [String]) {
        var first: [String: SourceLocation] = [:]
        for item in node.list("customProperties") {
            guard let key = item.value("property"), let name = key.json.stringValue else { continue }
            let isOwn = item.string("vendor") == VendorProperties.vendor
            let plain = isOwn ? name : VendorProperties.plainName(of: name) ?? name
            guard names.contains(plain) else { continue }
            if isOwn || item.value("vendor") == nil && plain != name {
                if let before = first[plain] {
                    lint.findings.warning(
                        ContractCode.unknownVendorProperty, "'\(name)' stands twice, and this one does nothing",
                        at: key.location, note: "the one at \(before.spelled) counts", help: "delete one of the two")
                } else {
                    first[plain] = key.location
                }
            } else if item.value("vendor") == nil, Self.own.contains(name) {
                lint.findings.warning(
                    ContractCode.unknownVendorProperty, "'\(name)' does nothing without a vendor", at: key.location,
                    help: "add 'vendor: \(VendorProperties.vendor)'; before version 3.2, write "
                        + "'tally\(name.prefix(1).uppercased())\(name.dropFirst())'")
            }
        }
    }

    private func checkNames(_ vendor: VendorProperties, _ names: [String], _ level: String) {
        for entry in vendor.entries {
            guard names.contains(entry.name) else {
                lint.findings.warning(
                    ContractCode.unknownVendorProperty, "\(level) has no vendor property '\(entry.name)'",
                    at: entry.key.location,
                    help: nearestName(to: entry.name, among: names).map { "write '\($0)'" }
                        ?? "it has \(listed(names.sorted()))")
                continue
            }
            checkValue(entry)
        }
    }

    private func checkValue(_ entry: VendorProperties.Entry) {
        let value = entry.value.json
        let written = entry.value.text ?? entry.value.shape
        if Self.durations.contains(entry.name), DurationText.microseconds(value) == nil {
            lint.findings.error(
                ContractCode.vendorDuration, "\(entry.name) '\(written)' is not a duration", at: entry.value.location,
                note: "expected for example '3h' or 'PT3H'",
                help: entry.value.text.map { DurationProposal.help(for: $0) })
        }
        if let words = Self.choices[entry.name], !words.contains(value.stringValue ?? "") {
            let help = entry.value.text == "null" ? "put it in quotes: \"null\"" : nil
            reportValue(
                entry.value, "'\(written)' is not a possible value of '\(entry.name)'",
                help ?? nearestName(to: written, among: words).map { "write '\($0)'" }
                    ?? "write \(listed(words, "or"))")
        }
        if Self.texts.contains(entry.name), value.stringValue == nil {
            reportValue(entry.value, "'\(entry.name)' is no text", "put it in quotes")
        }
        if Self.lists.contains(entry.name), value.arrayValue == nil {
            reportValue(entry.value, "'\(entry.name)' is no list", "write '[…]'")
        }
    }

    private func report(_ node: YAMLNode, hasDefault: Bool) {
        var problems: [ReactionText.Problem] = []
        let reaction = ReactionText.read(node, &problems)
        for problem in problems {
            switch problem {
            case .action(let node, let text):
                lint.findings.error(
                    ContractCode.unknownAction, "there is no action '\(text)'", at: node.location,
                    note: "expected \(listed(ReactionText.actions, "or"))",
                    help: nearestName(to: text, among: ReactionText.actions).map { "write '\($0)'" })
            case .shape(let node):
                reportValue(node, "this is no reaction", "write 'block', or '{action: quarantine, upTo: 1%}'")
            case .share(let node):
                reportValue(node, "'\(node.text ?? "")' is no share", "write for example '1%' or '0.01'")
            case .key(let node, let key): reportValue(node, "a reaction has no '\(key)'", "it has 'action' and 'upTo'")
            }
        }
        if reaction?.action == .serveDefault, !hasDefault {
            reportValue(
                node, "'\(node.text ?? "serveDefault")' needs a default, and there is none",
                "add the vendor property 'default' to the property")
        }
    }

    private func reportValue(_ node: YAMLNode, _ message: String, _ help: String) {
        lint.findings.error(ContractCode.vendorValue, message, at: node.location, help: help)
    }
}
