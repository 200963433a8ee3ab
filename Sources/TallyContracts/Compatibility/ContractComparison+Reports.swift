// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension ContractComparison {
    /// The comparison for people: the verdict, each change with its witness, and each consumer.
    public var text: String {
        var lines = [
            old.version.isEmpty ? new.id : "\(new.id) \(old.version) -> \(new.version)",
            "backward: \(backward.word), forward: \(forward.word), meaning: \(meaning.rawValue), version: \(bump.word)",
        ]
        if changes.isEmpty { lines.append("nothing changed") }
        for change in changes {
            lines += ["", "\(change.rule) \(change.subject): \(change.title)"]
            if change.old != nil || change.new != nil {
                lines.append("  \(change.old ?? "nothing") -> \(change.new ?? "nothing")")
            }
            lines.append(
                "  backward: \(change.backward.word), forward: \(change.forward.word), "
                    + "meaning: \(change.meaning.rawValue), version: \(change.bump.word)")
            lines += [("backward", change.backward), ("forward", change.forward)].compactMap { name, answer in
                answer.reason.map { "  \(name): \($0)" }
            }
            lines += change.shadowLines.map { "  \($0)" }
            lines.append("  help: \(change.help)")
        }
        if !consumers.isEmpty { lines.append("") }
        for consumer in consumers {
            switch impact(on: consumer) {
            case .safe: lines.append("\(consumer.title): safe")
            case .breaks(let changes):
                lines.append(
                    "\(consumer.title): breaks by " + changes.map { "\($0.rule) \($0.subject)" }.joined(separator: ", ")
                )
            }
        }
        if let versionProblem { lines += ["", "version: \(versionProblem)"] }
        return lines.map { Medium.terminal.escaped($0) + "\n" }.joined()
    }

    /// The comparison for programs.
    public var json: JSON {
        .object([
            ("contract", .string(new.id)), ("oldVersion", .string(old.version)), ("newVersion", .string(new.version)),
            ("backward", .string(backward.word)), ("forward", .string(forward.word)),
            ("meaning", .string(meaning.rawValue)), ("bump", .string(bump.rawValue)),
            ("versionProblem", .optional(versionProblem)), ("changes", .array(changes.map(\.json))),
            (
                "consumers",
                .array(
                    consumers.map { consumer in
                        let breaking: [ContractChange] =
                            if case .breaks(let changes) = impact(on: consumer) { changes } else { [] }
                        return .object([
                            ("name", .string(consumer.name)), ("version", .optional(consumer.version)),
                            ("impact", .string(breaking.isEmpty ? "safe" : "breaks")),
                            ("by", .array(breaking.map { .string("\($0.rule) \($0.subject)") })),
                        ])
                    })
            ),
        ])
    }

    /// The comparison as lines of a report.
    ///
    /// A change fails where it breaks the compatibility that is promised, or makes something else of a value and the
    /// version does not say so; it warns where values may move or nothing is proved. Consumers and the version have lines
    /// of their own.
    public var items: [ReportItem] {
        var items = changes.map { $0.item(promised, isAnnounced: isAnnounced) }
        for consumer in consumers {
            var message = "nothing that it reads becomes what it does not know"
            var outcome = ReportItem.Outcome.passed
            if case .breaks(let changes) = impact(on: consumer) {
                outcome = .failed
                message = "breaks by " + changes.map { "\($0.rule) \($0.subject)" }.joined(separator: ", ")
            }
            items.append(
                ReportItem(
                    rule: "consumer", ruleSummary: "what the new contract does to a known consumer",
                    id: "consumer \(consumer.title)", subject: consumer.title, outcome: outcome, message: message,
                    location: new.location))
        }
        items.append(
            ReportItem(
                rule: "version", ruleSummary: "the version moves as far as the changes ask for", id: "version",
                subject: new.id, outcome: versionProblem == nil ? .passed : .failed,
                message: versionProblem ?? "\(old.version) to \(new.version) is enough for \(bump.word)",
                location: new.location))
        return items
    }
}

