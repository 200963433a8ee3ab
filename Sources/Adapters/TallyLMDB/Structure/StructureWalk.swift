// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A walk through all pages that a commit reaches: proves what LMDB takes for granted before it maps the file.
///
/// Each page is where it says it is, once, within the file; nodes lie within their pages and fill them; keys are sorted, and
/// between the keys of the pages above; each tree holds as many pages and entries as it says. What lies in the values is
/// proved by the cells' checksums.
struct StructureWalk: ~Copyable {
    private let file: PageFile
    private let meta: MetaPage
    private let size: UInt64
    private var seen: [UInt64]
    /// The number of pages that were met.
    private(set) var pages = 0

    private static let longestKey = 511
    /// The greatest depth of LMDB's cursors.
    private static let deepest = 32

    private enum Node {
        static let isLarge: UInt16 = 1
        static let isTree: UInt16 = 2
    }

    /// The tree that is walked through, and the counts so far.
    private struct Tree {
        enum Kind { case free, main, named }
        let kind: Kind
        let record: TreeRecord
        var branchPages: UInt64 = 0
        var leafPages: UInt64 = 0
        var overflowPages: UInt64 = 0
        var entries: UInt64 = 0
        /// The trees that it names.
        var trees: [TreeRecord] = []
        var freePages: [UInt64] = []
    }

    init(_ file: consuming PageFile, _ meta: MetaPage, size: UInt64) {
        self.file = file
        self.meta = meta
        self.size = size
        // Pages beyond the end of the file are free ones at best; their numbers are taken in as well.
        seen = [UInt64](repeating: 0, count: Int(min(meta.lastPage, size / UInt64(meta.pageSize) + 1) / 64 + 1))
    }

    /// Walks through everything.
    mutating func run() throws(StructureDamage) {
        pages = 2
        let free = try walk(.free, meta.free)
        let main = try walk(.main, meta.main)
        for record in main.trees { _ = try walk(.named, record) }
        for page in free.freePages {
            // Pages that were never written lie beyond the end of the file.
            guard page > size / UInt64(meta.pageSize) || mark(page) else {
                throw StructureDamage("it is used, and counted among the free ones", page: page)
            }
        }
    }

    private mutating func walk(_ kind: Tree.Kind, _ record: TreeRecord) throws(StructureDamage) -> Tree {
        var tree = Tree(kind: kind, record: record)
        // Its order of keys and its lists of values: free pages lie under numbers, everything else under bytes. The free
        // pages' flags hold how the file was opened, too.
        guard kind == .free ? record.flags & 0x007C == 0x0008 : record.flags == 0 else {
            throw StructureDamage("a tree is of a kind that no online store has")
        }
        if record.root == TreeRecord.noPage {
            guard record.depth == 0, record.entries == 0 else {
                throw StructureDamage("a tree has \(record.entries) entries and no page")
            }
            return tree
        }
        guard (1...Self.deepest).contains(record.depth) else {
            throw StructureDamage("a tree is \(record.depth) pages deep")
        }
        try visit(record.root, depth: 1, from: nil, to: nil, &tree)
        guard tree.branchPages == record.branchPages, tree.leafPages == record.leafPages,
            tree.overflowPages == record.overflowPages, tree.entries == record.entries
        else {
            throw StructureDamage(
                "a tree says that it has \(record.entries) entries, and \(tree.entries) were found", page: record.root)
        }
        return tree
    }

