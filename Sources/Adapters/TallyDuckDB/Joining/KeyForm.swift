// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// How the keys of a join become the keys of an entity dictionary.
enum KeyForm {
    /// One key that fits 64 bits: bool, date, timestamp and integers, as numbers.
    case integer
    /// One string or byte key, as it is.
    case text
    /// Any other number of keys: their canonical bytes one after the other (`EntityKey`).
    case composite

    /// The form for keys of these types.
    init(_ types: [DataType]) {
        guard types.count == 1, let type = types.first else {
            self = .composite
            return
        }
        switch type {
        case .bool, .int32, .int64, .date, .timestamp: self = .integer
        case .string, .bytes: self = .text
        case .float32, .float64, .array: self = .composite
        }
    }
}

/// One column of keys: borrowed values and their type.
@unsafe struct KeyPart {
    /// Where the values are.
    @unsafe enum Values {
        /// Fixed-width numbers in the layout of the type.
        case fixed(UnsafeRawPointer)
        /// Sixteen-byte string views.
        case views(UnsafeRawPointer)
        /// Value i is `bytes[offsets[i]..<offsets[i + 1]]`.
        case runs(offsets: UnsafePointer<Int>, bytes: UnsafePointer<UInt8>)
    }

    let type: DataType
    let values: Values
    let validity: UnsafePointer<UInt64>?

    func isValid(_ row: Int) -> Bool {
        guard let validity = unsafe validity else { return true }
        return unsafe validity[row >> 6] >> UInt64(row & 63) & 1 == 1
    }

    /// Widens fixed-width numbers to 64 bits.
    func widen(count: Int, into output: UnsafeMutablePointer<Int64>) {
        guard case .fixed(let raw) = unsafe values else {
            preconditionFailure("keys of variable width are not numbers")
        }
        switch unsafe type {
        case .bool:
            for row in 0..<count { unsafe output[row] = raw.load(fromByteOffset: row, as: UInt8.self) == 0 ? 0 : 1 }
        case .int32, .date:
            let numbers = unsafe raw.assumingMemoryBound(to: Int32.self)
            for row in 0..<count { unsafe output[row] = Int64(numbers[row]) }
        case .int64, .timestamp:
            unsafe output.update(from: raw.assumingMemoryBound(to: Int64.self), count: count)
        case .string, .bytes, .float32, .float64, .array: preconditionFailure("keys that are not numbers")
        }
    }

    /// Appends the canonical bytes of a present value, as `EntityKey` has them.
    func append(_ row: Int, to bytes: inout [UInt8]) {
        switch unsafe values {
        case .fixed(let raw):
            switch unsafe type {
            case .bool:
                bytes.append(0x01)
                unsafe bytes.append(raw.load(fromByteOffset: row, as: UInt8.self) == 0 ? 0 : 1)
            case .int32, .date:
                unsafe bytes.append(type == .int32 ? 0x02 : 0x04)
                let value = unsafe UInt32(bitPattern: raw.load(fromByteOffset: 4 * row, as: Int32.self)) ^ 1 << 31
                unsafe withUnsafeBytes(of: value.bigEndian) { unsafe bytes.append(contentsOf: $0) }
            case .int64, .timestamp:
                unsafe bytes.append(type == .int64 ? 0x03 : 0x05)
                let value = unsafe UInt64(bitPattern: raw.load(fromByteOffset: 8 * row, as: Int64.self)) ^ 1 << 63
                unsafe withUnsafeBytes(of: value.bigEndian) { unsafe bytes.append(contentsOf: $0) }
            case .string, .bytes, .float32, .float64, .array:
                preconditionFailure("no key of such a type has a fixed width")
            }
        case .views(let views): unsafe append(escaped: Vector.bytes(view: views + 16 * row), to: &bytes)
        case .runs(let offsets, let runs):
            let start = unsafe offsets[row]
            unsafe append(
                escaped: UnsafeRawBufferPointer(start: runs + start, count: offsets[row + 1] - start), to: &bytes)
        }
    }

    private func append(escaped raw: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        unsafe bytes.append(type == .string ? 0x06 : 0x07)
        if unsafe raw.contains(0) {
            for index in 0..<raw.count {
                let byte = unsafe raw[index]
                bytes.append(byte)
                if byte == 0 { bytes.append(0xFF) }
            }
        } else {
            unsafe bytes.append(contentsOf: raw)
        }
        bytes.append(0)
        bytes.append(0)
    }
}

/// The canonical bytes of composite keys, row by row, with their validity: a key with a null part is null.
struct CompositeKeys {
    private(set) var bytes: [UInt8] = []
    private(set) var offsets: [Int64] = []
    private(set) var validity: [UInt64] = []

    /// Encodes the keys of `count` rows in place of those before.
    @unsafe mutating func encode(_ parts: [KeyPart], count: Int) {
        bytes.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        validity = [UInt64](repeating: .max, count: (count + 63) / 64)
        offsets.append(0)
        for row in 0..<count {
            if unsafe parts.allSatisfy({ unsafe $0.isValid(row) }) {
                for index in unsafe 0..<parts.count { unsafe parts[index].append(row, to: &bytes) }
            } else {
                validity[row >> 6] &= ~(1 << UInt64(row & 63))
            }
            offsets.append(Int64(bytes.count))
        }
        // One byte more, so that the bytes of an empty key have an address.
        if bytes.isEmpty { bytes.append(0) }
    }
}
