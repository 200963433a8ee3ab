// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Finds faults beyond any schema: contradictions, references to nothing, and promises that are not executed.
///
/// It looks at documents of any shape, and passes over what the structure check has already refused.
struct ContractLinter {
    let root: YAMLNode
    let contract: Contract
    let findings: DiagnosticCollector
    let hooks: ContractHooks
    let index: SchemaIndex

    init(root: YAMLNode, contract: Contract, findings: DiagnosticCollector, hooks: ContractHooks) {
        self.root = root
        self.contract = contract
        self.findings = findings
        self.hooks = hooks
        index = SchemaIndex(root)
    }

    /// Looks at everything.
    func run() {
        checkVersion()
        VendorLint(self).checkContract(root)
        checkNames(of: root.list("schema"), "an object")
        checkQualityNames()
        for object in root.list("schema") { ObjectLint(object, self).run() }
        ServiceLevelLint(self).run()
    }

    private func checkVersion() {
        guard let node = root.value("version"), let text = node.json.stringValue, !Self.isSemantic(text) else { return }
        findings.warning(
            ContractCode.contractVersion, "version '\(text)' is not a semantic version", at: node.location,
            note: "expected major.minor.patch", help: "write for example '1.0.0': changes are told by its parts")
    }

    /// Whether a text is a version of Semantic Versioning 2.0.0.
    static func isSemantic(_ text: String) -> Bool {
        var core = text[...]
        var labels: [Substring] = []
        if let plus = core.firstIndex(of: "+") {
            labels.append(core[core.index(after: plus)...])
            core = core[..<plus]
        }
        if let dash = core.firstIndex(of: "-") {
            labels.append(core[core.index(after: dash)...])
            core = core[..<dash]
        }
        let numbers = core.split(separator: ".", omittingEmptySubsequences: false)
        let isNumbered = numbers.allSatisfy { number in
            !number.isEmpty && number.allSatisfy { $0.isASCII && $0.isNumber } && (number == "0" || number.first != "0")
        }
        let isLabelled = labels.allSatisfy { label in
            label.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
            }
        }
        return numbers.count == 3 && isNumbered && isLabelled
    }

    /// Reports names that occur twice in a list.
    func checkNames(of nodes: [YAMLNode], _ word: String) {
        var first: [[UInt8]: SourceLocation] = [:]
        for node in nodes {
            guard let place = node.value("name"), let name = place.json.stringValue else { continue }
            report(twice: name, word, at: place.location, &first)
        }
    }

    /// Names of quality rules are names of promises, and so unique in the whole contract.
    private func checkQualityNames() {
        var first: [[UInt8]: SourceLocation] = [:]
        for object in root.list("schema") {
            let rules = object.list("quality") + object.list("properties").flatMap { $0.list("quality") }
            for rule in rules {
                guard let place = rule.value("id"), let id = place.json.stringValue else { continue }
                report(twice: id, "a quality rule", at: place.location, &first)
            }
        }
    }

    private func report(
        twice name: String, _ word: String, at place: SourceLocation, _ first: inout [[UInt8]: SourceLocation]
    ) {
        // Names are the same when their bytes are.
        guard let before = first[Array(name.utf8)] else {
            first[Array(name.utf8)] = place
            return
        }
        findings.error(
            ContractCode.duplicateName, "\(word) '\(name)' stands twice", at: place,
            note: "first written at \(before.spelled)", help: "rename one of the two, or delete it")
    }

    /// Reports a reference to something that does not exist.
    func reportDangling(_ message: String, at place: SourceLocation, near: String?) {
        findings.error(
            ContractCode.danglingReference, message, at: place, help: near.map { "write '\($0)'" })
    }

    /// Reports a name of the standard's own that leads nowhere: what is promised there is not executed.
    func reportUnled(_ message: String, at place: SourceLocation, near: String?) {
        findings.warning(
            ContractCode.danglingReference, message, at: place, note: "it is not executed",
            help: near.map { "write '\($0)'" })
    }

    /// Reports a promise that nothing acts on.
    func reportNotExecuted(_ message: String, at place: SourceLocation, help: String? = nil) {
        findings.warning(ContractCode.notExecuted, message, at: place, help: help)
    }

    /// Returns the position in the file of a part of a scalar's text.
    func place(in node: YAMLNode, at range: Range<Int>) -> SourceLocation {
        guard case .scalar(let scalar) = node.content, scalar.layout.isExact else { return node.location }
        return scalar.layout.location(of: range, in: node.location.file)
    }

    /// Judges a pattern.
    func checkPattern(_ node: YAMLNode?) {
        guard let node, let text = node.json.stringValue, let problem = hooks.patternProblem(text) else { return }
        findings.error(
            ContractCode.pattern, problem.message, at: place(in: node, at: problem.offset..<problem.offset + 1),
            help: problem.help)
    }
}
