// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Files that are to be read again when they changed.
struct FileWatch: Sendable {
    private let paths: [String]
    private var stamps: [FileStamp?] = []
    private var isSettled = false

    init(_ paths: [String]) { self.paths = paths }

    /// Whether a file changed since it was asked last, or may have without its stamp telling; true the first time.
    ///
    /// Ask before the files are read: what changes while they are is noticed next time.
    mutating func hasChanged(at now: Timestamp) -> Bool {
        let found = paths.map { FileStamp(of: $0) }
        guard found != stamps || !isSettled else { return false }
        stamps = found
        isSettled = found.allSatisfy { $0?.isSettled(at: now) ?? true }
        return true
    }
}
