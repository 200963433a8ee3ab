// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Compares a row of a chunk with the row in a slot as their canonical encodings would compare, without building them.
///
/// The encoding: presence bits of the columns, eight a byte, least significant first; then the present values in order,
/// big-endian, floats canonical, runs after their length. Columns that are no stored features come after all others.
@unsafe struct PayloadOrder {
    let store: SlotStore
    let columns: [PayloadColumn]

    /// Returns more than zero when the row comes after the present one; `isDistinct` when a stored feature differs.
    func compare(_ row: Int, _ record: UnsafeRawPointer) -> (order: Int, isDistinct: Bool) {
        let compared = unsafe store.source.comparedColumns
        let features = unsafe compare(row, record, 0..<compared)
        if features != 0 { return (features, true) }
        return unsafe (compare(row, record, compared..<columns.count), false)
    }

    private func compare(_ row: Int, _ record: UnsafeRawPointer, _ range: Range<Int>) -> Int {
        for column in range where unsafe isPresent(row, column) != isHeld(record, column) {
            return unsafe comparePresence(row, record, range, firstDifference: column)
        }
        for column in range where unsafe isHeld(record, column) {
            let order = unsafe compareValue(row, record, column)
            if order != 0 { return order }
        }
        return 0
    }

    /// The first differing byte decides, and within it the highest differing bit: the last column of eight.
    private func comparePresence(
        _ row: Int, _ record: UnsafeRawPointer, _ range: Range<Int>, firstDifference: Int
    ) -> Int {
        let byteStart = range.lowerBound + (firstDifference - range.lowerBound) / 8 * 8
        var column = min(byteStart + 8, range.upperBound) - 1
        while unsafe isPresent(row, column) == isHeld(record, column) { column -= 1 }
        return unsafe isPresent(row, column) ? 1 : -1
    }

    private func isPresent(_ row: Int, _ column: Int) -> Bool { unsafe isValid(columns[column].validity, row) }

    private func isHeld(_ record: UnsafeRawPointer, _ column: Int) -> Bool {
        let state = unsafe record.load(fromByteOffset: SlotLayout.presenceOffset(column), as: UInt64.self)
        return state & SlotLayout.presenceBit(column) != 0
    }

    private func compareValue(_ row: Int, _ record: UnsafeRawPointer, _ column: Int) -> Int {
        let values = unsafe columns[column].values
        let held = unsafe record + store.layout.columnOffsets[column]
        switch unsafe store.source.payload[column] {
        case .bool: return unsafe compareFixed(values, row, held, UInt8.self, CanonicalBits.bool)
        case .int32: return unsafe compareFixed(values, row, held, UInt32.self) { $0 }
        case .int64: return unsafe compareFixed(values, row, held, UInt64.self) { $0 }
        case .float32: return unsafe compareFixed(values, row, held, UInt32.self, CanonicalBits.float32)
        case .float64: return unsafe compareFixed(values, row, held, UInt64.self, CanonicalBits.float64)
        case .bytes: return unsafe ByteRun(view: values + 16 * row).compare(store.arena.run(held))
        case .encoded: return unsafe ByteRun(view: values + 16 * row).compareContents(store.arena.run(held))
        }
    }

    @inline(__always)
    private func compareFixed<Bits: FixedWidthInteger>(
        _ values: UnsafeRawPointer, _ row: Int, _ held: UnsafeRawPointer, _: Bits.Type, _ canonical: (Bits) -> Bits
    ) -> Int {
        let value = unsafe canonical(values.assumingMemoryBound(to: Bits.self)[row])
        let other = unsafe held.load(as: Bits.self)
        return value == other ? 0 : (value < other ? -1 : 1)
    }
}
