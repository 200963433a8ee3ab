// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import BenchmarkKit
import TallyPointInTime

/// One whole join, from raw columns to gathered features, with the CPU time of each step.
struct KernelRun {
    var steps: [(name: String, seconds: Double)] = []
    var checksum: UInt64 = 0
    var counts = MatchCounts()
    private var last = Usage.now().cpuSeconds
    /// Rows a chunk, as DuckDB hands them out.
    private static let chunkRows = 2048

    var totalSeconds: Double { steps.reduce(0) { $0 + $1.seconds } }

    private mutating func step(_ name: String) {
        let now = Usage.now().cpuSeconds
        steps.append((name, now - last))
        last = now
    }

    mutating func run(_ data: BenchmarkData) {
        last = Usage.now().cpuSeconds
        let dictionary = EntityDictionary(unsafe data.spineKeyViews == nil ? .integer : .bytes)
        let spine = index(data, dictionary)
        let layout = SourceLayout(
            payload: unsafe [PayloadKind](repeating: .float64, count: data.floats.count)
                + (data.views == nil ? [] : [.bytes]),
            hasKnownTime: unsafe data.known != nil, hasSequence: unsafe data.sequences != nil)
        let join = AsOfJoin(spine: spine, layout: layout, rule: AsOfRule())
        consume(data, dictionary, join)
        step("lookup+consume")
        let matches = join.finish()
        step("finish")
        counts = matches.counts
        if unsafe data.views == nil { gatherFloats(matches) } else { gatherBytes(matches) }
        step("gather")
    }

    private mutating func index(_ data: BenchmarkData, _ dictionary: EntityDictionary) -> SpineIndex {
        let ids = UnsafeMutablePointer<UInt32>.allocate(capacity: data.spineRows)
        defer { unsafe ids.deallocate() }
        if let views = unsafe data.spineKeyViews {
            unsafe dictionary.insert(stringViews: views, count: data.spineRows, into: ids)
        } else {
            unsafe dictionary.insert(integers: data.spineKeys, count: data.spineRows, into: ids)
        }
        step("dictionary")
        let spine = unsafe SpineIndex(
            entities: ids, times: data.spineTimes, count: data.spineRows, entityCount: dictionary.count)
        step("index")
        return spine
    }

    private func consume(_ data: BenchmarkData, _ dictionary: EntityDictionary, _ join: AsOfJoin) {
        let ids = UnsafeMutablePointer<UInt32>.allocate(capacity: Self.chunkRows)
        defer { unsafe ids.deallocate() }
        var start = 0
        while start < data.sourceRows {
            let count = min(Self.chunkRows, data.sourceRows - start)
            if let views = unsafe data.keyViews {
                unsafe dictionary.lookUp(stringViews: views + 16 * start, count: count, into: ids)
            } else {
                unsafe dictionary.lookUp(integers: data.keys + start, count: count, into: ids)
            }
            var columns = unsafe data.floats.map { unsafe PayloadColumn(values: UnsafeRawPointer($0 + start)) }
            if let views = unsafe data.views { unsafe columns.append(PayloadColumn(values: views + 16 * start)) }
            let chunk = unsafe SourceChunk(
                count: count, entities: ids, eventTimes: data.times + start,
                knownTimes: data.known.map { unsafe UnsafePointer($0 + start) },
                sequences: data.sequences.map { unsafe UnsafePointer($0 + start) }, columns: columns)
            unsafe join.consume(chunk)
            start += count
        }
    }

    private mutating func gatherFloats(_ matches: Matches) {
        let columns = unsafe matches.layout.payload.map { _ in
            UnsafeMutablePointer<UInt64>.allocate(capacity: matches.rowCount)
        }
        let validity = UnsafeMutablePointer<UInt64>.allocate(capacity: matches.rowCount / 64 + 1)
        var start = 0
        while start < matches.rowCount {
            let rows = start..<min(start + Self.chunkRows, matches.rowCount)
            for column in unsafe columns.indices {
                unsafe matches.gather(
                    column: column, rows: rows, into: columns[column] + start, validity: validity + start / 64)
            }
            start = rows.upperBound
        }
        for index in unsafe columns.indices {
            let column = unsafe columns[index]
            for row in 0..<matches.rowCount { unsafe checksum = mixed(checksum, column[row]) }
            unsafe column.deallocate()
        }
        unsafe validity.deallocate()
    }

    private mutating func gatherBytes(_ matches: Matches) {
        let rows = 0..<matches.rowCount
        let size = matches.byteCount(column: 0, rows: rows)
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
        let offsets = UnsafeMutablePointer<Int64>.allocate(capacity: rows.count + 1)
        unsafe matches.gatherBytes(column: 0, rows: rows, into: bytes, offsets: offsets, validity: nil)
        for index in 0..<size { unsafe checksum = mixed(checksum, UInt64(bytes[index])) }
        unsafe bytes.deallocate()
        unsafe offsets.deallocate()
    }

    /// Folds a value into a checksum so that every bit of it counts.
    private func mixed(_ checksum: UInt64, _ value: UInt64) -> UInt64 {
        let product = (checksum ^ value) &* 0x9E37_79B9_7F4A_7C15
        return product ^ (product >> 29)
    }
}
