// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Dispatch
internal import Synchronization

/// Runs asynchronous work on the thread that asks for it, until the work is done.
///
/// A read out of mapped memory then costs no change of threads, and needs none of the pool.
final class CallingThread: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let arrived = DispatchSemaphore(value: 0)

    /// Takes a job for the thread that waits; called by the runtime on any thread.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        arrived.signal()
    }

    /// Runs work to its end on this thread; children of its task run here as well.
    static func run<Result: Sendable>(
        under cancellation: Cancellation?, _ work: @escaping @Sendable () async -> Result
    ) -> Result {
        let thread = CallingThread()
        let result = ResultBox<Result>()
        let task = Task(executorPreference: thread) { result.set(await work()) }
        return waiting(for: task, under: cancellation) {
            while true {
                thread.arrived.wait()
                let job = thread.jobs.withLock { $0.removeFirst() }
                unsafe job.runSynchronously(on: thread.asUnownedTaskExecutor())
                if let value = result.value { return value }
            }
        }
    }

    /// Runs work to its end on the runtime's threads while this one sleeps.
    ///
    /// The kernels share out their work among the cores, which they could not do on one thread.
    static func wait<Result: Sendable>(
        under cancellation: Cancellation?, _ work: @escaping @Sendable () async -> Result
    ) -> Result {
        let result = ResultBox<Result>()
        let done = DispatchSemaphore(value: 0)
        let task = Task {
            result.set(await work())
            done.signal()
        }
        return waiting(for: task, under: cancellation) {
            while true {
                done.wait()
                if let value = result.value { return value }
            }
        }
    }

    private static func waiting<Result>(
        for task: Task<Void, Never>, under cancellation: Cancellation?, _ wait: () -> Result
    ) -> Result {
        let number = cancellation?.add(task)
        defer { if let number { cancellation?.remove(number) } }
        return wait()
    }
}

/// Carries a result from a task to the thread that waits for it.
private final class ResultBox<Result: Sendable>: Sendable {
    private let held = Mutex<Result?>(nil)

    var value: Result? { held.withLock { $0 } }

    func set(_ value: Result) { held.withLock { $0 = value } }
}
