// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Dispatch
internal import Synchronization
internal import TallyModel

/// A bounded queue of batches between a task that makes them and a thread that writes them.
///
/// The producer waits without holding a thread; the consumer, DuckDB's callback, blocks its own.
final class BatchFeed: Sendable {
    /// How the rows ended.
    enum End: Sendable {
        /// All rows were sent.
        case finished
        /// The producer failed: what was written is worthless.
        case abandoned
        /// The consumer failed: nobody takes the rows.
        case refused(TallyError)
    }

    private struct State {
        var batches: [Batch] = []
        var end: End?
        var waiting: [CheckedContinuation<Void, Never>] = []

        mutating func takeWaiting() -> [CheckedContinuation<Void, Never>] {
            defer { waiting = [] }
            return waiting
        }
    }

    private enum Offer {
        case taken
        case full
        case ended(End)
    }

    /// One batch is being written, one waits: more would only take memory.
    private static let capacity = 2
    private let state = Mutex(State())
    /// Counts the batches that wait, and one more once the rows have ended.
    private let available = DispatchSemaphore(value: 0)

    /// Adds a batch, waiting for room.
    func send(_ batch: Batch) async throws(TallyError) {
        while true {
            if Task.isCancelled { throw .stopped }
            switch offer(batch) {
            case .taken:
                available.signal()
                return
            case .ended(.refused(let error)): throw error
            case .ended(.finished), .ended(.abandoned):
                throw TallyError(.misuse, "rows were sent to a file that is already complete")
            case .full: await waitForRoom()
            }
        }
    }

    private func offer(_ batch: Batch) -> Offer {
        state.withLock { state in
            if let end = state.end { return .ended(end) }
            guard state.batches.count < Self.capacity else { return .full }
            state.batches.append(batch)
            return .taken
        }
    }

    private func waitForRoom() async {
        await withCheckedContinuation { continuation in
            let hasRoom = state.withLock { state in
                if state.end != nil || state.batches.count < Self.capacity { return true }
                state.waiting.append(continuation)
                return false
            }
            if hasRoom { continuation.resume() }
        }
    }

    /// Says how the rows ended; the first end counts.
    func end(_ end: End) {
        let waiting = state.withLock { state in
            if state.end == nil { state.end = end }
            return state.takeWaiting()
        }
        for continuation in waiting { continuation.resume() }
        available.signal()
    }

    /// The next batch, blocking the calling thread; nil once the rows have ended.
    func next() -> Batch? {
        available.wait()
        let (batch, waiting) = state.withLock { state in
            var isWorthless = false
            if case .abandoned = state.end { isWorthless = true }
            guard !isWorthless, !state.batches.isEmpty else { return (Batch?.none, state.takeWaiting()) }
            return (state.batches.removeFirst(), state.takeWaiting())
        }
        for continuation in waiting { continuation.resume() }
        // The end is for every later call too.
        if batch == nil { available.signal() }
        return batch
    }

    /// Whether all rows were sent.
    var isComplete: Bool {
        state.withLock { if case .finished = $0.end { true } else { false } }
    }
}
