// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Dispatch

/// Runs the jobs of one actor on a serial queue of its own, so that a blocking call never holds Swift's shared threads.
final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// Names the queue for debuggers and profilers.
    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    /// Puts a job at the end of the queue.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
