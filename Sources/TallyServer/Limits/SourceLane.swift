// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization

/// Lets few requests read sources at once; a queue of others waits in order, and further ones are refused.
///
/// A body of a hundred bytes is enough to ask for an instant that only the sources know: each such answer has the engine read
/// files, with memory and threads of its own.
final class SourceLane: Sendable {
    private enum Turn {
        case come
        case refused
        case left
    }

    private struct State {
        var free: Int
        var last = 0
        var waiting: [(number: Int, continuation: CheckedContinuation<Turn, Never>)] = []
    }

    private let mostWaiting: Int
    private let state: Mutex<State>

    /// `most` read at once, `waiting` wait.
    init(most: Int, waiting: Int) {
        mostWaiting = waiting
        state = Mutex(State(free: most))
    }

    /// The number of requests that wait now.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Waits for a place, which has to be given back; `busy` where too many wait, `overdue` when the task is cancelled.
    func enter() async throws(Refusal) {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        let turn = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let turn = take(number, continuation) { continuation.resume(returning: turn) }
            }
        } onCancel: {
            let gone = state.withLock { state in
                state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
            }
            gone?.continuation.resume(returning: .left)
        }
        switch turn {
        case .come: return
        case .refused: throw .busy
        case .left: throw .overdue
        }
    }

    /// Returns the outcome for a new request; nil when it waits.
    private func take(_ number: Int, _ continuation: CheckedContinuation<Turn, Never>) -> Turn? {
        state.withLock { state in
            // Who was cancelled before it stood in the queue is not found there.
            guard !Task.isCancelled else { return .left }
            if state.free > 0 {
                state.free -= 1
                return .come
            }
            guard state.waiting.count < mostWaiting else { return .refused }
            state.waiting.append((number, continuation))
            return nil
        }
    }

    /// Gives the place back, to the request that has waited longest.
    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Turn, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst().continuation }
            state.free += 1
            return nil
        }
        next?.resume(returning: .come)
    }
}
