// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Tells how far the join or the scan of one view is, at most ten times a second.
struct ProgressReport {
    private let subject: String
    private let totalRows: Int?
    private let tell: (@Sendable (EngineProgress) -> Void)?
    private var rows = 0
    private var told: ContinuousClock.Instant?

    /// Starts at no rows; `totalRows` is nil when the files do not say how many they hold.
    init(_ subject: String, totalRows: Int?, _ tell: (@Sendable (EngineProgress) -> Void)?) {
        self.subject = subject
        self.totalRows = totalRows
        self.tell = tell
    }

    /// Adds rows that were read.
    mutating func add(_ count: Int) {
        rows += count
        guard let tell else { return }
        let now = ContinuousClock.now
        if let told, now - told < .milliseconds(100) { return }
        told = now
        tell(EngineProgress(subject: subject, rows: rows, totalRows: totalRows))
    }

    /// Tells the last number: all rows were read, or left out because they count nowhere.
    func finish() {
        tell?(EngineProgress(subject: subject, rows: totalRows ?? rows, totalRows: totalRows ?? rows))
    }
}
