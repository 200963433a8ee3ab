// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// One aspect of a promise that can get looser or tighter: three rules of the catalogue.
struct CompatibilityFacet: Sendable {
    /// The prefix of the rules' names.
    let prefix: String
    let group: CompatibilityRule.Group
    /// The name of the facet, as the subject of a phrase.
    let noun: String
    /// The version and the meaning when it gets looser.
    let loosened: (bump: VersionBump, meaning: MeaningChange)
    /// The version and the meaning when neither set contains the other.
    let changed: (bump: VersionBump, meaning: MeaningChange)
    let whyLoosened: String
    let whyTightened: String
    let help: Advice

    private init(
        _ prefix: String, _ group: CompatibilityRule.Group, _ noun: String,
        loosened: (VersionBump, MeaningChange) = (.major, .shift),
        changed: (VersionBump, MeaningChange) = (.major, .shift),
        whyLoosened: String, whyTightened: String = "history may hold what is no longer admitted",
        help: Advice = "check history against it, and tell the readers what may come"
    ) {
        self.prefix = prefix
        self.group = group
        self.noun = noun
        self.loosened = (loosened.0, loosened.1)
        self.changed = (changed.0, changed.1)
        self.whyLoosened = whyLoosened
        self.whyTightened = whyTightened
        self.help = help
    }

    /// The rules of the facet.
    var rules: [CompatibilityRule] {
        [
            CompatibilityRule(
                "\(prefix)-loosened", group, "\(noun) admits more, or is dropped", backward: "yes", forward: "no",
                loosened.meaning, loosened.bump, why: whyLoosened, help: help),
            CompatibilityRule(
                "\(prefix)-tightened", group, "\(noun) admits less, or is new", backward: "no", forward: "yes", .same,
                .minor, why: whyTightened, help: help),
            CompatibilityRule(
                "\(prefix)-changed", group, "\(noun) admits other than before, or cannot be compared",
                backward: "computed", forward: "computed", changed.meaning, changed.bump,
                why: "neither side is known to take in the other", help: help),
        ]
    }

    /// The rule for two answers.
    func rule(backward: Answer, forward: Answer) -> String {
        switch (backward.isYes, forward.isYes) {
        case (true, true): "rule-rewritten"
        case (true, false): "\(prefix)-loosened"
        case (false, true): "\(prefix)-tightened"
        case (false, false): "\(prefix)-changed"
        }
    }

    /// The facet of a check; nil for checks that have rules of their own.
    static func of(check: String) -> CompatibilityFacet? { byCheck[check] }

    private static let byCheck: [String: CompatibilityFacet] = [
        "range": range, "numberFormat": range, "length": length, "items": items, "properties": items,
        "multipleOf": multipleOf, "pattern": pattern, "format": format, "finite": finite, "expression": expression,
        "unique": unique, "reference": reference, "undeclared": extraColumns, "notInFuture": timeRule,
        "knownAfterEvent": timeRule, "freshness": delay, "latency": delay, "frequency": delay, "sql": query,
    ]

    static let values = [range, length, items, multipleOf, pattern, format, finite, expression]
    static let tables = [unique, reference, extraColumns, quality, query]
    static let times = [timeRule, delay]

    private static let range = CompatibilityFacet(
        "range", .values, "a range", whyLoosened: "values outside of what models were trained on may come")
    private static let length = CompatibilityFacet(
        "length", .values, "a length", whyLoosened: "texts may come that readers have no room for")
    private static let items = CompatibilityFacet(
        "items", .values, "a number of elements", whyLoosened: "lists may come that readers do not expect")
    private static let multipleOf = CompatibilityFacet(
        "multiple-of", .values, "a step", whyLoosened: "numbers may come between those that came before")
    private static let pattern = CompatibilityFacet(
        "pattern", .values, "a pattern",
        whyLoosened: "texts may come that no reader has seen; decided by the languages",
        whyTightened: "history may hold texts that no longer match; decided by the languages")
    private static let format = CompatibilityFacet(
        "format", .values, "a form of text", whyLoosened: "texts of another form may come")
    private static let finite = CompatibilityFacet(
        "finite", .values, "the policy about NaN and infinity", whyLoosened: "models may not know what to do with them")
    private static let expression = CompatibilityFacet(
        "expression", .values, "a condition over the row", whyLoosened: "rows may come that models never saw")
    private static let unique = CompatibilityFacet(
        "unique", .tables, "a key", whyLoosened: "joins over it may multiply rows",
        whyTightened: "history may hold duplicates", help: "remove duplicates before the promise is made")
    private static let reference = CompatibilityFacet(
        "reference", .tables, "a reference to another table", loosened: (.minor, .shift), changed: (.minor, .shift),
        whyLoosened: "joins over it may find nothing", whyTightened: "history may refer to what is not there")
    private static let extraColumns = CompatibilityFacet(
        "extra-columns", .tables, "the rule about undeclared columns", loosened: (.minor, .same),
        changed: (.minor, .same), whyLoosened: "readers by position may meet columns that they do not know",
        whyTightened: "history may hold undeclared columns")
    /// Thresholds of metrics.
    static let quality = CompatibilityFacet(
        "quality", .tables, "a threshold", loosened: (.minor, .shift), changed: (.minor, .shift),
        whyLoosened: "less is promised; what is admitted is compared as sets of numbers",
        whyTightened: "more is promised than history may keep", help: "have the readers agree")
    private static let query = CompatibilityFacet(
        "query", .tables, "a query's threshold", loosened: (.minor, .shift), changed: (.minor, .shift),
        whyLoosened: "less is promised; what two queries say is not compared",
        whyTightened: "more is promised than history may keep", help: "have the readers agree")
    private static let timeRule = CompatibilityFacet(
        "time-rule", .keys, "a rule about times", loosened: (.minor, .shift), changed: (.minor, .shift),
        whyLoosened: "times may come that point-in-time joins do not expect")
    private static let delay = CompatibilityFacet(
        "delay", .keys, "a limit of freshness, latency or frequency",
        whyLoosened: "values may lag behind more than in training",
        whyTightened: "history may have been later", help: "train on values that are as late as those served")
}
