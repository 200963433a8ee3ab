// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif
internal import Synchronization
internal import TallyModel

/// Names the folders that databases spill to: DuckDB makes one when it first spills, and removes what it made.
enum SpillFolder {
    private static let counter = Atomic<Int>(0)

    /// A folder for one database that is not there yet: two databases in one folder would overwrite each other's files.
    static func path(in parent: String?) -> String {
        let folder = parent ?? ScratchFolder.path
        let serial = counter.add(1, ordering: .relaxed).newValue
        return "\(folder)/tallystick-\(getpid())-\(serial)"
    }
}
