// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Looks at `slaProperties`: names, times, and the elements they are about.
struct ServiceLevelLint {
    private let lint: ContractLinter
    private let mapper: ServiceLevelMapper

    init(_ lint: ContractLinter) {
        self.lint = lint
        mapper = ServiceLevelMapper(root: lint.root, index: lint.index)
    }

    /// Looks at all of them.
    func run() {
        if let place = lint.root.value("slaDefaultElement") { checkElements(place) }
        for node in lint.root.list("slaProperties") {
            VendorLint(lint).checkReaction(node, level: "a service level", hasDefault: false)
            if let place = node.value("element") { checkElements(place) }
            guard let place = node.value("property"), let word = place.json.stringValue else { continue }
            guard let name = ServiceLevelMapper.name(word) else {
                let names = ServiceLevelMapper.names.keys
                lint.findings.warning(
                    ContractCode.unknownServiceLevel, "service level '\(word)' is not one of the standard's",
                    at: place.location,
                    help: nearestName(to: word, among: names).map { "write '\($0)'" }
                        ?? "the standard has \(listed(names.sorted()))")
                continue
            }
            if ServiceLevelMapper.durations.contains(name) { checkTime(node, name, place) }
            if ServiceLevelMapper.checks.contains(name) { checkColumns(node, name, place) }
        }
    }

    private func checkTime(_ node: YAMLNode, _ name: String, _ place: YAMLNode) {
        guard ServiceLevelMapper.limit(of: node) == nil, let value = node.value("value") else { return }
        if let unit = node.value("unit"), let text = unit.json.stringValue {
            guard DurationText.microseconds(ofUnit: text) != nil else {
                let near = nearestName(to: text, among: DurationText.unitNames)
                warn(
                    "'\(text)' is not a unit of time", unit, "expected ms, s, m, h, d, w, mo or y, or their names",
                    help: near.map { "write '\($0)'" })
                return
            }
            warn(
                "\(name) '\(value.text ?? "")' is not a length of time", value, "expected a number that is not negative"
            )
        } else {
            warn(
                "\(name) has no unit of time", value, nil, help: "add 'unit: h', or another of ms, s, m, h, d, w, mo, y"
            )
        }
    }

    /// Reports a time that the standard admits and that cannot be read: the service level is not executed.
    private func warn(_ message: String, _ node: YAMLNode, _ note: String?, help: String? = nil) {
        lint.findings.warning(
            ContractCode.serviceLevelTime, message, at: node.location,
            note: [note, "it is not executed"].compactMap { $0 }.joined(separator: "; "), help: help)
    }

    private func checkColumns(_ node: YAMLNode, _ name: String, _ place: YAMLNode) {
        let elements = mapper.elements(of: node)
        let wholes =
            elements.isEmpty
            ? lint.index.objects.compactMap { $0.string("name") }
            : elements.filter { $0.property == nil }.map(\.object)
        for object in wholes {
            guard let mapped = lint.contract[object: object], mapped.eventTime == nil else { continue }
            lint.reportNotExecuted(
                "\(name) of '\(object)' is not executed: no time column is named", at: place.location,
                help: "write 'element: \(object).' and the time column, or the vendor property 'eventTime'")
        }
    }

    private func checkElements(_ place: YAMLNode) {
        guard let text = place.json.stringValue, !lint.index.objects.isEmpty else { return }
        var offset = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let width = part.unicodeScalars.count
            defer { offset += width + 1 }
            let element = String(part).trimmed
            guard !element.isEmpty else { continue }
            let target = lint.index.target(element)
            guard !lint.index.contains(target), !target.isElsewhere else { continue }
            let lead = part.unicodeScalars.prefix { $0 == " " || $0 == "\t" }.count
            let at = lint.place(in: place, at: offset + lead..<offset + lead + element.unicodeScalars.count)
            let objects = lint.index.objects
            let names = objects.flatMap { object in
                [object.string("name") ?? ""]
                    + object.list("properties").map { "\(object.string("name") ?? "").\($0.string("name") ?? "")" }
            }
            lint.reportUnled(
                "'\(element)' is no object and no property of one", at: at, near: nearestName(to: element, among: names)
            )
        }
    }
}
