// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// How many bytes an examination still reads, and what it looked at by size only.
struct ExaminationBudget {
    private var left: Int64
    /// How many files were not read.
    private(set) var skipped = 0
    /// How many bytes they have.
    private(set) var skippedBytes: Int64 = 0

    init(bytes: Int64) { left = bytes }

    /// Whether a file of that size may be read.
    mutating func takes(_ size: Int64) -> Bool {
        guard size <= left else {
            skipped += 1
            skippedBytes = skippedBytes.addingReportingOverflow(size).overflow ? .max : skippedBytes + size
            return false
        }
        left -= max(0, size)
        return true
    }
}
