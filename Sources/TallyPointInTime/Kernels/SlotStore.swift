// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The records of all slots, one a joinable spine row and one that stays empty, with the bytes they point to.
@safe final class SlotStore {
    let source: SourceLayout
    let layout: SlotLayout
    let slotCount: Int
    let base: UnsafeMutableRawPointer
    var arena: ByteArena
    private let viewOffsets: [Int]

    init(source: SourceLayout, slotCount: Int) {
        self.source = source
        self.slotCount = slotCount
        let layout = SlotLayout(source)
        self.layout = layout
        viewOffsets = zip(source.payload, layout.columnOffsets).filter { $0.0 == .bytes }.map(\.1)
        unsafe arena = ByteArena()
        let words = layout.stride / 8
        unsafe base = .allocate(byteCount: (slotCount + 1) * layout.stride, alignment: 64)
        // The earliest time in an empty record lets one comparison reject a row.
        let cells = unsafe base.bindMemory(to: Int64.self, capacity: (slotCount + 1) * words)
        for slot in 0...slotCount {
            unsafe cells[slot * words] = .min
            for word in 1..<words { unsafe cells[slot * words + word] = 0 }
        }
    }

    deinit {
        unsafe base.deallocate()
        unsafe arena.deallocate()
    }

    /// The slot that holds no row: spine rows without a match point to it.
    var emptySlot: UInt32 { UInt32(truncatingIfNeeded: slotCount) }

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
