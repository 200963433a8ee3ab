// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStatistics

extension ProposalDraft {
    /// Returns the reason why each rule is proposed or not: columns in order, then the table.
    func evidence(of description: TableDescription) -> [ContractProposal.Evidence] {
        var evidence: [ContractProposal.Evidence] = []
        for found in context.found {
            for rule in rules(of: found.name) {
                guard let text = text(of: rule) else { continue }
                evidence.append(
                    ContractProposal.Evidence(
                        column: found.name, check: rule.check, outcome: rule.trial == .kept ? .proposed : .widened,
                        text: text))
            }
            evidence += notes.filter { $0.column.isSame(as: found.name) }
        }
        for column in description.columns where !context.found.contains(where: { $0.name.isSame(as: column.name) }) {
            evidence.append(
                ContractProposal.Evidence(
                    column: column.name, check: "present", outcome: .notProposed,
                    text: "values of type \(column.nativeType) are not read here"))
        }
        let table = [("unique", keyText), ("rowCount", rowCountText), ("notInFuture", eventTimeText)]
        for (check, text) in table {
            guard let text else { continue }
            evidence.append(ContractProposal.Evidence(column: nil, check: check, outcome: .proposed, text: text))
        }
        evidence += serviceLevels.map {
            ContractProposal.Evidence(column: $0.column, check: $0.check, outcome: .proposed, text: $0.text)
        }
        return evidence + notes.filter { $0.column == nil }
    }

    /// `no two of 26,115 rows have the same id`.
    var keyText: String? {
        keys.isEmpty
            ? nil : "no two of \(Phrases.count(profile.rows, "row")) are alike in \(Phrases.names(keys))"
    }

    /// `half of 26,115 rows`.
    var rowCountText: String? { rowCount.map { _ in "there are \(Phrases.count(profile.rows, "row"))" } }

    /// `no row is later than now`.
    var eventTimeText: String? {
        guard let eventTime else { return nil }
        let rows = Phrases.count(profile.rows, "row")
        return eventTime.skew == 0
            ? "none of \(rows) lies in the future"
            : "none of \(rows) lies farther in the future than half of \(TimeSpan(microseconds: eventTime.skew))"
    }

    /// Returns the observations of a column as one text; nil when there are none.
    func text(ofColumn column: String) -> String? {
        let texts = rules(of: column).filter { $0.check != "nullValues" }.compactMap { text(of: $0) }
        return texts.isEmpty ? nil : texts.joined(separator: "; ")
    }

    /// Returns the observation on which a rule rests; nil for one that rests on types.
    func text(of rule: ProposedRule) -> String? {
        guard let place = context.found.firstIndex(where: { $0.name.isSame(as: rule.column) }) else { return nil }
        let (learned, held) = (profile.learned[place], profile.held[place])
        let whole = profile.whole(place)
        let trial = " (\(held.present.grouped) of them held out)"
        switch rule.kind {
        case .required:
            let bound = Phrases.number(Margin.up(300 / Double(max(1, whole.rows))))
            return "no null in \(Phrases.count(whole.rows, "row")) (\(held.rows.grouped) of them held out): "
                + "with 95 % confidence below \(bound) % are null"
        case .nulls:
            let seen = "\(whole.nulls.grouped) of \(Phrases.count(whole.rows, "row")) null"
            let share = Phrases.share(whole.nulls, of: whole.rows)
            return "\(seen) (\(share)); the bound is half more, and 3 in all" + loosened(rule)
        case .finite: return finiteText(whole)
        case .range(let minimum, let maximum):
            return rangeText(rule, learned, held, minimum: minimum, maximum: maximum)
        case .length:
            guard let lengths = learned.lengths else { return nil }
            return "\(lengths.lowerBound) to \(lengths.upperBound) characters in "
                + Phrases.count(learned.present, "text") + tried(rule, held, "text")
        case .form(let name):
            return "all \(Phrases.count(whole.present, "text"))\(trial) have the form \(name)"
        case .values(let values, let least):
            return "\(Phrases.count(values.count, "value")) in \(learned.present.grouped), each at least "
                + "\(Phrases.count(least, "time"))" + tried(rule, held, "value")
        case .vector(let dimensions, _):
            return "all \(Phrases.count(whole.present, "list"))\(trial) have \(dimensions) elements"
        case .numberFormat: return nil
        case .unique: return "no two of \(Phrases.count(whole.rows, "row")) have the same value"
        }
    }

    private func finiteText(_ whole: ColumnProfile) -> String? {
        var seen: [String] = []
        if whole.nans > 0 { seen.append("NaN in \(whole.nans.grouped)") }
        if whole.infinities > 0 { seen.append("an infinity in \(whole.infinities.grouped)") }
        if !seen.isEmpty { return seen.joined(separator: " and ") + " of \(Phrases.count(whole.present, "value"))" }
        guard whole.floats != nil || whole.lengths != nil else { return nil }
        return "neither NaN nor infinity in \(Phrases.count(whole.present, "value"))"
    }

    private func rangeText(
        _ rule: ProposedRule, _ learned: ColumnProfile, _ held: ColumnProfile, minimum: JSON?, maximum: JSON?
    ) -> String? {
        guard let seen = words(learned) else { return nil }
        var text = "\(seen) in \(Phrases.count(learned.present, "value")), widened by a tenth"
        if minimum == nil || maximum == nil {
            let end = minimum == nil ? "lower" : "upper"
            let isTime = learned.type == .timestamp || learned.type == .date
            text +=
                rule.trial == .kept || isTime && maximum == nil
                ? "; no \(end) bound, since times go on" : "; no \(end) bound, since held-out values lie far outside"
        }
        return text + tried(rule, held, "value")
    }

    /// The extremes of numbers or times, as people write them.
    private func words(_ seen: ColumnProfile) -> String? {
        if let decimals = seen.decimals { return "\(decimals.lowerBound) to \(decimals.upperBound)" }
        if let floats = seen.floats {
            return "\(Phrases.number(floats.lowerBound)) to \(Phrases.number(floats.upperBound))"
        }
        guard let integers = seen.integers else { return nil }
        let ends = [integers.lowerBound, integers.upperBound].map { number in
            switch seen.type {
            case .timestamp: Timestamp(microseconds: number).description
            case .date: CalendarDate(days: Int32(clamping: number)).description
            case .bool, .int32, .int64, .float32, .float64, .string, .bytes, .array: String(number)
            }
        }
        return ends.joined(separator: " to ")
    }

    /// Returns the result of trying a rule on the held-out values, as the end of a sentence.
    private func tried(_ rule: ProposedRule, _ held: ColumnProfile, _ noun: String) -> String {
        if rule.trial == .kept {
            return held.present == 0 ? "" : "; \(Phrases.count(held.present, "held-out \(noun)")) lie inside"
        }
        return loosened(rule)
    }

    private func loosened(_ rule: ProposedRule) -> String {
        guard case .loosened(let failing, let rows) = rule.trial else { return "" }
        let part = "\(failing.grouped) of \(Phrases.count(rows, "held-out row"))"
        return "; \(part) broke the rule as it was learned, and it was loosened to fit them"
    }
}
