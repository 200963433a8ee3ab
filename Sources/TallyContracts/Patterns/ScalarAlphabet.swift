// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The scalars in classes that no set of some patterns tells apart: the symbols their automata read.
struct ScalarAlphabet: Sendable {
    /// Scalars below this find their class in a table.
    private static let tableSize: UInt32 = 0x80

    /// The number of classes; the classes are `0..<count`.
    let count: Int
    /// A readable scalar of each class, which stands for it.
    let representatives: [UInt32]
    /// The first scalar of each interval of scalars of one class.
    private let starts: [UInt32]
    private let classes: [Int32]
    private let table: [Int32]

    /// The coarsest classes such that each set is a union of classes.
    init(separating sets: [ScalarSet]) {
        var bounds: Set<UInt32> = [0, 0xE000]
        for range in sets.lazy.flatMap(\.ranges) {
            bounds.insert(range.lowerBound)
            // Surrogates are not scalars: the interval before them includes them.
            if range.upperBound != 0xD7FF, range.upperBound < 0x10FFFF { bounds.insert(range.upperBound + 1) }
        }
        let starts = bounds.sorted()
        let classes = Self.classes(of: starts, separating: sets)
        var members: [[ClosedRange<UInt32>]] = Array(repeating: [], count: Int(classes.max() ?? 0) + 1)
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] - 1 : 0x10FFFF
            members[Int(classes[index])].append(start...end)
        }
        count = members.count
        representatives = members.map { ScalarSet($0).mostReadable ?? 0 }
        self.starts = starts
        self.classes = classes
        var table: [Int32] = []
        for (index, start) in starts.enumerated() where start < Self.tableSize {
            let end = index + 1 < starts.count ? min(starts[index + 1], Self.tableSize) : Self.tableSize
            table.append(contentsOf: repeatElement(classes[index], count: Int(end - start)))
        }
        self.table = table
    }

    /// The class of a scalar; any number is answered.
    func symbol(of value: UInt32) -> Int {
        if value < Self.tableSize { return Int(table[Int(value)]) }
        return Int(classes[Self.interval(of: value, in: starts)])
    }

    /// The classes, the most readable first.
    var readingOrder: [Int] {
        let effort = representatives.map(ScalarSet.effort(toRead:))
        return (0..<count).sorted { (effort[$0], $0) < (effort[$1], $1) }
    }

    /// Splits the classes by one set after the other, then numbers them by first use.
    private static func classes(of starts: [UInt32], separating sets: [ScalarSet]) -> [Int32] {
        var classes = [Int32](repeating: 0, count: starts.count)
        var fresh: Int32 = 1
        for set in sets {
            var inside: [Int32: Int32] = [:]
            for range in set.ranges {
                var index = interval(of: range.lowerBound, in: starts)
                while index < starts.count, starts[index] <= range.upperBound {
                    if let known = inside[classes[index]] {
                        classes[index] = known
                    } else {
                        inside[classes[index]] = fresh
                        classes[index] = fresh
                        fresh += 1
                    }
                    index += 1
                }
            }
        }
        var dense: [Int32: Int32] = [:]
        return classes.map { old in
            let number = dense[old] ?? Int32(dense.count)
            dense[old] = number
            return number
        }
    }

    /// The last interval that starts at or before a value.
    private static func interval(of value: UInt32, in starts: [UInt32]) -> Int {
        var (from, to) = (0, starts.count)
        while to - from > 1 {
            let middle = (from + to) / 2
            if starts[middle] <= value { from = middle } else { to = middle }
        }
        return from
    }
}
