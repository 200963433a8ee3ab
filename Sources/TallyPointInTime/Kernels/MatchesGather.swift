// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Matches {
    /// Writes the raw `MatchStatus` of each row of a range.
    public func gatherStatuses(rows: Range<Int>, into output: UnsafeMutablePointer<UInt8>) {
        check(rows)
        for row in rows { unsafe output[row - rows.lowerBound] = marks[row] & Self.statusMask }
    }

    /// Writes for each row of a range whether its winner was tied.
    public func gatherTies(rows: Range<Int>, into output: UnsafeMutablePointer<Bool>) {
        check(rows)
        for row in rows { unsafe output[row - rows.lowerBound] = isTied(row) }
    }

    /// Writes the event times of a range, in microseconds since 1970 UTC; null as `eventTime(_:)` has nil.
    public func gatherEventTimes(
        rows: Range<Int>, into output: UnsafeMutablePointer<Int64>, validity: UnsafeMutablePointer<UInt64>?
    ) {
        let events = unsafe store.events
        unsafe gatherTimes(rows, output, validity) { slot in unsafe events[slot] }
    }

    /// Writes the known times of a range, in microseconds since 1970 UTC; null as `knownTime(_:)` has nil.
    public func gatherKnownTimes(
        rows: Range<Int>, into output: UnsafeMutablePointer<Int64>, validity: UnsafeMutablePointer<UInt64>?
    ) {
        unsafe gatherTimes(rows, output, validity, store.known)
    }

    /// Writes a fixed-width payload column for a range of rows; a null is 0 with its validity bit clear.
    ///
    /// `output` has `rows.count` values of the column's width, aligned to it; `validity` has one bit a row in whole
    /// words, and the bits after the last row are 0. Index 0 of both is the first row of the range.
    public func gather(
        column: Int, rows: Range<Int>, into output: UnsafeMutableRawPointer, validity: UnsafeMutablePointer<UInt64>?
    ) {
        check(rows)
        switch kind(column) {
        case .bool: unsafe gatherFixed(column, rows, output.assumingMemoryBound(to: UInt8.self), validity)
        case .int32, .float32: unsafe gatherFixed(column, rows, output.assumingMemoryBound(to: UInt32.self), validity)
        case .int64, .float64: unsafe gatherFixed(column, rows, output.assumingMemoryBound(to: UInt64.self), validity)
        case .bytes, .encoded: preconditionFailure("column \(column) has values of variable length")
        }
    }

    /// The bytes that `gatherBytes` writes for a range of rows.
    public func byteCount(column: Int, rows: Range<Int>) -> Int {
        var total = 0
        unsafe forEachBytes(column: column, rows: rows) { _, bytes in unsafe total += bytes?.count ?? 0 }
        return total
    }

    /// Writes a variable payload column for a range of rows: bytes one after the other, and where each value starts.
    ///
    /// `output` has room for `byteCount(column:rows:)` bytes and `offsets` for one number more than there are rows;
    /// `validity` is as in `gather`.
    public func gatherBytes(
        column: Int, rows: Range<Int>, into output: UnsafeMutablePointer<UInt8>,
        offsets: UnsafeMutablePointer<Int64>, validity: UnsafeMutablePointer<UInt64>?
    ) {
        var end = 0
        unsafe offsets[0] = 0
        if let validity = unsafe validity { unsafe validity.update(repeating: 0, count: (rows.count + 63) / 64) }
        unsafe forEachBytes(column: column, rows: rows) { index, bytes in
            if let bytes = unsafe bytes {
                if let start = bytes.baseAddress {
                    unsafe UnsafeMutableRawPointer(output + end).copyMemory(from: start, byteCount: bytes.count)
                }
                end += bytes.count
                if let validity = unsafe validity { unsafe validity[index / 64] |= 1 << UInt64(index % 64) }
            }
            unsafe offsets[index + 1] = Int64(end)
        }
    }

    /// Calls `body` with each row's index within the range and its bytes, nil for null; valid in the call only.
    public func forEachBytes(column: Int, rows: Range<Int>, _ body: (Int, UnsafeRawBufferPointer?) -> Void) {
        check(rows)
        precondition(kind(column).width == 16, "column \(column) has values of fixed width")
        let offset = store.layout.columnOffsets[column]
        for row in rows {
            let record = unsafe store.base + Int(valueSlot(row)) * store.layout.stride
            let state = unsafe record.load(fromByteOffset: SlotLayout.presenceOffset(column), as: UInt64.self)
            if state & SlotLayout.presenceBit(column) == 0 {
                body(row - rows.lowerBound, nil)
            } else {
                let run = unsafe store.arena.run(record + offset)
                unsafe body(row - rows.lowerBound, UnsafeRawBufferPointer(start: run.start, count: run.count))
            }
        }
    }

    /// The slot to read values from: the empty one unless the row matched.
    private func valueSlot(_ row: Int) -> UInt32 {
        marks[row] & Self.statusMask == MatchStatus.matched.rawValue ? winners[row] : store.emptySlot
    }

    private func gatherFixed<Bits: FixedWidthInteger>(
        _ column: Int, _ rows: Range<Int>, _ output: UnsafeMutablePointer<Bits>,
        _ validity: UnsafeMutablePointer<UInt64>?
    ) {
        let states = unsafe store.base + SlotLayout.presenceOffset(column)
        let values = unsafe store.base + store.layout.columnOffsets[column]
        let presence = SlotLayout.presenceBit(column)
        let stride = store.layout.stride
        let hidden = store.slotCount
        unsafe fill(rows, output, validity) { mark, winner in
            let slot = mark & Self.statusMask == MatchStatus.matched.rawValue ? winner : hidden
            let state = unsafe states.load(fromByteOffset: slot &* stride, as: UInt64.self)
            let value = unsafe values.load(fromByteOffset: slot &* stride, as: Bits.self)
            let isPresent = state & presence != 0
            return (isPresent ? value : 0, isPresent)
        }
    }

    @inline(__always)
    private func gatherTimes(
        _ rows: Range<Int>, _ output: UnsafeMutablePointer<Int64>, _ validity: UnsafeMutablePointer<UInt64>?,
        _ time: (Int) -> Int64
    ) {
        check(rows)
        let hidden = store.slotCount
        let hasTimes = layout.hasEventTime
        unsafe fill(rows, output, validity) { _, winner in
            let isPresent = hasTimes && winner != hidden
            return (isPresent ? time(winner) : 0, isPresent)
        }
    }

    /// Writes what `read` gives for each row's mark and winner, and a validity bit for each.
    @inline(__always)
    private func fill<Bits: FixedWidthInteger>(
        _ rows: Range<Int>, _ output: UnsafeMutablePointer<Bits>, _ validity: UnsafeMutablePointer<UInt64>?,
        _ read: (UInt8, Int) -> (Bits, Bool)
    ) {
        unsafe marks.withUnsafeBufferPointer { marks in
            unsafe winners.withUnsafeBufferPointer { winners in
                var start = rows.lowerBound
                while start < rows.upperBound {
                    let end = min(start + 64, rows.upperBound)
                    var word: UInt64 = 0
                    for row in start..<end {
                        let (value, isPresent) = unsafe read(marks[row], Int(winners[row]))
                        unsafe output[row &- rows.lowerBound] = value
                        word |= (isPresent ? 1 : 0) &<< UInt64(truncatingIfNeeded: row &- start)
                    }
                    if let validity = unsafe validity { unsafe validity[(start - rows.lowerBound) / 64] = word }
                    start = end
                }
            }
        }
    }

    private func kind(_ column: Int) -> PayloadKind {
        precondition(layout.payload.indices.contains(column), "column \(column) of \(layout.payload.count)")
        return layout.payload[column]
    }

    private func check(_ rows: Range<Int>) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows \(rows) of \(rowCount)")
    }
}
