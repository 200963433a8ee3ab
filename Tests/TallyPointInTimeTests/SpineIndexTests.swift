// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting
import Testing
@testable import TallyPointInTime

@Suite("SpineIndex")
struct SpineIndexTests {
    @Test(arguments: 0..<30)
    func `rows are grouped by entity and sorted by time, and each joinable row stands once`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let entityCount = 1 + random.below(20)
        let rows = (0..<random.below(800)).map { _ in
            // Nine rows in ten belong to one entity.
            SpineRow(
                entity: random.below(10) == 0 ? nil : UInt32(random.below(10) == 0 ? random.below(entityCount) : 0),
                time: random.below(10) == 0 ? nil : Int64(random.below(300)) - 150)
        }
        let layout = SourceLayout(payload: [])
        let index = KernelRunner.index(JoinCase(layout: layout, entityCount: entityCount, spine: rows, source: []))
        let joinable = rows.indices.filter { rows[$0].entity != nil && rows[$0].time != nil }
        #expect(index.rows.map(Int.init).sorted() == joinable, "seed \(seed)")
        #expect(index.joinableCount == joinable.count && index.rowCount == rows.count, "seed \(seed)")
        for entity in 0..<entityCount {
            let group = Int(index.starts[entity])..<Int(index.starts[entity + 1])
            let times = group.map { index.times[$0 + 1] }
            #expect(times == times.sorted(), "seed \(seed), entity \(entity)")
            #expect(group.allSatisfy { rows[Int(index.rows[$0])].entity == UInt32(entity) }, "seed \(seed)")
            #expect(group.allSatisfy { rows[Int(index.rows[$0])].time == index.times[$0 + 1] }, "seed \(seed)")
        }
    }

    @Test
    func `every shape of group sorts, by quicksort and where that gives up`() {
        var random = SeededGenerator(seed: 3)
        let count = 20_000
        let shapes: [(String, [Int64])] = [
            ("random", (0..<count).map { _ in Int64(random.below(1 << 40)) }),
            ("ascending", (0..<count).map { Int64($0) }),
            ("descending", (0..<count).map { Int64(count - $0) }),
            ("equal", [Int64](repeating: 7, count: count)),
            ("two values", (0..<count).map { Int64($0 & 1) }),
            ("organ pipe", (0..<count).map { Int64(min($0, count - $0)) }),
            ("nearly sorted", (0..<count).map { $0 == count - 1 ? -1 : Int64($0) }),
            ("extremes", (0..<count).map { [.max, .min, 0][$0 % 3] }),
        ]
        for (name, times) in shapes {
            for depth in [nil, 0, 3] {
                var sorted = times
                var rows = (0..<UInt32(count)).map { $0 }
                unsafe sorted.withUnsafeMutableBufferPointer { sorted in
                    unsafe rows.withUnsafeMutableBufferPointer { rows in
                        guard let sorted = sorted.baseAddress, let rows = rows.baseAddress else { return }
                        let sorter = unsafe GroupSort(times: sorted, rows: rows)
                        if let depth { unsafe sorter.quicksort(0, count, depth) } else { unsafe sorter.sort(0, count) }
                    }
                }
                #expect(sorted == times.sorted(), "\(name), depth \(depth ?? -1)")
                #expect(rows.map { times[Int($0)] } == sorted, "\(name), depth \(depth ?? -1)")
                #expect(Set(rows).count == count, "\(name), depth \(depth ?? -1)")
            }
        }
    }
}
