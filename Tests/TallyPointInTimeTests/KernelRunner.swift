// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyPointInTime

/// Runs a test's join through the kernel: chunk by chunk in, range by range out.
struct KernelRunner {
    let input: JoinCase
    /// Chunk sizes, repeated as needed.
    var chunkSizes = [2048]
    /// Rows a gathered range.
    var rangeSize = 100
    /// Whether columns without nulls bring a bitmap all the same.
    var forcesValidity = false

    func run() -> Matches {
        let join = AsOfJoin(spine: Self.index(input), layout: input.layout, rule: input.rule)
        var start = 0
        var turn = 0
        while start < input.source.count {
            let end = min(input.source.count, start + chunkSizes[turn % chunkSizes.count])
            consume(Array(input.source[start..<end]), join)
            start = end
            turn += 1
        }
        return join.finish()
    }

    static func index(_ input: JoinCase) -> SpineIndex {
        let entities = input.spine.map { $0.entity ?? SpineIndex.noEntity }
        let times = OwnedVector(.int64, input.spine.map { $0.time.map { .int64($0) } }, forcesValidity: false)
        return unsafe entities.withUnsafeBufferPointer { entities in
            let none = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
            defer { unsafe none.deallocate() }
            return unsafe SpineIndex(
                entities: entities.baseAddress ?? UnsafePointer(none),
                times: UnsafePointer(times.values.assumingMemoryBound(to: Int64.self)),
                timeValidity: times.validity.map { unsafe UnsafePointer($0) }, count: input.spine.count,
                entityCount: input.entityCount)
        }
    }

    func consume(_ rows: [SourceRow], _ join: AsOfJoin) {
        let layout = input.layout
        let events = layout.hasEventTime ? timeVector(rows.map(\.event)) : nil
        let known = layout.hasKnownTime ? timeVector(rows.map(\.known)) : nil
        // A chunk of rows without cuts may come without the column.
        let cuts = layout.hasCutNanoseconds && rows.contains { $0.cut != 0 } ? rows.map(\.cut) + [0] : nil
        let sequences = layout.hasSequence ? OwnedVector(rows.map(\.sequence)) : nil
        let columns = layout.payload.enumerated().map { column, kind in
            OwnedVector(kind, rows.map { $0.values[column] }, forcesValidity: forcesValidity)
        }
        let entities = rows.map { $0.entity ?? SpineIndex.noEntity } + [0]
        unsafe withCuts(cuts) { cuts in
            unsafe entities.withUnsafeBufferPointer { entities in
                guard let base = entities.baseAddress else { return }
                let chunk = unsafe SourceChunk(
                    count: rows.count, entities: base, eventTimes: integers(events), eventValidity: validity(events),
                    knownTimes: integers(known), knownValidity: validity(known), sequences: integers(sequences),
                    cutNanoseconds: cuts,
                    columns: columns.map { unsafe PayloadColumn(values: $0.values, validity: validity($0)) })
                unsafe join.consume(chunk)
            }
        }
        withExtendedLifetime((events, known, sequences, columns)) {}
    }

    private func withCuts(_ cuts: [Int32]?, _ body: (UnsafePointer<Int32>?) -> Void) {
        guard let cuts else { return body(nil) }
        unsafe cuts.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
    }

    private func timeVector(_ times: [Int64?]) -> OwnedVector {
        OwnedVector(.int64, times.map { $0.map { .int64($0) } }, forcesValidity: forcesValidity)
    }

    private func integers(_ vector: OwnedVector?) -> UnsafePointer<Int64>? {
        unsafe (vector?.values).map { unsafe UnsafePointer($0.assumingMemoryBound(to: Int64.self)) }
    }

    private func validity(_ vector: OwnedVector?) -> UnsafePointer<UInt64>? {
        unsafe (vector?.validity).map { unsafe UnsafePointer($0) }
    }
}
