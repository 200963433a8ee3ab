// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The differences between two contracts outside of their tables.
struct DocumentDifference {
    let old: Contract
    let new: Contract

    /// Returns the changes; `isElse` means that another change explains the difference between the documents.
    func changes() -> [ContractChange] {
        var changes: [ContractChange] = []
        let texts: [(String, String?, String?)] = [
            ("id", old.id, new.id), ("name", old.name, new.name), ("owner", old.owner, new.owner),
            ("status", old.status, new.status),
        ]
        for (key, mine, theirs) in texts where mine != theirs {
            let isLeaving = key == "status" && theirs.map { ["deprecated", "retired"].contains($0) } ?? false
            changes.append(
                change(
                    isLeaving ? "deprecated" : "documentation-changed", mine.map { "\(key) \($0)" },
                    theirs.map { "\(key) \($0)" }))
        }
        let (mine, theirs) = (Self.documentation(old.document), Self.documentation(new.document))
        if mine != theirs {
            let key = theirs.first { !mine.contains($0) } ?? mine.first { !theirs.contains($0) }
            let place = key.map { "\($0.path)" } ?? "the order of descriptions"
            changes.append(change("documentation-changed", nil, place))
        } else if let promise = described {
            changes.append(change("documentation-changed", nil, "the description of \(promise)"))
        }
        let sources = (old.document["servers"]?.canonicalText, new.document["servers"]?.canonicalText)
        if sources.0 != sources.1 { changes.append(change("source-changed", "servers", "servers")) }
        let freed = old.reserved.filter { !new.reserved.contains($0) }
        if !freed.isEmpty { changes.append(change("reservation-dropped", freed.joined(separator: ", "), nil)) }
        let (mode, wanted) = (CompatibilityMode(old), CompatibilityMode(new))
        if mode.text != wanted.text {
            let isRelaxed = !wanted.covers(mode)
            changes.append(
                change(
                    isRelaxed ? "compatibility-relaxed" : "compatibility-strengthened", mode.text, wanted.text))
        }
        return changes
    }

    private func change(_ rule: String, _ mine: String?, _ theirs: String?) -> ContractChange {
        guard let record = CompatibilityCatalogue[rule] else { preconditionFailure("no rule \(rule)") }
        return ContractChange(
            rule: rule, subject: "contract", old: mine, new: theirs, backward: .yes, forward: .yes,
            meaning: record.meaning, bump: record.bump, location: new.location ?? old.location, help: record.help,
            object: nil, columns: [])
    }

    /// A promise whose description alone changed.
    private var described: String? {
        let before = Dictionary(old.objects.flatMap(\.promises).map { ($0.id, $0) }) { first, _ in first }
        return new.objects.flatMap(\.promises).first { promise in
            before[promise.id].map { $0.description != promise.description } ?? false
        }?.id
    }

    private struct Entry: Hashable {
        let path: String
        let text: String
    }

    private static let keys: Set<String> = [
        "description", "businessName", "tags", "examples", "authoritativeDefinitions", "synonyms", "context", "team",
        "roles", "support", "price", "domain", "tenant", "dataGranularityDescription", "transformDescription", "label",
        "criticalDataElement", "businessImpact", "dimension", "contractCreatedTs", "dataProduct",
    ]

    /// Returns the parts of a document that are only for people, each with its path.
    private static func documentation(_ json: JSON, _ path: String = "") -> [Entry] {
        switch json {
        case .null, .bool, .int, .double, .string: []
        case .array(let elements):
            elements.flatMap { element in
                documentation(element, path + "/" + (element["name"]?.stringValue ?? element["id"]?.stringValue ?? ""))
            }
        case .members(let members):
            members.flatMap { member in
                keys.contains(member.name)
                    ? [Entry(path: "\(path)/\(member.name)", text: member.value.canonicalText)]
                    : documentation(member.value, "\(path)/\(member.name)")
            }
        }
    }
}
