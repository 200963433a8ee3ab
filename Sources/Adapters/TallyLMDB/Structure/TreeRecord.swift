// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The record of a tree in LMDB: its root page and the amounts of what it holds.
struct TreeRecord: Sendable, Hashable {
    /// The bytes that it takes.
    static let size = 48
    /// The root of a tree that holds nothing.
    static let noPage = UInt64.max

    let pad: UInt32
    let flags: UInt16
    let depth: Int
    let branchPages: UInt64
    let leafPages: UInt64
    let overflowPages: UInt64
    let entries: UInt64
    let root: UInt64

    /// Reads a record; the bytes must be there.
    init(_ page: PageBytes, at offset: Int) {
        pad = page.word(at: offset)
        flags = page.short(at: offset + 4)
        depth = Int(page.short(at: offset + 6))
        branchPages = page.long(at: offset + 8)
        leafPages = page.long(at: offset + 16)
        overflowPages = page.long(at: offset + 24)
        entries = page.long(at: offset + 32)
        root = page.long(at: offset + 40)
    }
}
