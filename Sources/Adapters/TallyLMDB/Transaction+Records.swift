// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB
internal import TallyModel

/// Records of the directory: a version byte, the content, and the CRC-32C of name, version and content.
extension Transaction {
    private static let recordVersion: UInt8 = 1
    private static let checksumSize = 4

    /// The content of a record, verified; nil when there is none.
    func record(_ name: String) throws(TallyError) -> [UInt8]? {
        guard
            let bytes = unsafe try with(
                name, { (key) throws(TallyError) in unsafe try value(key, in: databases.directory) })
        else { return nil }
        let end = bytes.count - Self.checksumSize
        guard end >= 1, unsafe bytes[0] == Self.recordVersion,
            unsafe UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: end, as: UInt32.self))
                == checksum(name, UnsafeRawBufferPointer(rebasing: bytes[..<end]))
        else { throw LMDBFailure.corrupt("a record of the online store's directory", path: path) }
        return unsafe [UInt8](bytes[1..<end])
    }

    /// Stores a record in the place of one of the same name.
    func store(_ name: String, _ content: [UInt8]) throws(TallyError) {
        var bytes = [Self.recordVersion] + content
        bytes += bigEndian(unsafe bytes.withUnsafeBytes { unsafe checksum(name, $0) })
        unsafe try with(name) { (key) throws(TallyError) in
            unsafe try bytes.span.bytes.withUnsafeBytes { (bytes) throws(TallyError) in
                unsafe try put(key, bytes, in: databases.directory)
            }
        }
    }

    /// Removes a record; a missing one is fine.
    func removeRecord(_ name: String) throws(TallyError) {
        unsafe try with(name) { (key) throws(TallyError) in unsafe try remove(key, in: databases.directory) }
    }

    /// The names of all records with a prefix, in order; of all records where it is empty.
    func recordNames(_ prefix: String) throws(TallyError) -> [String] {
        let cursor = try Cursor(self, in: databases.directory)
        var names: [String] = []
        // No name is empty, nor may a key be that is looked for.
        let start = prefix.isEmpty ? "\u{0}" : prefix
        var found = unsafe try with(start) { (key) throws(TallyError) in unsafe try cursor.seek(key) }
        while let next = unsafe found {
            let name = unsafe String(decoding: next.key, as: UTF8.self)
            guard name.hasPrefix(prefix) else { break }
            names.append(name)
            unsafe found = try cursor.next()
        }
        return names
    }

    private func with<Result>(
        _ name: String, _ body: (MDB_val) throws(TallyError) -> Result
    ) throws(TallyError) -> Result {
        unsafe try name.utf8.span.bytes.withUnsafeBytes { (bytes) throws(TallyError) in
            unsafe try body(MDB_val(bytes))
        }
    }

    private func checksum(_ name: String, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(unsafe name.utf8.span.bytes)
        checksum.update(unsafe bytes.bytes)
        return checksum.value
    }
}

/// The bytes of an integer, most significant first.
func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    stride(from: Number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> Number($0)) }
}

/// The integer of bytes, most significant first.
func integer<Number: FixedWidthInteger>(_ bytes: some Sequence<UInt8>, as type: Number.Type = Number.self) -> Number {
    bytes.reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
}
