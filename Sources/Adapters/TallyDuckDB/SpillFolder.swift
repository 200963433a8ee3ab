// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif
internal import Synchronization

/// Names the folders that databases spill to: DuckDB makes one when it first spills, and removes what it made.
enum SpillFolder {
    private static let counter = Atomic<Int>(0)

    /// A folder for one database that is not there yet: two databases in one folder would overwrite each other's files.
    static func path(in parent: String?) -> String {
        let serial = counter.add(1, ordering: .relaxed).newValue
        return "\(self.parent(parent))/tallystick-\(getpid())-\(serial)"
    }

    /// The folder for temporary files: the one that was named, else the system's.
    static func parent(_ named: String?) -> String {
        if let named { return named }
        if let found = unsafe getenv("TMPDIR"), unsafe found[0] != 0 { return unsafe String(cString: found) }
        return "/tmp"
    }
}
