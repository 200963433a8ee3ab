// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The number of bytes that an examination may still read, and the files of which it checked only the size.
struct ExaminationBudget {
    private var left: Int64
    /// The number of files that were not read.
    private(set) var skipped = 0
    /// The number of their bytes.
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
