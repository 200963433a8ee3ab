// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization

/// A wish to stop, which any thread may have: stops the calls that run under it, and those that come later.
final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var next = 0
        var running: [Int: Task<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Puts a running call under this cancellation, which may have come already; returns how to take it out again.
    func add(_ task: Task<Void, Never>) -> Int {
        let (number, isLate) = state.withLock { state in
            state.next += 1
            state.running[state.next] = task
            return (state.next, state.isCancelled)
        }
        if isLate { task.cancel() }
        return number
    }

    /// Takes out a call that has ended.
    func remove(_ number: Int) { _ = state.withLock { $0.running.removeValue(forKey: number) } }

    /// Whether somebody has asked to stop.
    var isCancelled: Bool { state.withLock(\.isCancelled) }

    /// Stops what runs and what comes.
    func cancel() {
        let tasks = state.withLock { state in
            state.isCancelled = true
            return Array(state.running.values)
        }
        for task in tasks { task.cancel() }
    }
}
