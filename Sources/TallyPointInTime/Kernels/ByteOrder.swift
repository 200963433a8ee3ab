// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Compares two byte runs of one length, unsigned, first difference first: below zero, zero, or above.
func compareBytes(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int) -> Int {
    var index = 0
    while index &+ 8 <= count {
        let first = unsafe UInt64(bigEndian: left.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        let second = unsafe UInt64(bigEndian: right.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        if first != second { return first < second ? -1 : 1 }
        index &+= 8
    }
    while index < count {
        let first = unsafe left.load(fromByteOffset: index, as: UInt8.self)
        let second = unsafe right.load(fromByteOffset: index, as: UInt8.self)
        if first != second { return first < second ? -1 : 1 }
        index &+= 1
    }
    return 0
}

/// A run of bytes somewhere: in a vector, in a slot, or in an arena.
@unsafe struct ByteRun {
    let start: UnsafeRawPointer
    let count: Int

    /// The bytes of a caller's string view, which must be read in place: short ones lie inside it.
    @inline(__always)
    init(view: UnsafeRawPointer) {
        unsafe count = unsafe Int(view.loadUnaligned(as: UInt32.self))
        unsafe start =
            count <= SlotLayout.inlineBytes
            ? view + 4 : UnsafeRawPointer(view.loadUnaligned(fromByteOffset: 8, as: UnsafeRawPointer.self))
    }

    @inline(__always)
    init(start: UnsafeRawPointer, count: Int) {
        unsafe self.start = start
        unsafe self.count = count
    }

    /// Compares the bytes from the first on; a run comes before those it begins.
    func compareContents(_ other: ByteRun) -> Int {
        let order = unsafe compareBytes(start, other.start, count: min(count, other.count))
        return order != 0 ? order : unsafe count == other.count ? 0 : (count < other.count ? -1 : 1)
    }

    /// Compares as the canonical encoding does: the length first, as a number, then the bytes.
    func compare(_ other: ByteRun) -> Int {
        if unsafe count != other.count { return unsafe count < other.count ? -1 : 1 }
        return unsafe compareBytes(start, other.start, count: count)
    }
}
