// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The vectors of one batch of source rows, allocated once a join.
///
/// A lane is a source row still in the running; each stage keeps fewer of them, packed to the front.
@safe final class JoinScratch {
    /// Rows a batch: enough for cache misses to overlap, few enough to stay in the first-level cache.
    static let batch = 256

    let rows: UnsafeMutablePointer<Int>
    let lows: UnsafeMutablePointer<UInt32>
    let lengths: UnsafeMutablePointer<UInt32>
    let ends: UnsafeMutablePointer<UInt32>
    let events: UnsafeMutablePointer<Int64>
    let keys: UnsafeMutablePointer<Int64>
    /// The values that a stage has read from memory at random positions.
    let loaded: UnsafeMutablePointer<Int64>
    /// Wins whose payload is still to be copied.
    let wonSlots: UnsafeMutablePointer<Int>
    let wonRows: UnsafeMutablePointer<Int>

    init() {
        unsafe rows = .allocate(capacity: Self.batch)
        unsafe lows = .allocate(capacity: Self.batch)
        unsafe lengths = .allocate(capacity: Self.batch)
        unsafe ends = .allocate(capacity: Self.batch)
        unsafe events = .allocate(capacity: Self.batch)
        unsafe keys = .allocate(capacity: Self.batch)
        unsafe loaded = .allocate(capacity: Self.batch)
        unsafe wonSlots = .allocate(capacity: Self.batch)
        unsafe wonRows = .allocate(capacity: Self.batch)
    }

    deinit {
        unsafe rows.deallocate()
        unsafe lows.deallocate()
        unsafe lengths.deallocate()
        unsafe ends.deallocate()
        unsafe events.deallocate()
        unsafe keys.deallocate()
        unsafe loaded.deallocate()
        unsafe wonSlots.deallocate()
        unsafe wonRows.deallocate()
    }
}
