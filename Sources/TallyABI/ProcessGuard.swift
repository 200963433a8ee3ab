// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Glibc
internal import Synchronization

/// Knows the process that first used the library: its forked children have neither its threads nor its open files, and can
/// do what `ForkedChild` says.
enum ProcessGuard {
    private static let owner = Atomic<pid_t>(0)

    /// Whether this process is the child of one that had used the library; takes no lock, so that it never waits.
    static var isForked: Bool {
        let user = owner.load(ordering: .acquiring)
        return user != 0 && user != getpid()
    }

    /// Says that this process uses the library; false in a forked child of one that did.
    static func enter() -> Bool {
        let process = getpid()
        let (isFirst, user) = owner.compareExchange(
            expected: 0, desired: process, ordering: .acquiringAndReleasing)
        if isFirst { ForkedChild.watch() }
        return isFirst || user == process
    }
}
