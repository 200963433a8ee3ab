// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB
internal import Dispatch
internal import Synchronization
internal import TallyModel

/// An open LMDB environment: one memory-mapped file with its readers, its writer and the guard of its map.
///
/// Sendable because the handle never changes, LMDB environments may be used by all threads at once, and what they may
/// not do at once goes through the guard. It is closed with the last reference, when no transaction can be left.
@safe final class Environment: @unchecked Sendable {
    /// The folder, for messages.
    let path: String
    /// Whether the files let us write.
    let isWritable: Bool
    let databases: Databases
    let identity: EnvironmentIdentity
    let limits: LMDBLimits
    let handle: OpaquePointer
    let mapGuard = MapGuard()
    /// The queue on which fills block, one after the other: never on Swift's threads.
    let queue = DispatchQueue(label: "tally.online-store")
    /// Readers that wait to be used again: renewing one costs less than beginning one.
    let readers = Mutex<[Transaction]>([])
    /// Views as readers found them last, so that not every read takes their records apart.
    let views = Mutex<[Fingerprint: KnownView]>([:])

    /// The commit after which no view had abandoned a namespace, as far as this process knows.
    let sweptCommit = Mutex<Int?>(nil)

    /// Takes over what was opened.
    init(
        path: String, isWritable: Bool, limits: LMDBLimits, databases: Databases, identity: EnvironmentIdentity,
        handle: consuming EnvironmentHandle
    ) {
        self.path = path
        self.isWritable = isWritable
        self.databases = databases
        self.identity = identity
        self.limits = limits
        unsafe self.handle = handle.release()
    }

    deinit {
        for reader in readers.withLock({ $0 }) { reader.abort() }
        OpenEnvironments.close(identity) { unsafe mdb_env_close(handle) }
    }
}