    /// Walks through a page and those below it, whose keys lie from one key up to another.
    private mutating func visit(
        _ number: UInt64, depth: Int, from lower: [UInt8]?, to upper: [UInt8]?, _ tree: inout Tree
    ) throws(StructureDamage) {
        guard !Task.isCancelled else { throw StructureDamage("the walk was interrupted") }
        let page = try page(number)
        let isLeaf = depth == tree.record.depth
        guard page.flags == (isLeaf ? PageBytes.Flags.leaf : PageBytes.Flags.branch) else {
            throw StructureDamage("it is of another kind than its place in the tree", page: number)
        }
        if isLeaf { tree.leafPages += 1 } else { tree.branchPages += 1 }
        let nodes = try nodes(of: page, number, isLeaf: isLeaf)
        guard nodes.count >= (isLeaf || tree.kind == .free ? 1 : 2) else {
            throw StructureDamage("it has \(nodes.count) entries", page: number)
        }
        var keys: [[UInt8]?] = []
        for (index, node) in nodes.enumerated() {
            // The first key of a branch stands for all that are less than the second.
            keys.append(index == 0 && !isLeaf ? lower : Array(page.bytes[node.key]))
        }
        for (index, key) in keys.enumerated() {
            guard let key else { continue }
            guard tree.kind != .free || key.count == 8 else {
                throw StructureDamage("a key of the free pages has \(key.count) bytes", page: number)
            }
            let before = index == 0 ? lower : keys[index - 1]
            let isFirst = index == 0
            guard before.map({ precedes($0, key, tree.kind) || isFirst && $0 == key }) ?? true,
                upper.map({ precedes(key, $0, tree.kind) }) ?? true
            else { throw StructureDamage("its keys are out of order", page: number) }
        }
        if isLeaf {
            tree.entries += UInt64(nodes.count)
            for node in nodes { try take(node, page, number, &tree) }
            return
        }
        for (index, node) in nodes.enumerated() {
            let next = index + 1 < keys.count ? keys[index + 1] : upper
            try visit(node.child, depth: depth + 1, from: keys[index], to: next, &tree)
        }
    }

    /// Reads an entry of a leaf: the pages of large data, free pages, or a tree.
    private mutating func take(
        _ node: NodePlace, _ page: PageBytes, _ number: UInt64, _ tree: inout Tree
    ) throws(StructureDamage) {
        let known = tree.kind == .main ? Node.isLarge | Node.isTree : Node.isLarge
        guard node.flags & ~known == 0, node.flags != Node.isLarge | Node.isTree else {
            throw StructureDamage("an entry is of an unknown kind", page: number)
        }
        var data = Array(page.bytes[node.data])
        if node.flags & Node.isLarge != 0 {
            data = try large(PageBytes(bytes: data).long(at: 0), node.size, isRead: tree.kind == .free, &tree)
        }
        if node.flags & Node.isTree != 0 {
            guard data.count == TreeRecord.size else {
                throw StructureDamage("the record of a tree has \(data.count) bytes", page: number)
            }
            tree.trees.append(TreeRecord(PageBytes(bytes: data), at: 0))
        }
        guard tree.kind == .free else { return }
        let list = PageBytes(bytes: data)
        guard data.count >= 8, list.long(at: 0) <= UInt64(data.count / 8 - 1) else {
            throw StructureDamage("a list of free pages is longer than its place", page: number)
        }
        for index in 0..<Int(list.long(at: 0)) {
            let free = list.long(at: 8 + 8 * index)
            guard free >= 2, free <= meta.lastPage else {
                throw StructureDamage("page \(free) counts as free, and there is none", page: number)
            }
            tree.freePages.append(free)
        }
    }

    /// Notes the pages of large data, and reads the data if it matters.
    private mutating func large(
        _ number: UInt64, _ size: Int, isRead: Bool, _ tree: inout Tree
    ) throws(StructureDamage) -> [UInt8] {
        let head = PageBytes(bytes: try bytes(of: number, PageBytes.header))
        let count = head.overflowPages
        let needed = UInt64((PageBytes.header - 1 + size) / meta.pageSize + 1)
        guard head.number == number, head.flags == PageBytes.Flags.overflow, count >= needed,
            count <= meta.lastPage, number <= meta.lastPage - (count - 1)
        else { throw StructureDamage("the head of large data is damaged", page: number) }
        guard number * UInt64(meta.pageSize) + UInt64(PageBytes.header + size) <= self.size else {
            throw StructureDamage("the file ends before it", page: number)
        }
        for page in number..<number + count {
            guard mark(page) else { throw StructureDamage("it is used twice", page: page) }
        }
        pages += Int(count)
        tree.overflowPages += count
        return isRead ? try bytes(of: number, PageBytes.header + size, from: PageBytes.header) : []
    }

