// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The values of an expression over a batch, with what was found on the way.
public struct Evaluated: Sendable, Hashable {
    /// One value for each row, canonical: one NaN and no −0.0.
    public let column: Column
    /// For each single finding the number of rows in which it was met at least once; findings not met are absent.
    public let findings: [EvaluationFinding: Int]
    /// For each row the `EvaluationFinding.rawValue` it met; nil when no row met any.
    public let findingRows: [UInt8]?

    init(column: Column, findingRows: [UInt8]?) {
        self.column = column
        self.findingRows = findingRows
        var counts: [EvaluationFinding: Int] = [:]
        for bits in findingRows ?? [] where bits != 0 {
            for (finding, _) in EvaluationFinding.named where bits & finding.rawValue != 0 {
                counts[finding, default: 0] += 1
            }
        }
        findings = counts
    }
}
