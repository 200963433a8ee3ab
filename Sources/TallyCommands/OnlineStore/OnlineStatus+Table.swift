// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyAssembly
internal import TallyModel

extension OnlineStatus {
    /// A line for each applied view; nil when none is applied.
    var table: TextTable? {
        guard !lines.isEmpty else { return nil }
        var table = TextTable(
            headings: ["online", "generation", "keys", "filled up to", "behind", "time to live", "filled at"],
            flushRight: [1, 2])
        for line in lines {
            guard let generation = line.generation else {
                table.rows.append([line.view, "-", "-", "never filled", "-", line.timeToLive?.description ?? "-", "-"])
                continue
            }
            table.rows.append(
                [
                    line.view, String(generation.number), generation.keys.grouped,
                    generation.until.description, line.behind?.rounded ?? "-",
                    line.timeToLive?.description ?? "-", generation.filledAt.description,
                ])
        }
        if unused > 0 { table.rows.append(["\(unused) more in no applied view (`tally gc`)", "", "", "", "", "", ""]) }
        return table
    }
}
