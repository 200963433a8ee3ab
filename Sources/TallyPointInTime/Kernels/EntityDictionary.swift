// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Gives each entity key a dense id, in order of first appearance: built from the spine, looked up for the sources.
///
/// Keys are either 64-bit integers or canonical bytes; a dictionary holds one form only. A key of several columns comes
/// as bytes, and the encoding must keep `("1", "12")` and `("11", "2")` apart. Null keys get `SpineIndex.noEntity`.
/// Ids of a column cost O(1) a row; the dictionary grows as needed.
@safe public final class EntityDictionary {
    /// The form of a dictionary's keys.
    public enum KeyForm: Sendable, Hashable {
        /// Signed 64-bit integers.
        case integer
        /// Runs of bytes, equal when they have the same bytes.
        case bytes
    }

    private enum Table {
        case integer(IntegerKeyTable)
        case bytes(ByteKeyTable)
    }

    private let table: Table

    /// Makes an empty dictionary with room for `minimumCapacity` keys before it first grows.
    public init(_ form: KeyForm, minimumCapacity: Int = 0) {
        precondition(minimumCapacity >= 0, "a dictionary for \(minimumCapacity) keys")
        switch form {
        case .integer: table = .integer(IntegerKeyTable(minimumCapacity: minimumCapacity))
        case .bytes: table = .bytes(ByteKeyTable(minimumCapacity: minimumCapacity))
        }
    }

    /// The form of the keys.
    public var form: KeyForm {
        switch table {
        case .integer: .integer
        case .bytes: .bytes
        }
    }

    /// The number of different keys; ids are below it.
    public var count: Int {
        switch table {
        case .integer(let table): table.count
        case .bytes(let table): table.count
        }
    }

    /// Writes the id of each of `count` integers, adding those not seen before; null gets `noEntity`.
    public func insert(
        integers: UnsafePointer<Int64>, validity: UnsafePointer<UInt64>? = nil, count: Int,
        into ids: UnsafeMutablePointer<UInt32>
    ) {
        unsafe integerTable.resolve(integers, validity, count, ids, isGrowing: true)
    }

    /// Writes the id of each of `count` integers; null and unseen keys get `noEntity`.
    public func lookUp(
        integers: UnsafePointer<Int64>, validity: UnsafePointer<UInt64>? = nil, count: Int,
        into ids: UnsafeMutablePointer<UInt32>
    ) {
        unsafe integerTable.resolve(integers, validity, count, ids, isGrowing: false)
    }

    /// Writes the id of each of `count` sixteen-byte string views, adding those not seen before; null gets `noEntity`.
    public func insert(
        stringViews: UnsafeRawPointer, validity: UnsafePointer<UInt64>? = nil, count: Int,
        into ids: UnsafeMutablePointer<UInt32>
    ) {
        unsafe resolve(stringViews, validity, count, ids, isGrowing: true)
    }

    /// Writes the id of each of `count` sixteen-byte string views; null and unseen keys get `noEntity`.
    public func lookUp(
        stringViews: UnsafeRawPointer, validity: UnsafePointer<UInt64>? = nil, count: Int,
        into ids: UnsafeMutablePointer<UInt32>
    ) {
        unsafe resolve(stringViews, validity, count, ids, isGrowing: false)
    }

    /// Writes the id of each byte key, adding those not seen before; key i lies at `offsets[i]` up to `offsets[i + 1]`.
    public func insert(
        bytes: UnsafePointer<UInt8>, offsets: UnsafePointer<Int64>, validity: UnsafePointer<UInt64>? = nil, count: Int,
        into ids: UnsafeMutablePointer<UInt32>
    ) {
        unsafe resolve(bytes, offsets, validity, count, ids, isGrowing: true)
    }

    /// Writes the id of each byte key; null and unseen keys get `noEntity`.
    public func lookUp(
        bytes: UnsafePointer<UInt8>, offsets: UnsafePointer<Int64>, validity: UnsafePointer<UInt64>? = nil, count: Int,
        into ids: UnsafeMutablePointer<UInt32>
    ) {
        unsafe resolve(bytes, offsets, validity, count, ids, isGrowing: false)
    }

    /// The id of each byte key, adding those not seen before; key i lies at `offsets[i]` up to `offsets[i + 1]`.
    public func insert(bytes: [UInt8], offsets: [Int64]) -> [UInt32] {
        let count = offsets.count - 1
        precondition(count >= 0 && offsets[count] == bytes.count, "offsets do not end at \(bytes.count)")
        return unsafe [UInt32](unsafeUninitializedCapacity: count) { ids, initialized in
            // Keys without bytes are keys, too, and need a place that may be read.
            unsafe (bytes + [0]).withUnsafeBufferPointer { bytes in
                unsafe offsets.withUnsafeBufferPointer { offsets in
                    guard count > 0, let start = bytes.baseAddress, let first = offsets.baseAddress,
                        let ids = ids.baseAddress
                    else { return }
                    unsafe insert(bytes: start, offsets: first, count: count, into: ids)
                }
            }
            initialized = count
        }
    }

    /// The greatest distance of a key from its home in the table.
    var longestProbe: Int {
        switch table {
        case .integer(let table): table.longestProbe
        case .bytes(let table): table.longestProbe
        }
    }

    private func resolve(
        _ views: UnsafeRawPointer, _ validity: UnsafePointer<UInt64>?, _ count: Int,
        _ ids: UnsafeMutablePointer<UInt32>, isGrowing: Bool
    ) {
        unsafe byteTable.resolve(
            validity, count, ids, isGrowing: isGrowing,
            words: { unsafe KeyWords(view: views + 16 &* $0) }, run: { unsafe ByteRun(view: views + 16 &* $0) })
    }

    private func resolve(
        _ bytes: UnsafePointer<UInt8>, _ offsets: UnsafePointer<Int64>, _ validity: UnsafePointer<UInt64>?,
        _ count: Int, _ ids: UnsafeMutablePointer<UInt32>, isGrowing: Bool
    ) {
        unsafe byteTable.resolve(
            validity, count, ids, isGrowing: isGrowing,
            words: { unsafe KeyWords(run: Self.run(bytes, offsets, $0)) },
            run: { unsafe Self.run(bytes, offsets, $0) })
    }

    @inline(__always)
    private static func run(_ bytes: UnsafePointer<UInt8>, _ offsets: UnsafePointer<Int64>, _ row: Int) -> ByteRun {
        let start = unsafe Int(offsets[row])
        return unsafe ByteRun(start: UnsafeRawPointer(bytes) + start, count: Int(offsets[row + 1]) - start)
    }

    private var integerTable: IntegerKeyTable {
        guard case .integer(let table) = table else { preconditionFailure("integer keys in a dictionary of bytes") }
        return table
    }

    private var byteTable: ByteKeyTable {
        guard case .bytes(let table) = table else { preconditionFailure("byte keys in a dictionary of integers") }
        return table
    }
}
