// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Renders a plan as text for people and as JSON for programs.
public enum PlanRenderer {
    /// Returns a plan as text that ends in a line break; the text of an empty plan says that nothing has to be done.
    ///
    /// `locate` finds the place of a definition (empty path) or of one of its fields in the user's files, `line` the text
    /// of a line there; both may know nothing.
    public static func text(
        _ plan: Plan, locate: (DefinitionID, [String]) -> SourceLocation? = { _, _ in nil },
        line: (SourceLocation) -> String? = { _ in nil }
    ) -> String {
        guard !plan.isEmpty else { return "nothing to do: \(counted(plan.nodes.count, "definition")) applied\n" }
        let readWhole = plan.sourcesReadWhole
        var blocks = plan.changes.map { change in
            shown(block(change, readWhole: readWhole[change.id], locate: { locate(change.id, $0) }, line: line))
        }
        let releases = releaseLines(plan)
        if !releases.isEmpty { blocks.append(shown(releases)) }
        blocks.append(shown([summary(plan)]))
        return blocks.joined(separator: "\n")
    }

    /// A plan in short, ending in a line break: one line for each change and release, then the sum.
    public static func outline(_ plan: Plan) -> String {
        guard !plan.isEmpty else { return text(plan) }
        let changes = plan.changes.map { "\(sign($0.action)) \($0.id)" }
        return shown(changes + releaseLines(plan) + [summary(plan)])
    }

    /// Lines ending in a line break; no definition writes to the terminal.
    private static func shown(_ lines: [String]) -> String {
        lines.map { Medium.terminal.escaped($0) + "\n" }.joined()
    }

    private static func block(
        _ change: Change, readWhole: DefinitionID?, locate: ([String]) -> SourceLocation?,
        line: (SourceLocation) -> String?
    ) -> [String] {
        let shown = change.fields.map { (field: $0, place: place(of: $0, locate)) }
        var header = "\(sign(change.action)) \(change.id)"
        if let place = shown.lazy.compactMap(\.place).first ?? locate([]) {
            header += String(repeating: " ", count: max(2, 40 - header.count)) + "\(place.file):\(place.line)"
        }
        var lines = [header]
        for (field, place) in shown {
            lines.append("    " + text(field))
            if field.new != nil, let place, let text = line(place) {
                lines.append("      \(place.line) | \(text.trimmingSpaces)")
            }
        }
        lines.append("    " + consequence(change))
        if let source = readWhole {
            lines.append("    each materialization reads \(source) whole: its rows do not say when they were known")
        }
        if !change.dependents.isEmpty {
            lines.append("    \(change.action == .removed ? "was used by" : "used by"): \(change.dependents.listed)")
        }
        return lines
    }

    /// The place of a field, or of the nearest thing around it.
    private static func place(
        of field: Change.Field, _ locate: ([String]) -> SourceLocation?
    ) -> SourceLocation? {
        var path = field.path
        while !path.isEmpty {
            if let place = locate(path) { return place }
            path.removeLast()
        }
        return nil
    }

    private static func sign(_ action: Change.Action) -> String {
        switch action {
        case .added: "+"
        case .changed, .affected: "~"
        case .removed: "-"
        }
    }

    private static func text(_ field: Change.Field) -> String {
        let name = field.path.joined(separator: ".")
        switch (field.old, field.new) {
        case (nil, .some(let new)): return "\(name): \(new) (new)"
        case (.some(let old), nil): return "\(name): \(old) (gone)"
        case (.some(let old), .some(let new)): return "\(name): \(old) -> \(new)"
        case (nil, nil): return name
        }
    }

    /// Returns the consequence of a change for stored rows, values and promises, in one line.
    private static func consequence(_ change: Change) -> String {
        switch change.action {
        case .added:
            return change.needsBackfill ? "new: no rows are stored for it yet" : "new"
        case .removed: return "removed; its versions stay in the registry"
        case .affected:
            let cause =
                change.causes.isEmpty ? "the rules of this version of tally" : change.causes.listed
            return "moved by \(cause): " + effect(change)
        case .changed: return effect(change)
        }
    }

    private static func effect(_ change: Change) -> String {
        switch (change.effect, change.id.kind.isStored) {
        case (.storage, true):
            return change.needsBackfill
                ? "its rows mean something else: needs a backfill"
                : "its rows are those of another view: no backfill"
        case (.storage, false):
            switch change.id.kind {
            case .entity, .source: return "its rows mean something else: see its views"
            case .pythonTransform: return "its inputs or outputs change: see its services"
            case .featureView, .featureService: return "its vector changes; a service stores no rows"
            }
        case (.value, _): return "value changes, stored data stays: no backfill"
        case (.promise, _): return "promise changes, values stay: no backfill"
        case (.annotation, _): return "recorded; no fingerprint moves"
        }
    }

    private static func releaseLines(_ plan: Plan) -> [String] {
        plan.candidates.map { "release of service \($0.service): \($0.fingerprint.short), a new candidate" }
            + plan.transitions.map { "release \($0.number) of service \($0.service): becomes \($0.state.rawValue)" }
    }

    private static func summary(_ plan: Plan) -> String {
        let counts = Change.Action.allCases.compactMap { action -> String? in
            let count = plan.changes.count { $0.action == action }
            return count == 0 ? nil : "\(count) \(action.rawValue)"
        }
        let changes = counts.isEmpty ? "no definition changes" : counts.joined(separator: ", ")
        let backfills = plan.backfills
        return changes + (backfills.isEmpty ? "" : "; to fill: " + backfills.joined(separator: ", "))
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun) is" : "\(count) \(noun)s are"
    }
}

extension String {
    /// The text without spaces and tabs at both ends.
    fileprivate var trimmingSpaces: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}

extension Plan {
    /// The query behind each wanted view that has to be read whole, since a query does not tell which of its rows are
    /// new.
    var sourcesReadWhole: [DefinitionID: DefinitionID] {
        let queries = Set(
            nodes.filter { node in
                node.id.kind == .source && node.document["query"] != nil
                    && DefinitionDocument.source(node.document)?.tellsWhatIsNew == false
            }.map(\.id))
        var found: [DefinitionID: DefinitionID] = [:]
        for view in nodes where view.id.kind == .featureView {
            guard let source = view.references.first(where: { $0.kind == .source }), queries.contains(source)
            else { continue }
            found[view.id] = source
        }
        return found
    }
}
