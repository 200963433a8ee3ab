// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB

/// Room for the key of a stored row: four bytes of namespace, most significant first, and the stored key.
///
/// One such room serves a whole loop, so that looking up a key allocates nothing.
@safe struct RowKey: ~Copyable {
    /// How long a key of LMDB may be.
    static let capacity = 511
    /// How many bytes the namespace takes.
    static let prefix = 4

    private let bytes: UnsafeMutableRawBufferPointer
    private var count = 0

    init() {
        unsafe bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.capacity, alignment: 8)
    }

    deinit { unsafe bytes.deallocate() }

    /// What the library is given; valid until the next change.
    var value: MDB_val {
        unsafe MDB_val(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    }

    /// Takes the place of a key.
    @inline(__always)
    mutating func set(_ namespace: UInt32, _ stored: [UInt8]) {
        unsafe stored.withUnsafeBytes { unsafe set(namespace, $0) }
    }

    /// Takes the place of a key; no bytes stand before all keys of the namespace.
    @inline(__always)
    mutating func set(_ namespace: UInt32, _ stored: UnsafeRawBufferPointer) {
        precondition(stored.count <= Self.capacity - Self.prefix, "a stored key of \(stored.count) bytes")
        unsafe bytes.storeBytes(of: namespace.bigEndian, as: UInt32.self)
        if let source = stored.baseAddress, let target = unsafe bytes.baseAddress {
            unsafe (target + Self.prefix).copyMemory(from: source, byteCount: stored.count)
        }
        count = Self.prefix + stored.count
    }

    /// Takes the place right after the one it has: no key lies between.
    mutating func step() {
        precondition(count < Self.capacity, "a row's key of \(count) bytes")
        unsafe bytes[count] = 0
        count += 1
    }

    /// The namespace of a row's key; nil for what is no such key.
    static func namespace(of key: UnsafeRawBufferPointer) -> UInt32? {
        guard key.count >= prefix else { return nil }
        return UInt32(bigEndian: unsafe key.loadUnaligned(as: UInt32.self))
    }

    /// The stored key in a row's key.
    static func stored(of key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: key[prefix...])
    }
}
