// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// What the scans of a join count, over all runs of its files.
struct JoinTally {
    private(set) var irregular = 0
    private(set) var knownBeforeEvent = 0
    private(set) var days = 0
    private(set) var isAlwaysMidnight: Bool?
    private(set) var rounded = (up: 0, down: 0)
    /// Source rows.
    var rows = 0

    /// Adds what one scan counted.
    mutating func add(_ scan: ViewScan, _ run: TableRun) {
        irregular +=
            scan.irregular + (run.text?.irregularTimes ?? 0)
            + (run.formats?.takeIrregularTimes() ?? 0)
        knownBeforeEvent += scan.knownBeforeEvent
        rounded = (rounded.up + scan.roundedUp, rounded.down + scan.roundedDown)
        days += scan.days
        // A day that is known when it is over is no midnight that counts as known at once.
        if scan.days > 0, run.text != nil || run.hasFolders { isAlwaysMidnight = false }
        isAlwaysMidnight = scan.isAlwaysMidnight.map { $0 && isAlwaysMidnight != false } ?? isAlwaysMidnight
    }
}
