// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Holds the variable payload that is too long for the view in its slot; views point into it by offset.
///
/// An entry is a four-byte capacity and that many bytes. Overwritten entries are dead until the store compacts them.
@unsafe struct ByteArena {
    private(set) var base: UnsafeMutableRawPointer
    private(set) var used = 0
    private(set) var dead = 0
    private var capacity: Int
    private static let headerBytes = 4

    init(capacity: Int = 0) {
        unsafe self.capacity = max(64, capacity)
        unsafe base = .allocate(byteCount: max(64, capacity), alignment: 8)
    }

    func deallocate() { unsafe base.deallocate() }

    /// The bytes of a view in a slot: inline when short, else in this arena.
    @inline(__always)
    func run(_ view: UnsafeRawPointer) -> ByteRun {
        let count = unsafe Int(view.load(as: UInt32.self))
        guard count > SlotLayout.inlineBytes else { return unsafe ByteRun(start: view + 4, count: count) }
        let offset = unsafe view.load(fromByteOffset: 8, as: Int.self)
        return unsafe ByteRun(start: UnsafeRawPointer(base) + offset + Self.headerBytes, count: count)
    }

    /// Replaces the bytes of a view in a slot, in its old space if that is neither too small nor far too large.
    mutating func replace(_ view: UnsafeMutableRawPointer, with run: ByteRun) {
        let oldCount = unsafe Int(view.load(as: UInt32.self))
        if oldCount > SlotLayout.inlineBytes {
            let offset = unsafe view.load(fromByteOffset: 8, as: Int.self)
            let room = unsafe Int(base.load(fromByteOffset: offset, as: UInt32.self))
            if unsafe run.count > SlotLayout.inlineBytes && run.count <= room && room <= 2 * run.count {
                unsafe write(run, at: offset, into: view)
                return
            }
            unsafe dead += room + Self.headerBytes
        }
        guard unsafe run.count > SlotLayout.inlineBytes else {
            unsafe view.storeBytes(of: UInt64(run.count), as: UInt64.self)
            unsafe view.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
            unsafe (view + 4).copyMemory(from: run.start, byteCount: run.count)
            return
        }
        unsafe append(run, into: view)
    }

    /// Gives a run longer than the inline limit an entry of its own.
    mutating func append(_ run: ByteRun, into view: UnsafeMutableRawPointer) {
        // Entries are multiples of eight bytes, so that the next capacity is aligned.
        let entryBytes = unsafe (Self.headerBytes + run.count + 7) & ~7
        unsafe reserve(used + entryBytes)
        let offset = unsafe used
        unsafe base.storeBytes(of: UInt32(entryBytes - Self.headerBytes), toByteOffset: offset, as: UInt32.self)
        unsafe used += entryBytes
        unsafe write(run, at: offset, into: view)
    }

    private func write(_ run: ByteRun, at offset: Int, into view: UnsafeMutableRawPointer) {
        unsafe (base + offset + Self.headerBytes).copyMemory(from: run.start, byteCount: run.count)
        let prefix = unsafe UInt64(run.start.loadUnaligned(as: UInt32.self))
        unsafe view.storeBytes(of: UInt64(run.count) | prefix &<< 32, as: UInt64.self)
        unsafe view.storeBytes(of: offset, toByteOffset: 8, as: Int.self)
    }

    private mutating func reserve(_ needed: Int) {
        guard unsafe needed > capacity else { return }
        let larger = unsafe max(needed, capacity + capacity / 2, 1 << 16)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
        unsafe moved.copyMemory(from: base, byteCount: used)
        unsafe base.deallocate()
        unsafe base = moved
        unsafe capacity = larger
    }
}
