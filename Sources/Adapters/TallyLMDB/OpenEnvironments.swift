// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel

/// The environments that this process has open.
///
/// LMDB must not open a file twice in a process: closing one of the two would drop the locks of both. Stores of one file
/// share an environment, and opening and closing happen behind one lock. What holds the locks is the file of locks: with
/// another one beside it, the same data is another environment.
enum OpenEnvironments {
    private struct Entry: Sendable {
        weak let environment: Environment?
    }

    /// What is open, behind a lock.
    private final class Table: Sendable {
        let entries = Mutex<[EnvironmentIdentity: Entry]>([:])
    }

    /// Exchanged only in a forked child, before it has a second thread.
    private nonisolated(unsafe) static var table = Table()

    private static var present: Table { unsafe table }

    /// Forgets what is open, in a forked child: that belongs to the parent, and one of its threads may hold the lock.
    ///
    /// Nothing is closed, now or later.
    static func abandon() {
        _ = unsafe Unmanaged.passRetained(table)
        unsafe table = Table()
    }

    /// The environment of a folder: the one that is open, or else what `open` gives, nil included.
    static func environment(
        of folder: String, open: () throws(TallyError) -> Environment?
    ) throws(TallyError) -> Environment? {
        while true {
            var isClosing = false
            let environment = try present.entries.withLock { entries throws(TallyError) -> Environment? in
                if let identity = EnvironmentIdentity(of: folder), let entry = entries[identity] {
                    let environment = entry.environment
                    isClosing = environment == nil
                    return environment
                }
                // Nothing may throw after this: an environment must not end while the lock is held.
                let environment = try open()
                if let environment { entries[environment.identity] = Entry(environment: environment) }
                return environment
            }
            guard isClosing else { return environment }
            Pause.briefly()
        }
    }

    /// Closes an environment without users, and lets the files be opened again.
    static func close(_ identity: EnvironmentIdentity, _ close: () -> Void) {
        present.entries.withLock { entries in
            close()
            entries[identity] = nil
        }
    }
}
