// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// One of the two pages with which a data file begins: the newer one is the present commit.
struct MetaPage: Sendable, Hashable {
    private static let magic: UInt32 = 0xBEEF_C0DE
    private static let version: UInt32 = 1
    /// The bytes of a meta page that have a meaning.
    static let size = 152
    /// The possible page sizes.
    private static let pageSizes = [512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768]

    let pageSize: Int
    let mapSize: UInt64
    /// The pages that may be used anew.
    let free: TreeRecord
    /// The names of the other trees.
    let main: TreeRecord
    /// The highest number that a page has.
    let lastPage: UInt64
    /// The number of the commit.
    let commit: UInt64

    /// Reads a meta page of at least `size` bytes.
    init(_ page: PageBytes, number: UInt64) throws(StructureDamage) {
        guard page.word(at: 16) == Self.magic else { throw StructureDamage("it is no online store", page: number) }
        guard page.word(at: 20) == Self.version else {
            throw StructureDamage("its form is of another version", page: number)
        }
        guard page.number == number, page.flags & PageBytes.Flags.meta != 0 else {
            throw StructureDamage("the head of the page is damaged", page: number)
        }
        mapSize = page.long(at: 32)
        free = TreeRecord(page, at: 40)
        main = TreeRecord(page, at: 40 + TreeRecord.size)
        lastPage = page.long(at: 136)
        commit = page.long(at: 144)
        pageSize = Int(free.pad)
        guard Self.pageSizes.contains(pageSize) else {
            throw StructureDamage("pages cannot have \(pageSize) bytes", page: number)
        }
        let (end, isBeyond) = (lastPage &+ 1).multipliedReportingOverflow(by: UInt64(pageSize))
        guard lastPage >= 1, lastPage < .max, !isBeyond, end <= mapSize, mapSize <= 1 << 48 else {
            throw StructureDamage("the last page, \(lastPage), lies beyond the map", page: number)
        }
        for root in [free.root, main.root] where root != TreeRecord.noPage {
            guard (2...max(2, lastPage)).contains(root) else {
                throw StructureDamage("a tree begins at page \(root) of \(lastPage)", page: number)
            }
        }
    }

    /// The newer of the two, which must fit each other.
    static func newer(_ one: MetaPage, _ other: MetaPage) throws(StructureDamage) -> MetaPage {
        let (old, new) = one.commit > other.commit ? (other, one) : (one, other)
        guard old.pageSize == new.pageSize, old.free.flags == new.free.flags else {
            throw StructureDamage("the two meta pages differ in the size of pages or in their form")
        }
        guard new.commit - old.commit <= 1, old.lastPage <= new.lastPage else {
            throw StructureDamage("the two meta pages are of commits \(old.commit) and \(new.commit)")
        }
        // Of two that count as equally new the library reads the first, which has to be the one that is proved.
        guard new.commit > old.commit || new == old else {
            throw StructureDamage("the two meta pages are both of commit \(new.commit), and differ")
        }
        return new
    }
}
