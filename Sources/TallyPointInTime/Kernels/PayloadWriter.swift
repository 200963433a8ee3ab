// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Copies the payload of a batch's winning rows into their slots, one column at a time, in order of winning.
@unsafe struct PayloadWriter {
    let store: SlotStore
    let slots: UnsafePointer<Int>
    let rows: UnsafePointer<Int>
    let count: Int

    func write(_ column: Int, _ source: PayloadColumn) {
        if unsafe source.validity != nil { unsafe writePresence(column, source.validity) }
        switch unsafe store.source.payload[column] {
        case .bool: unsafe writeFixed(column, source.values, UInt8.self, CanonicalBits.bool)
        case .int32: unsafe writeFixed(column, source.values, UInt32.self) { $0 }
        case .int64: unsafe writeFixed(column, source.values, UInt64.self) { $0 }
        case .float32: unsafe writeFixed(column, source.values, UInt32.self, CanonicalBits.float32)
        case .float64: unsafe writeFixed(column, source.values, UInt64.self, CanonicalBits.float64)
        case .bytes, .encoded: unsafe writeBytes(column, source)
        }
    }

    private func writePresence(_ column: Int, _ validity: UnsafePointer<UInt64>?) {
        let base = unsafe store.base + SlotLayout.presenceOffset(column)
        let stride = unsafe store.layout.stride
        let bit = SlotLayout.presenceBit(column)
        for index in 0..<(unsafe count) {
            let state = unsafe base + slots[index] &* stride
            let absent = unsafe state.load(as: UInt64.self) & ~bit
            unsafe state.storeBytes(of: isValid(validity, rows[index]) ? absent | bit : absent, as: UInt64.self)
        }
    }

    @inline(__always)
    private func writeFixed<Bits: FixedWidthInteger>(
        _ column: Int, _ values: UnsafeRawPointer, _: Bits.Type, _ canonical: (Bits) -> Bits
    ) {
        let base = unsafe store.base + store.layout.columnOffsets[column]
        let stride = unsafe store.layout.stride
        let values = unsafe values.assumingMemoryBound(to: Bits.self)
        for index in 0..<(unsafe count) {
            let value = unsafe canonical(values[rows[index]])
            unsafe (base + slots[index] &* stride).storeBytes(of: value, as: Bits.self)
        }
    }

    private func writeBytes(_ column: Int, _ source: PayloadColumn) {
        let base = unsafe store.base + store.layout.columnOffsets[column]
        let stride = unsafe store.layout.stride
        for index in 0..<(unsafe count) {
            let row = unsafe rows[index]
            let view = unsafe base + slots[index] &* stride
            // A null takes no space, and its view in the vector may hold anything.
            let run =
                unsafe isValid(source.validity, row)
                ? ByteRun(view: source.values + 16 &* row) : ByteRun(start: source.values, count: 0)
            unsafe store.arena.replace(view, with: run)
        }
        unsafe store.compactIfWorthwhile()
    }
}
