// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB
internal import TallyModel

/// Space for the key of a stored row: the namespace and the stored key, as `StateLayout` defines them.
///
/// One such room serves a whole loop, so that looking up a key allocates nothing.
@safe struct RowKey: ~Copyable {
    /// The greatest length of a key in LMDB.
    static let capacity = 511
    /// The number of bytes in the namespace.
    static let prefix = StateLayout.namespaceBytes

    private let bytes: UnsafeMutableRawBufferPointer
    private var count = 0

    init() {
        // A step behind the longest key fits too.
        precondition(Self.prefix + StateLayout.longestKey < Self.capacity, "keys are longer than LMDB allows")
        unsafe bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.capacity, alignment: 8)
    }

    deinit { unsafe bytes.deallocate() }

    /// The key as the library takes it; valid until the next change.
    var value: MDB_val {
        unsafe MDB_val(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    }

    /// Becomes the key of a stored state.
    @inline(__always)
    mutating func set(_ namespace: UInt32, _ stored: [UInt8]) {
        unsafe stored.withUnsafeBytes { unsafe set(namespace, $0) }
    }

    /// Sets the key of a stored state; without bytes it comes before all keys of the namespace.
    @inline(__always)
    mutating func set(_ namespace: UInt32, _ stored: UnsafeRawBufferPointer) {
        precondition(stored.count <= Self.capacity - Self.prefix, "a stored key of \(stored.count) bytes")
        unsafe bytes.storeBytes(of: StateLayout.stored(namespace: namespace), as: UInt32.self)
        if let source = stored.baseAddress, let target = unsafe bytes.baseAddress {
            unsafe (target + Self.prefix).copyMemory(from: source, byteCount: stored.count)
        }
        count = Self.prefix + stored.count
    }

    /// Becomes the key right after the one that it is: no key lies between.
    mutating func step() {
        precondition(count < Self.capacity, "a row's key of \(count) bytes")
        unsafe bytes[count] = 0
        count += 1
    }

    /// The namespace of a row's key; nil for what is no such key.
    static func namespace(of key: UnsafeRawBufferPointer) -> UInt32? {
        guard key.count >= prefix else { return nil }
        return StateLayout.namespace(stored: unsafe key.loadUnaligned(as: UInt32.self))
    }

    /// The stored key in a row's key.
    static func stored(of key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: key[prefix...])
    }
}
