// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyPointInTime

/// A column vector in the layout the kernel borrows, filled from test values.
@safe final class OwnedVector {
    let values: UnsafeMutableRawPointer
    let validity: UnsafeMutablePointer<UInt64>?
    private var heap: [UnsafeMutablePointer<UInt8>] = unsafe []

    /// Fills a vector; where a value is null the memory holds garbage, and for byte views a wild pointer.
    init(_ kind: PayloadKind, _ column: [Value?], forcesValidity: Bool) {
        unsafe values = .allocate(byteCount: max(16, kind.width * column.count), alignment: 16)
        let hasNulls = column.contains(nil)
        if hasNulls || forcesValidity {
            let words = (column.count + 63) / 64 + 1
            let bitmap = UnsafeMutablePointer<UInt64>.allocate(capacity: words)
            unsafe bitmap.initialize(repeating: 0, count: words)
            for (index, value) in column.enumerated() where value != nil {
                unsafe bitmap[index / 64] |= 1 << UInt64(index % 64)
            }
            unsafe validity = bitmap
        } else {
            unsafe validity = nil
        }
        for (index, value) in column.enumerated() {
            let place = unsafe values + kind.width * index
            guard let value else {
                for byte in 0..<kind.width { unsafe place.storeBytes(of: 0xA5, toByteOffset: byte, as: UInt8.self) }
                continue
            }
            switch value {
            case .bool(let value): unsafe place.storeBytes(of: value ? 1 : 0, as: UInt8.self)
            case .int32(let value): unsafe place.storeBytes(of: value, as: Int32.self)
            case .int64(let value): unsafe place.storeBytes(of: value, as: Int64.self)
            case .float32(let bits): unsafe place.storeBytes(of: bits, as: UInt32.self)
            case .float64(let bits): unsafe place.storeBytes(of: bits, as: UInt64.self)
            case .bytes(let bytes), .encoded(let bytes): unsafe writeView(place, bytes)
            }
        }
    }

    /// A vector of integers without nulls.
    convenience init(_ integers: [Int64]) {
        self.init(.int64, integers.map { .int64($0) }, forcesValidity: false)
    }

    deinit {
        unsafe values.deallocate()
        unsafe validity?.deallocate()
        for index in unsafe heap.indices { unsafe heap[index].deallocate() }
    }

    private func writeView(_ place: UnsafeMutableRawPointer, _ bytes: [UInt8]) {
        unsafe place.storeBytes(of: UInt64(bytes.count), as: UInt64.self)
        // Padding that must not matter: short runs are compared by their own bytes only.
        unsafe place.storeBytes(of: 0xEEEE_EEEE_EEEE_EEEE, toByteOffset: 8, as: UInt64.self)
        let isInline = bytes.count <= 12
        for (index, byte) in bytes.prefix(isInline ? 12 : 4).enumerated() {
            unsafe place.storeBytes(of: byte, toByteOffset: 4 + index, as: UInt8.self)
        }
        guard !isInline else { return }
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { unsafe copy[index] = byte }
        unsafe heap.append(copy)
        unsafe place.storeBytes(of: UnsafeRawPointer(copy), toByteOffset: 8, as: UnsafeRawPointer.self)
    }
}
