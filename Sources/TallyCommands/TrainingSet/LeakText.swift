// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyAssembly
internal import TallyModel

/// What a search for values of the future found, as a person reads it.
struct LeakText {
    let report: LeakReport
    let training: String

    var text: String {
        let leaking = report.columns.filter { $0.verdict == .leak }
        var lines: [String] = []
        switch report.verdict {
        case .leak:
            let names = leaking.map(\.name) + report.likenesses.map(\.name)
            lines.append("\(training): \(names.uniqued { Array($0.utf8) }.joined(separator: ", ")) know the future")
        case .unproven: lines.append("unproven: \(training): no leak was found, and not everything could be judged")
        case .clean: lines.append("\(training): every compared value was known at its row's time")
        }
        var table = TextTable(
            headings: ["column", "from", "verdict", "rows", "lawful", "future", "older", "missing", "unexplained"],
            flushRight: [3, 4, 5, 6, 7, 8])
        for column in report.columns {
            let count = { (name: String) in column.counts.first { $0.name == name }?.count.grouped ?? "" }
            table.rows.append([
                column.name, "\(column.table).\(column.origin)", column.verdict.rawValue, count("rows"),
                count("lawful"), count("future"), count("past"), count("missing"), count("unexplained"),
            ])
        }
        if !table.rows.isEmpty { lines += [""] + table.lines }
        for column in leaking { lines += [""] + story(of: column) }
        for column in report.likenesses { lines += ["", "leak: \(column.name) \(column.reason)"] }
        let open = report.columns.filter { $0.verdict == .unproven }
        if !open.isEmpty || !report.unseen.isEmpty { lines.append("") }
        lines += open.map { "unproven: \($0.name): \($0.reason)" }
        lines += report.unseen.map { "unproven: \($0.name) was not compared: \($0.reason)" }
        if let label = report.label { lines += ["", labelStory(label)] }
        if let output = report.output { lines += ["", "as it should have been: \(output)"] }
        return Output.text(lines)
    }

    private func story(of column: LeakReport.Column) -> [String] {
        let count = { (name: String) in column.counts.first { $0.name == name }?.count ?? 0 }
        var line = "leak: \(column.name): \(column.reason)"
        if let ahead = column.ahead, ahead.count == 3 {
            line += ", by \(Self.length(ahead[0])) to \(Self.length(ahead[2])) (median \(Self.length(ahead[1])))"
        }
        let late = count("future") - count("notYetHappened")
        if late > 0 { line += "; \(late.grouped) of them had happened, and were not known yet" }
        return [line]
            + column.examples.map { example in
                let keys = example.keys.map { "\($0.name) \($0.text)" }.joined(separator: ", ")
                let gap = TimeSpan(from: example.time, to: example.known).microseconds
                return "  row \(example.row), \(keys), \(example.time): \(example.found) instead of "
                    + "\(example.lawful ?? "nothing"); known \(example.known), \(Self.length(gap)) later"
            }
    }

    private func labelStory(_ label: LeakReport.Column) -> String {
        let count = { (name: String) in label.counts.first { $0.name == name }?.count ?? 0 }
        guard count("future") > 0 else {
            return
                "label: \(label.name): \(count("lawful").grouped) of \(count("rows").grouped) rows were known at their "
                + "time already"
        }
        let median = label.ahead.map { " (median \(Self.length($0[1])))" } ?? ""
        return
            "label: \(label.name): \(count("future").grouped) of \(count("rows").grouped) rows lie ahead of their time"
            + median
    }

    /// A length of time as people say it.
    private static func length(_ microseconds: Int64) -> String {
        let units: [(size: Int64, name: String)] = [
            (86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "min"), (1_000_000, "s"), (1_000, "ms"),
        ]
        // Two days are said in hours, so that a night and a day apart can be told.
        let unit =
            units.first { microseconds >= ($0.name == "d" ? 2 * $0.size : $0.size) } ?? (size: 1, name: "µs")
        let (whole, rest) = microseconds.quotientAndRemainder(dividingBy: unit.size)
        let tenth = rest / max(1, unit.size / 10)
        return tenth == 0 ? "\(whole) \(unit.name)" : "\(whole).\(tenth) \(unit.name)"
    }
}
