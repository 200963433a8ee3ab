// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// A training set's manifest as a person reads it after the run.
struct TrainingReport {
    let manifest: TrainingManifest
    let output: String

    var text: String {
        let counts = manifest.counts
        var lines = manifest.unproven.map { "unproven: \($0)" }
        lines += [
            "\(output): \(counts.writtenRows.grouped) rows of \(counts.spineRows.grouped) in the spine",
            "",
        ]
        lines += viewTable
        lines.append("")
        if let label = counts.label {
            lines.append(
                "label: \(label.ripe.grouped) ripe, \(label.unripe.grouped) unripe "
                    + "(\(label.omitted.grouped) rows left out), \(label.missing.grouped) without one"
            )
        }
        if counts.nullTimes > 0 { lines.append("rows without a time: \(counts.nullTimes.grouped)") }
        for leak in counts.leaks {
            lines.append(
                "leak: view \(leak.view), spine row \(leak.spineRow): asked at \(leak.time), answered with a value of "
                    + "\(leak.eventTime) that was known only at \(leak.knownTime)")
        }
        lines += manifest.coverage
        lines.append("identity: \(manifest.fingerprint)")
        lines.append("manifest: \(TrainingManifest.path(besides: output))")
        return Output.text(lines)
    }

    private var viewTable: [String] {
        let counts = manifest.counts
        let leaks = counts.views.contains { $0.join.leaked > 0 }
        var table = TextTable(
            headings: ["view", "found", "not found", "too old", "ties"] + (leaks ? ["leaked"] : []),
            flushRight: [1, 2, 3, 4, 5])
        for view in counts.views {
            let numbers = [view.join.matched, view.join.notFound, view.join.outsideMaxAge, view.join.tied]
            table.rows.append(
                [view.name] + (numbers + (leaks ? [view.join.leaked] : [])).map { $0.grouped })
        }
        return table.lines
    }
}
