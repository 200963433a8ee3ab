// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The bytes of a page or of a part of it, read as LMDB lays them out: in the byte order of the machine.
///
/// Source: LMDB 0.9.24, mdb.c, "struct MDB_page", "struct MDB_node", "struct MDB_db" and "struct MDB_meta", for machines
/// of 64 bits.
struct PageBytes {
    /// The bytes of a page's header.
    static let header = 16
    /// The bytes of a node before its key.
    static let nodeHeader = 8

    /// The flags of a page.
    enum Flags {
        static let branch: UInt16 = 1
        static let leaf: UInt16 = 2
        static let overflow: UInt16 = 4
        static let meta: UInt16 = 8
    }

    let bytes: [UInt8]

    func short(at offset: Int) -> UInt16 {
        unsafe bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)
    }

    func word(at offset: Int) -> UInt32 {
        unsafe bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }

    func long(at offset: Int) -> UInt64 {
        unsafe bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    /// The page's own number.
    var number: UInt64 { long(at: 0) }
    /// The flags in its header.
    var flags: UInt16 { short(at: 10) }
    /// The end of the list of nodes.
    var lower: Int { Int(short(at: 12)) }
    /// The start of the nodes.
    var upper: Int { Int(short(at: 14)) }
    /// For a page of large data: how many pages it has.
    var overflowPages: UInt64 { UInt64(word(at: 12)) }
}
