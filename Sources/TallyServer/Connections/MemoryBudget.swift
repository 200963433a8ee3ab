// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel

/// The bytes that requests and answers on their way may hold, all together.
///
/// A quarter is kept for those that hold little: a few large answers whose clients do not read do not exclude small
/// requests.
final class MemoryBudget: Sendable {
    private let limit: Int
    private let largeBytes: Int
    private let makeRoom: @Sendable () -> Void
    private let taken = Atomic<Int>(0)

    /// Makes a budget in which a request that holds `largeBytes` or more is large; `makeRoom` is called when there is
    /// no room.
    init(limit: Int, largeBytes: Int, makeRoom: @escaping @Sendable () -> Void = {}) {
        self.limit = limit
        self.largeBytes = largeBytes
        self.makeRoom = makeRoom
    }

    /// The bytes that are held now.
    var used: Int { taken.load(ordering: .relaxed) }

    /// Returns the limit on all requests together, as it applies to one that holds so many bytes.
    fileprivate func most(for bytes: Int) -> Int { bytes < largeBytes ? limit : limit / 4 * 3 }

    fileprivate func take(_ bytes: Int, within most: Int) -> Bool {
        if taken.wrappingAdd(bytes, ordering: .relaxed).newValue <= most { return true }
        give(bytes)
        makeRoom()
        return false
    }

    fileprivate func give(_ bytes: Int) { taken.wrappingSubtract(bytes, ordering: .relaxed) }
}

/// The share of the budget that one request holds, given back when it ends or when the lease is dropped.
final class MemoryLease: Sendable {
    private let budget: MemoryBudget
    private let state = Mutex<(held: Int, isOver: Bool)>((0, false))

    init(_ budget: MemoryBudget) { self.budget = budget }

    deinit { end() }

    /// Takes more bytes; throws where the budget has not so many left, or never has.
    func take(_ bytes: Int) throws(Refusal) {
        try state.withLock { (state) throws(Refusal) in
            let (sum, isBeyond) = state.held.addingReportingOverflow(bytes)
            let most = budget.most(for: sum)
            guard !isBeyond, sum <= most else { throw .tooMuch(limit: most) }
            guard !state.isOver, budget.take(bytes, within: most) else { throw .full }
            state.held = sum
        }
    }

    /// Holds exactly so many bytes from now on.
    func settle(_ bytes: Int) throws(Refusal) {
        let held = state.withLock { state in
            guard state.held > bytes else { return state.held }
            budget.give(state.held - bytes)
            state.held = bytes
            return bytes
        }
        if held < bytes { try take(bytes - held) }
    }

    /// Gives all back; nothing is taken any more.
    func end() {
        state.withLock { state in
            budget.give(state.held)
            state = (0, true)
        }
    }
}

extension Refusal {
    /// An answer would hold more than all of them may.
    fileprivate static func tooMuch(limit: Int) -> Refusal {
        .misuse(
            "the request or its answer would hold more than the \(limit) bytes that all may hold together",
            help: "ask in parts: for fewer entities or features at once")
    }
}
