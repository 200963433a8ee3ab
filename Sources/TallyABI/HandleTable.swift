// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyAssembly

/// What a handle stands for.
enum Held: Sendable {
    case store(StoreSession)
    case text(HeldText)
    case cancellation(Cancellation)
}

/// All handles of the process: numbers for things, so that a wrong number finds nothing instead of something else.
///
/// A handle is the place in a list with the number of times that the place was given out: a place that is used again gives
/// another handle. A place that was given out 2^32 times is not used again.
struct HandleTable {
    private struct Slot {
        var turn: UInt32
        var held: Held?
    }

    private let firstTurn: UInt32
    private var slots: [Slot] = []
    private var free: [Int] = []

    /// The number of handles in use.
    private(set) var count = 0

    /// Makes an empty table whose places were given out so often before.
    init(firstTurn: UInt32 = 0) { self.firstTurn = firstTurn }

    /// The stores, with their handles.
    var stores: [(UInt64, StoreSession)] {
        slots.enumerated().compactMap { index, slot in
            guard case .store(let session)? = slot.held else { return nil }
            return (UInt64(slot.turn) << 32 | UInt64(index + 1), session)
        }
    }

    /// Gives out a handle; never 0.
    mutating func add(_ held: Held) -> UInt64 {
        let index: Int
        if let reused = free.popLast() {
            index = reused
        } else {
            index = slots.endIndex
            slots.append(Slot(turn: firstTurn))
        }
        slots[index].held = held
        count += 1
        return UInt64(slots[index].turn) << 32 | UInt64(index + 1)
    }

    /// Returns what a handle stands for; nil for one that stands for nothing.
    func held(_ handle: UInt64) -> Held? { index(handle).flatMap { slots[$0].held } }

    /// Takes a handle back, and returns what it stood for; nil for one that stands for nothing.
    mutating func remove(_ handle: UInt64) -> Held? {
        guard let index = index(handle), let held = slots[index].held else { return nil }
        slots[index].held = nil
        count -= 1
        let (next, overflow) = slots[index].turn.addingReportingOverflow(1)
        if !overflow {
            slots[index].turn = next
            free.append(index)
        }
        return held
    }

    private func index(_ handle: UInt64) -> Int? {
        let index = Int(handle & 0xFFFF_FFFF) - 1
        guard slots.indices.contains(index), slots[index].turn == UInt32(handle >> 32) else { return nil }
        return index
    }

    /// The handles of this process.
    static let shared = Mutex(HandleTable())

    /// Gives out a handle of this process.
    static func add(_ held: Held) -> UInt64 { ForkedChild.present?.add(held) ?? shared.withLock { $0.add(held) } }

    /// Returns what a handle of this process stands for.
    static func held(_ handle: UInt64) -> Held? {
        if let child = ForkedChild.present { return child.held(handle) }
        return shared.withLock { $0.held(handle) }
    }

    /// Takes a handle of this process back.
    static func remove(_ handle: UInt64) -> Held? {
        if let child = ForkedChild.present { return child.remove(handle) }
        return shared.withLock { $0.remove(handle) }
    }
}
