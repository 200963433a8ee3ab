// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Dispatch
internal import Synchronization

/// Separate threads for large requests, so that small ones and probes never wait behind them.
final class WorkLane: TaskExecutor {
    private let queues: [DispatchQueue]
    private let next = Atomic<Int>(0)

    /// `threads` requests are worked on at once, the others wait.
    init(threads: Int) {
        queues = (0..<max(1, threads)).map { DispatchQueue(label: "tallystick.large.\($0)") }
    }

    /// Puts a job at the end of one of the queues.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        queues[Int(UInt(bitPattern: index) % UInt(queues.count))].async {
            unsafe job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }
}
