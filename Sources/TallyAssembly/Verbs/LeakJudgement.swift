// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyDuckDB
internal import TallyModel

/// What counts come to: a verdict and a sentence.
enum LeakJudgement {
    /// Judges a column; a cell that only the future explains is a leak, and what nothing explains is never clean.
    static func column(
        _ origin: LeakOrigins.Found, _ counts: LeakCounts, isTimeless: Bool, keys: [String]
    ) -> LeakReport.Column {
        let (verdict, reason) = judge(counts, origin, isTimeless: isTimeless)
        return LeakReport.Column(
            name: origin.column, table: origin.feature.table, origin: origin.feature.column, verdict: verdict,
            reason: reason,
            counts: [
                ("rows", counts.rows), ("lawful", counts.lawful), ("future", counts.future),
                ("notYetHappened", counts.notHappened), ("futureOrPast", counts.both), ("past", counts.past),
                ("missing", counts.missing), ("unexplained", counts.unexplained), ("keyless", counts.keyless),
                ("telling", counts.telling),
            ],
            ahead: counts.future > 0 ? [counts.ahead.least, counts.ahead.middle, counts.ahead.most] : nil,
            examples: counts.examples.map { example in
                LeakReport.Example(
                    row: example.row, keys: zip(keys, example.keys).map { ($0, $1) }, time: example.time,
                    found: example.found, lawful: example.lawful, event: example.event, known: example.known)
            })
    }

    private static func judge(
        _ counts: LeakCounts, _ origin: LeakOrigins.Found, isTimeless: Bool
    ) -> (LeakReport.Verdict, String) {
        let explained = counts.lawful + counts.past + counts.both + counts.future
        let source = "source \(origin.feature.table)"
        if isTimeless { return (.unproven, "\(source) has no event time: nothing tells when a value was known") }
        if counts.rows == 0 { return (.unproven, "no row has a key and a time") }
        if counts.keyless == counts.rows { return (.unproven, "no key of the training set is in \(source)") }
        if counts.unexplained > explained {
            return (
                .unproven,
                "\(counts.unexplained.grouped) values stand in no row of their key in \(source): the column is "
                    + "another one, or computed of it"
            )
        }
        if counts.future > 0 {
            return (.leak, "\(counts.future.grouped) of \(counts.rows.grouped) rows know the future")
        }
        if counts.both > 0 {
            return (
                .unproven,
                "\(counts.both.grouped) values are not the lawful ones, and stand in earlier and in later rows alike"
            )
        }
        if counts.unexplained > 0 {
            return (
                .unproven,
                "\(counts.unexplained.grouped) values stand in no row of their key: filled in, or computed, of what is "
                    + "not known"
            )
        }
        if counts.telling == 0 { return (.unproven, "no row could show a leak: no value changes after a row's time") }
        let older = counts.past > 0 ? "; \(counts.past.grouped) are older than need be" : ""
        let missing = counts.missing > 0 ? "; \(counts.missing.grouped) are missing" : ""
        return (
            .clean, "\(counts.lawful.grouped) of \(counts.rows.grouped) rows are as they should be\(older)\(missing)"
        )
    }

    private static let fewestRows = 20

    /// Says how a column is the label in other words; nil when it is not.
    static func likeness(_ found: LabelLikeness) -> LeakReport.Likeness? {
        guard found.rows >= fewestRows, found.labels != 1 else { return nil }
        if found.equal == found.rows {
            return LeakReport.Likeness(
                name: found.column, reason: "is the label in all \(found.rows.grouped) rows that have both")
        }
        // Where almost each row has a value of its own, any two columns go together one to one.
        let isPaired =
            found.labels > 1 && found.values == found.labels && found.pairs == found.labels
            && found.labels * 2 <= found.rows
        return isPaired
            ? LeakReport.Likeness(
                name: found.column,
                reason: "stands for the label one to one: \(found.labels.grouped) values of each in "
                    + "\(found.rows.grouped) rows") : nil
    }
}
