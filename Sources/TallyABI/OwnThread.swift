// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Glibc

/// Runs work of a forked child on a thread that was born there, and waits for it no longer than so long.
///
/// The thread that forked goes by its parent's number, for which Swift's locks are not made; and should anything be locked
/// for ever that a thread of the parent had taken, the caller is told so.
enum OwnThread {
    /// The longest wait: the first read may look through the pages of the store.
    static let patienceSeconds = 30

    /// What a thread does, and whether it did.
    ///
    /// Sendable on our word: what changes does so under the mutex.
    @safe private final class Job: @unchecked Sendable {
        private let work: @Sendable () -> Void
        private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private let ended = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        private var isDone = false

        init(_ work: @escaping @Sendable () -> Void) {
            self.work = work
            unsafe pthread_mutex_init(mutex, nil)
            var attributes = pthread_condattr_t()
            unsafe pthread_condattr_init(&attributes)
            unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
            unsafe pthread_cond_init(ended, &attributes)
            unsafe pthread_condattr_destroy(&attributes)
        }

        deinit {
            unsafe pthread_cond_destroy(ended)
            unsafe pthread_mutex_destroy(mutex)
            unsafe ended.deallocate()
            unsafe mutex.deallocate()
        }

        func run() {
            work()
            unsafe pthread_mutex_lock(mutex)
            isDone = true
            unsafe pthread_cond_signal(ended)
            unsafe pthread_mutex_unlock(mutex)
        }

        func wait() -> Bool {
            var end = timespec()
            unsafe clock_gettime(CLOCK_MONOTONIC, &end)
            end.tv_sec += OwnThread.patienceSeconds
            unsafe pthread_mutex_lock(mutex)
            defer { unsafe pthread_mutex_unlock(mutex) }
            while !isDone {
                guard unsafe pthread_cond_timedwait(ended, mutex, &end) == 0 else { return isDone }
            }
            return true
        }
    }

    /// Carries the result out of the thread; the job's mutex lies between its writer and its reader.
    private final class Place<Result: Sendable>: @unchecked Sendable {
        var result: Result?
    }

    /// The result of work on a thread of its own; nil where there was no thread, or none came back.
    static func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) -> Result? {
        let place = Place<Result>()
        let job = Job { place.result = work() }
        let held = unsafe Unmanaged.passRetained(job)
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { held in
                if let held = unsafe held { unsafe Unmanaged<Job>.fromOpaque(held).takeRetainedValue().run() }
                return nil
            }, held.toOpaque())
        guard code == 0 else {
            unsafe held.release()
            return nil
        }
        pthread_detach(thread)
        return job.wait() ? place.result : nil
    }
}
