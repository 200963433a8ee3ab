// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The identity of the files that an environment has open, whatever path leads to them.
///
/// Both count: readers are known to writers by the file of locks, so an environment with another one than the writers have
/// reads pages that were used anew.
struct EnvironmentIdentity: Sendable, Hashable {
    private let data: FileIdentity
    /// Nil where there is no file of locks, and none can be made.
    private let locks: FileIdentity?

    /// Looks up the files in a folder; nil when there is no store.
    init?(of folder: String) {
        guard let data = FileIdentity(of: Self.data(folder)) else { return nil }
        self.data = data
        locks = FileIdentity(of: Self.locks(folder))
    }

    /// Whether another file has come into the place of the data, and the locks are still those of the old one.
    func keepsLocks(of old: EnvironmentIdentity) -> Bool { data != old.data && locks != nil && locks == old.locks }

    /// The path of the data.
    static func data(_ folder: String) -> String { folder + "/data.mdb" }

    /// The path of the locks.
    static func locks(_ folder: String) -> String { folder + "/lock.mdb" }
}
