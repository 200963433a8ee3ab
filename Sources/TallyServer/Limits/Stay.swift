// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
internal import Synchronization
internal import TallyModel
internal import TallyStore

/// One request from its head to the last byte of its answer, with all that it holds: memory, and its places.
///
/// What it holds is given back when the answer was sent or the connection ended (`end`), not when the answer was built: an
/// answer that is not read is as large as one that is being made.
final class Stay: Sendable {
    private struct State {
        /// Among the large requests.
        var place: Admission?
        /// The reason why the request was refused, kept here because the reader can only throw its own errors.
        var refusal: Refusal?
        /// The bytes of text for which the answer has an allowance.
        var text = 0
        /// The bytes of values that were read for it.
        var read = 0
        /// The check whether the caller may still be answered.
        var check: (@Sendable () throws(Refusal) -> Void)?
    }

    let memory: MemoryLease
    /// The connection that the request came on, if it came on one.
    let channel: (any Channel)?
    private let sources: SourceLane
    private let state = Mutex(State())

    init(_ budget: MemoryBudget, _ sources: SourceLane, on channel: (any Channel)? = nil) {
        memory = MemoryLease(budget)
        self.sources = sources
        self.channel = channel
    }

    deinit { end() }

    /// Whether it has a place among the large requests.
    var hasPlace: Bool { state.withLock { $0.place != nil } }

    /// Takes such a place, to be given back at the end; false where none is free.
    func enter(_ admission: Admission) -> Bool {
        guard admission.enter() else { return false }
        state.withLock { $0.place = admission }
        return true
    }

    /// Pays for the work on an answer, and for so much text.
    func prepare(work: Int, text: Int) throws(Refusal) {
        let (sum, isBeyond) = work.addingReportingOverflow(text)
        try memory.take(isBeyond ? .max : sum)
        state.withLock { $0.text = text }
    }

    /// Pays for what a text became longer than was thought.
    func write(_ text: Int) throws(Refusal) {
        let more = state.withLock { state in
            defer { state.text = max(state.text, text) }
            return text - state.text
        }
        if more > 0 { try memory.take(more) }
    }

    /// Sets the check, repeated after waiting, whether the caller may still be answered.
    func expect(_ check: @escaping @Sendable () throws(Refusal) -> Void) { state.withLock { $0.check = check } }

    /// Throws when the caller may no longer be answered.
    func checkAgain() throws(Refusal) { try state.withLock(\.check)?() }

    /// The bytes of values that were read for the answer.
    var read: Int { state.withLock(\.read) }

    /// The reason why the reader was refused, if it was.
    var refusal: Refusal? { state.withLock(\.refusal) }

    /// Gives back what is held.
    func end() {
        memory.end()
        let place = state.withLock { state in
            defer { state.place = nil }
            return state.place
        }
        place?.leave()
    }

    private func note(_ refusal: Refusal) -> TallyError {
        state.withLock { $0.refusal = refusal }
        return refusal.error
    }
}

extension Stay: ReadAllowance {
    func hold(_ bytes: Int) throws(TallyError) {
        do throws(Refusal) {
            try memory.take(bytes)
        } catch {
            throw note(error)
        }
        state.withLock { $0.read = $0.read.addingReportingOverflow(bytes).overflow ? .max : $0.read + bytes }
    }

    func beginReadingSources() async throws(TallyError) {
        do throws(Refusal) {
            try await sources.enter()
        } catch {
            throw note(error)
        }
        do throws(Refusal) {
            // Its token may have been revoked while it waited for its turn.
            try checkAgain()
        } catch {
            sources.leave()
            throw note(error)
        }
    }

    func endReadingSources() { sources.leave() }
}
