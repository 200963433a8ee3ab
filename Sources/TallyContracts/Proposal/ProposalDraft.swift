// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A proposal in the making: the statistics, the rules so far, and the outcomes of the others.
struct ProposalDraft: Sendable {
    /// The column that tells when a row happened.
    struct EventTime: Sendable {
        let column: String
        /// The distance in microseconds by which a row's time may lie in the future.
        let skew: Int64
    }

    /// A promise about time.
    struct ServiceLevel: Sendable {
        let check: String
        let column: String
        let value: Int64
        /// `d`, `h`, `min` or `s`.
        let unit: String
        let limit: Int64
        let text: String
    }

    let name: String
    let context: TableContext
    let profile: TableProfile
    let options: ContractProposal.Options
    var eventTime: EventTime?
    var rules: [ProposedRule] = []
    /// The columns of the primary key, in order.
    var keys: [String] = []
    /// The number of rows that there are more of.
    var rowCount: Int?
    var serviceLevels: [ServiceLevel] = []
    /// The rules that are not in the document, with the reason.
    var notes: [ContractProposal.Evidence] = []

    init(name: String, context: TableContext, profile: TableProfile, options: ContractProposal.Options) {
        self.name = name
        self.context = context
        self.profile = profile
        self.options = options
    }

    /// Whether enough rows were learned from to propose anything about values.
    var isEnough: Bool { profile.learnedRows >= options.minimumRows }

    /// The type of the standard of a column.
    func logicalType(of column: TableContext.Found) -> LogicalType? {
        // The first value that comes may be of any type.
        if column.isValueless { return nil }
        // Only a list may be a vector: of all others the rules need not be asked.
        guard case .array = column.type else { return finder(column).logicalType }
        let isVector = rules.contains { rule in
            if case .vector = rule.kind { rule.column.isSame(as: column.name) } else { false }
        }
        return isVector ? .vector : finder(column).logicalType
    }

    func finder(_ column: TableContext.Found) -> RuleFinder {
        RuleFinder(column: column, options: options)
    }

    mutating func note(
        _ column: String?, _ check: String, _ outcome: ContractProposal.Evidence.Outcome, _ text: String
    ) {
        notes.append(ContractProposal.Evidence(column: column, check: check, outcome: outcome, text: text))
    }

    /// Makes rules of what was learned.
    mutating func findColumnRules() {
        for (index, found) in context.found.enumerated() {
            let learned = profile.learned[index]
            rules += finder(found).typeRules(learned, isEnough: isEnough)
            if isEnough { rules += finder(found).valueRules(learned) }
        }
        guard isEnough else {
            note(
                nil, "rowCount", .notProposed,
                "too few rows: \(profile.learnedRows.grouped) learned from, "
                    + "\(options.minimumRows.grouped) needed to say more than names and types")
            return
        }
        // How many rows there are goes with how much is looked at; that there are some does not.
        rowCount = 0
    }

    /// Tries the rules on the rows that were held out, and loosens or drops those that they break.
    mutating func tryHeldOutRows(_ rows: TableRows) async throws(TallyError) -> [Finding] {
        let tried = rules.indices.filter { rules[$0].isTried && rules[$0].promise(of: name) != nil }
        let promises = tried.compactMap { rules[$0].promise(of: name) }
        guard profile.heldRows > 0, !promises.isEmpty else {
            dropShadowedRules()
            return []
        }
        let check = TableCheck(promises, context: context, sampleRows: 0)
        let findings = try await check.run(over: rows.heldOut(profile.holdOut))
        var dropped: Set<Int> = []
        for (place, finding) in zip(tried, findings) where finding.verdict == .broken {
            let failing = finding.evidence.failing ?? 0
            if let kind = loosened(rules[place], failing) {
                rules[place].kind = kind
                rules[place].trial = .loosened(failing: failing, of: profile.heldRows)
            } else {
                dropped.insert(place)
                let rule = rules[place]
                note(
                    rule.column, rule.check, .dropped,
                    "held-out rows broke it: \(failing.grouped) of \(Phrases.count(profile.heldRows, "row"))")
            }
        }
        rules = rules.indices.filter { !dropped.contains($0) }.map { rules[$0] }
        dropNaNPolicyOfLists()
        dropShadowedRules()
        return findings
    }

    /// Returns a looser form of a rule that held-out rows broke; nil when none is worth keeping.
    private func loosened(_ rule: ProposedRule, _ failing: Int) -> ProposedRule.Kind? {
        guard let index = context.found.firstIndex(where: { $0.name.isSame(as: rule.column) }) else { return nil }
        let (learned, held, whole) = (profile.learned[index], profile.held[index], profile.whole(index))
        let finder = finder(context.found[index])
        switch rule.kind {
        case .required, .nulls:
            guard let bound = RuleFinder.nullBound(whole), let other = RuleFinder.nullBound(held) else { return nil }
            return .nulls(percent: max(bound, other))
        case .finite: return .finite(allowsNaN: whole.nans > 0, allowsInfinity: whole.infinities > 0)
        case .range:
            guard let mine = learned.extent, let other = held.extent else { return nil }
            // A value farther out than all that was learned is wide says that nothing was learned of that end.
            let spread = mine.upperBound - mine.lowerBound
            // Where later rows left an end behind, the ones after them will.
            let isLater = profile.holdOut.isLater
            let low = isLater ? other.lowerBound >= mine.lowerBound : mine.lowerBound - other.lowerBound <= spread
            let high = isLater ? other.upperBound <= mine.upperBound : other.upperBound - mine.upperBound <= spread
            return finder.range(learned.merging(held, low: low, high: high), low: low, high: high)
        case .length:
            guard let mine = learned.lengths, let other = held.lengths,
                max(mine.lowerBound - other.lowerBound, other.upperBound - mine.upperBound)
                    <= max(1, mine.upperBound - mine.lowerBound)
            else { return nil }
            return finder.length(whole)
        case .form, .values, .vector, .numberFormat, .unique: return nil
        }
    }

    /// Drops rules about NaN in lists, which the standard can express only for vectors.
    private mutating func dropNaNPolicyOfLists() {
        for found in context.found {
            guard case .array = found.type, logicalType(of: found) != .vector else { continue }
            rules.removeAll { $0.column.isSame(as: found.name) && $0.check == "finite" }
        }
    }

    /// Drops rules that another rule makes superfluous, such as bounds next to a list of values.
    mutating func dropShadowedRules() {
        var byColumn: [[UInt8]: Set<String>] = [:]
        for rule in rules { byColumn[Array(rule.column.utf8), default: []].insert(rule.check) }
        var dropped: [[UInt8]: Set<String>] = [:]
        for found in context.found {
            let checks = byColumn[Array(found.name.utf8)] ?? []
            var shadowed: Set<String> = []
            if checks.contains("enum") { shadowed = ["range", "length", "format"] }
            if checks.contains("format") { shadowed.insert("length") }
            if checks.contains("unique") || keys == [found.name], found.type == .int32 || found.type == .int64 {
                shadowed.insert("range")
            }
            dropped[Array(found.name.utf8)] = shadowed
        }
        rules.removeAll { dropped[Array($0.column.utf8)]?.contains($0.check) == true }
    }
}
