// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The state of evaluating one batch: the number of rows and the findings so far.
struct EvaluationState {
    /// The number of rows.
    let count: Int
    /// For each row the bits of its findings; empty until the first.
    private(set) var findingRows: [UInt8]?

    init(count: Int) {
        self.count = count
    }

    /// Notes a finding, unless the row takes another branch.
    mutating func note(_ finding: EvaluationFinding, row: Int, among active: [Bool]?) {
        if let active, !active[row] { return }
        var rows = findingRows ?? [UInt8](repeating: 0, count: count)
        findingRows = nil
        rows[row] |= finding.rawValue
        findingRows = rows
    }

    /// Notes a finding of a constant for every row that evaluates it.
    mutating func noteEverywhere(_ finding: EvaluationFinding, among active: [Bool]?) {
        if finding.isEmpty { return }
        for row in 0..<count { note(finding, row: row, among: active) }
    }
}
