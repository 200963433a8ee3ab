// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Two words that represent a byte key in a table: all of a short key, or a long one's length, beginning and hash.
///
/// The low half of `first` is the length and its high half the first four bytes. Up to `SlotLayout.inlineBytes` bytes,
/// `second` is the rest followed by zeros, so equal words are equal keys; beyond, it is the hash of all bytes, and equal
/// words are only very likely equal keys.
struct KeyWords {
    let first: UInt64
    let second: UInt64

    /// The words of null rows: those of the empty key.
    static let none = KeyWords(first: 0, second: 0)

    @inline(__always)
    init(first: UInt64, second: UInt64) {
        self.first = first
        self.second = second
    }

    /// Reads a string view; bytes of it beyond the length do not count.
    @inline(__always)
    init(view: UnsafeRawPointer) {
        let head = unsafe UInt64(littleEndian: view.loadUnaligned(as: UInt64.self))
        let length = head & 0xFFFF_FFFF
        if length <= UInt64(SlotLayout.inlineBytes) {
            let tail = unsafe UInt64(littleEndian: view.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            // A shift by 64 gives 0, and so a mask of all ones.
            first = head & ((1 << (32 + 8 * min(length, 4))) &- 1)
            second = tail & ((1 << (8 * (max(length, 4) &- 4))) &- 1)
        } else {
            first = head
            second = unsafe KeyHash.hash(ByteRun(view: view))
        }
    }

    /// Reads a run, and nothing before or behind it.
    @inline(__always)
    init(run: ByteRun) {
        let count = unsafe run.count
        let start = unsafe run.start
        let length = UInt64(UInt32(count))
        let shift = UInt64(truncatingIfNeeded: count) &* 8
        if count < 4 {
            first = unsafe count == 0 ? 0 : length | Self.fewBytes(start, count) &<< 32
            second = 0
            return
        }
        first = unsafe length | UInt64(UInt32(littleEndian: start.loadUnaligned(as: UInt32.self))) &<< 32
        if count > SlotLayout.inlineBytes {
            second = unsafe KeyHash.hash(run)
        } else if count >= 8 {
            // The last eight bytes, without those that `first` holds already.
            let last = unsafe start.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
            second = UInt64(littleEndian: last) &>> (96 &- shift)
        } else {
            let last = unsafe start.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            second = UInt64(UInt32(littleEndian: last)) &>> (64 &- shift)
        }
    }

    /// One to three bytes, the first one lowest.
    @inline(__always)
    private static func fewBytes(_ start: UnsafeRawPointer, _ count: Int) -> UInt64 {
        var bytes: UInt64 = 0
        for index in 0..<count {
            let byte = unsafe start.load(fromByteOffset: index, as: UInt8.self)
            bytes |= UInt64(byte) &<< UInt64(truncatingIfNeeded: 8 &* index)
        }
        return bytes
    }

    /// Whether the words tell only the beginning and the hash of the key.
    @inline(__always)
    var isLong: Bool { first & 0xFFFF_FFFF > UInt64(SlotLayout.inlineBytes) }

    /// The number of bytes of the key.
    @inline(__always)
    var length: Int { Int(truncatingIfNeeded: first & 0xFFFF_FFFF) }

    /// The hash at which the search for the key begins, before the table reduces it to its size.
    @inline(__always)
    var home: UInt64 { isLong ? second : KeyHash.hash(first, second) }
}
