// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting
import Testing
@testable import TallyPointInTime

@Suite("variable payload")
struct ArenaTests {
    private let layout = SourceLayout(payload: [.bytes, .bytes])

    private func value(_ random: inout SeededGenerator) -> Value? {
        let length = random.below(120)
        return random.below(10) == 0 ? nil : .bytes((0..<length).map { UInt8(truncatingIfNeeded: $0 ^ length) })
    }

    @Test(arguments: [1, 40])
    func `memory stays in proportion to the spine when every row wins`(spineRows: Int) {
        var random = SeededGenerator(seed: 5)
        let spine = (0..<spineRows).map { SpineRow(entity: UInt32($0), time: .max) }
        var input = JoinCase(layout: layout, entityCount: spineRows, spine: spine, source: [])
        let join = AsOfJoin(spine: KernelRunner.index(input), layout: layout, rule: AsOfRule())
        let runner = KernelRunner(input: input)
        // Twice what can be live, as less than half may be dead, and what one batch adds before the next look.
        let live = spineRows * 2 * 128
        let bound = 2 * live + 2 * (1 << 16) + 256 * 2 * 128
        var largest = 0
        var written = 0
        for block in 0..<25 {
            let rows = (0..<500).map { index in
                let time = Int64(block * 500 + index)
                let values = [value(&random), value(&random)]
                return SourceRow(entity: UInt32(random.below(spineRows)), event: time, values: values)
            }
            for row in rows {
                for case .bytes(let bytes)? in row.values { written += bytes.count }
            }
            runner.consume(rows, join)
            input.source += rows
            unsafe largest = max(largest, join.store.arena.used)
        }
        #expect(largest <= bound, "\(largest) bytes for \(written) written")
        #expect(written > 5 * bound)
        let (outcomes, complaints) = MatchReader(matches: join.finish(), rangeSize: 64).read()
        #expect(outcomes == NaiveJoin(input).outcomes)
        #expect(complaints.isEmpty)
    }

    @Test
    func `a value of about the same length takes the space of the one before`() {
        var arena = unsafe ByteArena()
        let view = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 8)
        unsafe view.initializeMemory(as: UInt8.self, repeating: 0, count: 16)
        var used: [Int] = []
        for length in [20, 18, 13, 12, 14, 200, 60, 0, 28, 24] {
            let bytes = (0..<length).map { UInt8($0) }
            unsafe bytes.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                unsafe arena.replace(view, with: ByteRun(start: start, count: bytes.count))
            }
            if length == 0 {
                unsafe arena.replace(view, with: ByteRun(start: view, count: 0))
            }
            let run = unsafe arena.run(view)
            let held = unsafe Array(UnsafeRawBufferPointer(start: run.start, count: run.count))
            #expect(held == bytes)
            unsafe used.append(arena.used)
        }
        // 20 takes 24 with its head; 18 and 13 fit there; 14 is new, and so are 200 and 60; 28 is new, 24 fits.
        #expect(used == [24, 24, 24, 24, 48, 256, 320, 320, 352, 352])
        unsafe #expect(arena.dead == 320)
        unsafe view.deallocate()
        unsafe arena.deallocate()
    }
}
