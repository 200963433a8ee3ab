// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Glibc

/// A lock that also a forked child may take.
///
/// Swift's own keeps the number of the thread that has it, and the thread that forked goes by the parent's number for ever:
/// another thread that waits for it would end the process.
/// Sendable on our word: the mutex never moves, and its functions may be called on all threads.
@safe final class ForkLock: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    func lock() { unsafe pthread_mutex_lock(mutex) }

    func unlock() { unsafe pthread_mutex_unlock(mutex) }

    /// Makes it free in a forked child, whatever it was in the parent.
    func reset() { unsafe pthread_mutex_init(mutex, nil) }

    func withLock<Result>(_ body: () -> Result) -> Result {
        lock()
        defer { unlock() }
        return body()
    }
}
