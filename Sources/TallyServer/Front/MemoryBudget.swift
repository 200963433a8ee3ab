// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization

/// The bytes that requests and answers on their way may hold, all together.
final class MemoryBudget: Sendable {
    private let limit: Int
    private let taken = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// The bytes that are held now.
    var used: Int { taken.load(ordering: .relaxed) }

    fileprivate func take(_ bytes: Int) -> Bool {
        if taken.wrappingAdd(bytes, ordering: .relaxed).newValue <= limit { return true }
        give(bytes)
        return false
    }

    fileprivate func give(_ bytes: Int) { taken.wrappingSubtract(bytes, ordering: .relaxed) }
}

/// What one request holds of the budget, given back when nobody keeps the lease any more.
final class MemoryLease: Sendable {
    private let budget: MemoryBudget
    private let held = Atomic<Int>(0)

    init(_ budget: MemoryBudget) { self.budget = budget }

    deinit { budget.give(held.load(ordering: .relaxed)) }

    /// Takes more bytes; false where the budget has not so many left.
    func take(_ bytes: Int) -> Bool {
        guard budget.take(bytes) else { return false }
        held.wrappingAdd(bytes, ordering: .relaxed)
        return true
    }
}