    private mutating func page(_ number: UInt64) throws(StructureDamage) -> PageBytes {
        guard number >= 2, number <= meta.lastPage else {
            throw StructureDamage("a tree leads to it, and the last page is \(meta.lastPage)", page: number)
        }
        let page = PageBytes(bytes: try bytes(of: number, meta.pageSize))
        guard mark(number) else { throw StructureDamage("it is used twice", page: number) }
        guard page.number == number else {
            throw StructureDamage("it says that it is page \(page.number)", page: number)
        }
        pages += 1
        return page
    }

    /// Notes that a page is used; false when it was before.
    private mutating func mark(_ number: UInt64) -> Bool {
        let (word, bit) = (Int(number / 64), UInt64(1) << (number % 64))
        // A page of which all bytes lie in the file has its place; one that is not whole is damage by itself.
        guard word < seen.count else { return true }
        guard seen[word] & bit == 0 else { return false }
        seen[word] |= bit
        return true
    }

    private func bytes(of number: UInt64, _ end: Int, from start: Int = 0) throws(StructureDamage) -> [UInt8] {
        guard number >= 2, number <= meta.lastPage else {
            throw StructureDamage("an entry leads to it, and the last page is \(meta.lastPage)", page: number)
        }
        let offset = number * UInt64(meta.pageSize)
        guard offset + UInt64(end) <= size else { throw StructureDamage("the file ends before it", page: number) }
        let bytes = try file.bytes(Int(offset) + start, end - start)
        guard bytes.count == end - start else { throw StructureDamage("the file ends before it", page: number) }
        return bytes
    }

    /// Whether a key comes before another one: bytewise, but for the numbers of commits that free pages lie under.
    private func precedes(_ one: [UInt8], _ other: [UInt8], _ kind: Tree.Kind) -> Bool {
        guard kind == .free, one.count == 8, other.count == 8 else { return one.lexicographicallyPrecedes(other) }
        return PageBytes(bytes: one).long(at: 0) < PageBytes(bytes: other).long(at: 0)
    }

    /// The ranges of a node's parts in its page.
    private struct NodePlace {
        let key: Range<Int>
        /// In a leaf: the data, or the number of the page where it lies.
        let data: Range<Int>
        let flags: UInt16
        /// In a leaf: the size of the data.
        let size: Int
        /// In a branch: the page below.
        let child: UInt64
    }

    private func nodes(
        of page: PageBytes, _ number: UInt64, isLeaf: Bool
    ) throws(StructureDamage) -> [NodePlace] {
        let (lower, upper) = (page.lower, page.upper)
        guard lower >= PageBytes.header, lower % 2 == 0, lower <= upper, upper <= meta.pageSize else {
            throw StructureDamage("its head is damaged", page: number)
        }
        var nodes: [NodePlace] = []
        var used = 0
        for index in 0..<(lower - PageBytes.header) / 2 {
            let place = Int(page.short(at: PageBytes.header + 2 * index))
            guard place >= upper, place % 2 == 0, place + PageBytes.nodeHeader <= meta.pageSize else {
                throw StructureDamage("an entry lies outside of it", page: number)
            }
            let low = UInt64(page.word(at: place))
            let flags = page.short(at: place + 4)
            let key = place + PageBytes.nodeHeader..<place + PageBytes.nodeHeader + Int(page.short(at: place + 6))
            let size = isLeaf ? Int(low) : 0
            let stored = isLeaf && flags & Node.isLarge != 0 ? 8 : size
            let end = key.upperBound + stored
            guard key.count <= Self.longestKey, !isLeaf || !key.isEmpty, end <= meta.pageSize else {
                throw StructureDamage("an entry is longer than its place", page: number)
            }
            used += (end - place + 1) & ~1
            nodes.append(
                NodePlace(
                    key: key, data: key.upperBound..<end, flags: flags, size: size,
                    child: low | UInt64(flags) << 32))
        }
        guard used == meta.pageSize - upper else {
            throw StructureDamage("its entries do not fill their place", page: number)
        }
        return nodes
    }
}