extension Answer {
    /// The reason why it is not `yes`; nil when it is.
    var reason: String? {
        switch self {
        case .yes: nil
        case .unproven(let reason), .untold(let reason): "unproven: \(reason)"
        case .noByRows(let reason): reason
        case .no(let witness):
            "\(witness.admittedBy.rawValue) admits \(witness.text), \(witness.admittedBy.other.rawValue) does not: "
                + witness.refusal
                + (witness.assumed.isEmpty ? "" : " (if \(Phrases.names(witness.assumed)) is kept)")
        }
    }

    /// The answer for programs, with its witness.
    var json: JSON {
        .object([
            ("answer", .string(word)),
            ("reason", .optional(reason)),
            ("witness", witness?.json ?? .null),
        ])
    }
}

extension Witness {
    /// The most rows that are written out.
    private static let mostRows = 5

    /// The table for programs: at most five rows, the refused one among them.
    var json: JSON {
        let first = max(0, min((refusedRow ?? 0) - Self.mostRows + 1, rows.count - Self.mostRows))
        return .object([
            ("object", .string(object)), ("admittedBy", .string(admittedBy.rawValue)),
            ("refusal", .string(refusal)),
            (
                "columns",
                .array(
                    columns.map {
                        .object([
                            ("name", .string($0.name)), ("type", .string($0.type.name)),
                            ("nativeType", .string($0.nativeType)),
                        ])
                    })
            ),
            ("rowCount", .int(Int64(rows.count))),
            (
                "rows",
                .array(
                    rows.dropFirst(first).prefix(Self.mostRows).map { row in
                        .object(zip(columns, row).map { ($0.name, $0.json($1)) })
                    })
            ),
            ("refusedRow", refusedRow.map { .int(Int64($0 - first)) } ?? .null),
            ("previousRows", previousRows.map { .int(Int64($0)) } ?? .null),
            ("assumed", .array(assumed.map { .string($0) })),
            ("emptyTables", .array(emptyTables.map { .string($0) })),
        ])
    }
}

extension Witness.Column {
    /// A value for programs; an exact number is one where JSON holds it without loss, else its digits.
    fileprivate func json(_ value: Value) -> JSON {
        guard isNumber, case .string(let text) = value, let number = Double(text),
            DecimalNumber(shortest: number) == DecimalNumber(text)
        else { return value.json }
        return Int64(exactly: number).map { .exact($0) } ?? .double(number)
    }
}

extension ContractChange {
    /// The change for programs.
    public var json: JSON {
        .object([
            ("rule", .string(rule)), ("subject", .string(subject)), ("title", .string(title)), ("old", .optional(old)),
            ("new", .optional(new)), ("backward", backward.json), ("forward", forward.json),
            ("meaning", .string(meaning.rawValue)), ("bump", .string(bump.rawValue)),
            ("help", .string(help.description)),
            ("shadow", .array(shadow.map(\.json))),
            (
                "location",
                location.map {
                    .object([
                        ("file", .string($0.file)), ("line", .int(Int64($0.line))), ("column", .int(Int64($0.column))),
                    ])
                } ?? .null
            ),
        ])
    }

    /// The results of a shadow run that no answer contains.
    fileprivate var shadowLines: [String] {
        shadow.filter { $0.verdict != .broken }.map { "shadow run, \($0.question.rawValue): \($0.text)" }
    }

    /// The change as a line of a report, under what is promised of later versions.
    func item(_ mode: CompatibilityMode, isAnnounced: Bool) -> ReportItem {
        let asked = (mode.isBackward ? [backward] : []) + (mode.isForward ? [forward] : [])
        let outcome: ReportItem.Outcome
        if asked.contains(where: \.isNo) || meaning == .new && !isAnnounced {
            outcome = .failed
        } else if meaning != .same || !backward.isYes || !forward.isYes {
            outcome = .warned
        } else {
            outcome = .passed
        }
        let reasons = [("backward", backward), ("forward", forward)].compactMap { name, answer in
            answer.reason.map { "\(name): \($0)" }
        }
        let words = ["\(title) (\(old ?? "nothing") -> \(new ?? "nothing"), \(bump.word))"] + reasons + shadowLines
        return ReportItem(
            rule: rule, ruleSummary: title, id: "\(rule) \(subject)", subject: subject, outcome: outcome,
            message: words.joined(separator: "; "), location: location)
    }
}
