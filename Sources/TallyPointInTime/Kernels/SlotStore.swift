// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The records of all slots, one a joinable spine row and one that stays empty, with the bytes they point to.
@safe final class SlotStore {
    let source: SourceLayout
    let layout: SlotLayout
    let slotCount: Int
    let base: UnsafeMutableRawPointer
    /// The event time each slot holds, the earliest one while it holds none: one comparison then rejects a row.
    let events: UnsafeMutablePointer<Int64>
    var arena: ByteArena
    private let viewOffsets: [Int]

    init(source: SourceLayout, slotCount: Int) {
        self.source = source
        self.slotCount = slotCount
        let layout = SlotLayout(source)
        self.layout = layout
        viewOffsets = zip(source.payload, layout.columnOffsets).filter { $0.0.width == 16 }.map(\.1)
        unsafe arena = ByteArena()
        let words = layout.stride / 8
        unsafe base = .allocate(byteCount: (slotCount + 1) * layout.stride, alignment: 64)
        unsafe base.initializeMemory(as: UInt64.self, repeating: 0, count: (slotCount + 1) * words)
        unsafe events = .allocate(capacity: slotCount + 1)
        unsafe events.initialize(repeating: .min, count: slotCount + 1)
    }

    deinit {
        unsafe base.deallocate()
        unsafe events.deallocate()
        unsafe arena.deallocate()
    }

    /// The slot that holds no row: spine rows without a match point to it.
    var emptySlot: UInt32 { UInt32(truncatingIfNeeded: slotCount) }

    /// Returns the known time of the row in a slot.
    func known(_ slot: Int) -> Int64 {
        guard let offset = layout.knownOffset else { return unsafe events[slot] }
        return unsafe base.load(fromByteOffset: slot * layout.stride + offset, as: Int64.self)
    }

    /// The nanoseconds that were cut from the event time of the row in a slot.
    func cutNanoseconds(_ slot: Int) -> Int32 {
        guard let offset = layout.cutOffset else { return 0 }
        return unsafe base.load(fromByteOffset: slot * layout.stride + offset, as: Int32.self)
    }

    /// The state word of a slot that has its flags.
    func flags(_ slot: Int) -> UInt64 {
        unsafe base.load(fromByteOffset: slot * layout.stride + layout.flagsOffset, as: UInt64.self)
    }

    /// The bytes that dead entries may take before a compaction is worth its pass over all slots.
    private var deadAllowance: Int { max(1 << 16, slotCount * layout.stride / 8) }

    /// Rewrites the live entries of the arena when more than half of it is dead.
    func compactIfWorthwhile() {
        guard unsafe arena.dead * 2 > arena.used && arena.dead > deadAllowance else { return }
        var compact = unsafe ByteArena(capacity: (arena.used - arena.dead) * 5 / 4)
        for slot in 0..<slotCount {
            let record = unsafe base + slot * layout.stride
            for offset in viewOffsets {
                let run = unsafe arena.run(record + offset)
                if unsafe run.count > SlotLayout.inlineBytes { unsafe compact.append(run, into: record + offset) }
            }
        }
        unsafe arena.deallocate()
        unsafe arena = compact
    }
}
