// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Makes a contract of a document that the standard accepts.
struct ContractMapper {
    let root: YAMLNode
    let standard: ContractStandard

    /// The contract with all its promises.
    func contract() -> Contract {
        let vendor = VendorProperties(of: root)
        var names = PromiseNames()
        let index = SchemaIndex(root)
        var drafts = root.list("schema").map { ObjectMapper($0, index).draft() }
        ServiceLevelMapper(root: root, index: index).add(to: &drafts)
        let objects = drafts.map { $0.object(&names) }
        return Contract(
            id: root.string("id") ?? "", version: root.string("version") ?? "",
            standard: root.string("apiVersion") ?? standard.spelled, name: root.string("name"),
            status: root.string("status"), owner: owner, objects: objects, reactions: reactions(vendor),
            reserved: reserved(vendor), document: root.json, location: root.location)
    }

    /// The name of the team, else of its member with the role of owner.
    private var owner: String? {
        guard let team = root.value("team") else { return nil }
        if let name = team.string("name") { return name }
        let members = team.items.isEmpty ? team.list("members") : team.items
        let owner = members.first { $0.string("role")?.lowercased().contains("owner") ?? false }
        return owner?.string("name") ?? owner?.string("username")
    }

    private func reactions(_ vendor: VendorProperties) -> [Promise.Severity: Reaction] {
        var reactions: [Promise.Severity: Reaction] = [:]
        var problems: [ReactionText.Problem] = []
        for entry in vendor["onViolation"]?.entries ?? [] {
            guard let severity = Promise.Severity(contractWord: entry.key.text ?? "") else { continue }
            reactions[severity] = ReactionText.read(entry.value, &problems)
        }
        return reactions
    }

    /// Names that may not come back: of the contract as `object.column`, or as `column` of every object; of an object as
    /// `column`.
    private func reserved(_ vendor: VendorProperties) -> [String] {
        let objects = root.list("schema").compactMap { $0.string("name") }
        var names = (vendor["reserved"]?.items ?? []).compactMap(\.json.stringValue).flatMap { name in
            let isWhole = objects.contains { object in name.utf8.starts(with: "\(object).".utf8) }
            return isWhole || name.contains(".") ? [name] : objects.map { "\($0).\(name)" }
        }
        for object in root.list("schema") {
            guard let name = object.string("name") else { continue }
            let columns = VendorProperties(of: object)["reserved"]?.items ?? []
            names += columns.compactMap(\.json.stringValue).map { "\(name).\($0)" }
        }
        return names
    }
}

/// Names of promises that were given, so that no two are the same.
struct PromiseNames {
    private var counts: [String: Int] = [:]
    private var taken: Set<String> = []

    /// A name, or with `#2`, `#3` behind it when it was given before.
    mutating func next(_ name: String) -> String {
        var candidate = name
        var count = counts[name] ?? 0
        repeat {
            count += 1
            candidate = count == 1 ? name : "\(name)#\(count)"
        } while !taken.insert(candidate).inserted
        counts[name] = count
        return candidate
    }
}

/// A promise whose name is not final.
struct PromiseDraft {
    var id: String?
    var column: String?
    let check: String
    var arguments: [String: JSON] = [:]
    var severity = Promise.Severity.error
    var reaction: Reaction?
    var description: String?
    let location: SourceLocation
}

/// An object while its promises are gathered.
struct ObjectDraft {
    let node: YAMLNode
    let name: String
    let columns: [Contract.Column]
    let keys: [String]
    let eventTime: String?
    let knownTime: String?
    let meaning: [String: JSON]
    var promises: [PromiseDraft] = []

    /// The object with named promises.
    func object(_ names: inout PromiseNames) -> Contract.Object {
        let promises = self.promises.map { draft in
            let subject = draft.column.map { "\(name).\($0)" } ?? name
            return Promise(
                id: names.next(draft.id ?? "\(subject).\(draft.check)"), object: name, column: draft.column,
                check: draft.check, arguments: draft.arguments, severity: draft.severity, reaction: draft.reaction,
                description: draft.description, location: draft.location)
        }
        return Contract.Object(
            name: name, physicalName: node.string("physicalName"), columns: columns, keys: keys, eventTime: eventTime,
            knownTime: knownTime, promises: promises, meaning: meaning,
            location: node.value("name")?.location ?? node.location)
    }
}
