// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The reasons for an empty result: a view or label that gave no row at all shows that something does not fit.
enum EmptyResult {
    /// One sentence for each view, and the label, that has rows and gave none of them; empty when all gave some.
    static func reasons(_ counts: TrainingCounts, _ compiled: CompiledTraining) -> [String] {
        guard counts.spineRows > 0 else { return [] }
        var reasons: [String] = []
        for (view, plan) in zip(counts.views, compiled.plan.views)
        where view.join.matched == 0 && view.join.sourceRows > 0 {
            reasons.append(
                "view \(view.name): nothing was found for any of \(rows(counts.spineRows)), and its source has "
                    + "\(rows(view.join.sourceRows)): " + reason(view, counts, plan))
        }
        guard let label = counts.label, let plan = compiled.label else { return reasons }
        if label.missing == counts.spineRows, counts.labelSourceRows > 0 {
            reasons.append(
                "label \(plan.name): none was found for any of \(rows(counts.spineRows)), and its source has "
                    + "\(rows(counts.labelSourceRows)): compare \(plan.keys.map(\.name).joined(separator: ", ")) of "
                    + "spine and source \(plan.source.name)")
        } else if counts.writtenRows == 0, label.omitted == counts.spineRows {
            reasons.append(
                "label \(plan.name): all of \(rows(counts.spineRows)) are left out, because no label is ripe as of "
                    + "\(compiled.asOf)")
        }
        return reasons
    }

    private static func reason(_ view: TrainingCounts.View, _ counts: TrainingCounts, _ plan: CompiledView) -> String {
        let keys = plan.joinKeys.map(\.name).joined(separator: ", ")
        if counts.nullTimes == counts.spineRows { return "no row of the spine has a time" }
        if view.nullKeys == counts.spineRows { return "no row of the spine has a value for \(keys)" }
        if view.join.outsideMaxAge > 0 {
            let life = plan.view.timeToLive.map { " of \($0)" } ?? ""
            return "\(view.join.outsideMaxAge.grouped) of them only have rows older than the time to live\(life)"
        }
        if view.rowsOfKnownKeys > 0 {
            return
                "\(view.rowsOfKnownKeys.grouped) of them have a key of the source, and nothing of it was known yet at "
                + "their times"
        }
        return "none of them has a key of the source; compare \(keys) of spine and source \(plan.source.name)"
    }

    private static func rows(_ count: Int) -> String { count == 1 ? "1 row" : "\(count.grouped) rows" }
}
