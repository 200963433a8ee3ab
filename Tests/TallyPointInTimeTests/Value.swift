// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyPointInTime

/// A payload value as tests hold it; floats by their bits, so that NaN equals itself and zeros differ.
enum Value: Hashable {
    case bool(Bool)
    case int32(Int32)
    case int64(Int64)
    case float32(UInt32)
    case float64(UInt64)
    case bytes([UInt8])
    /// Bytes that show their own end: here the first one says how many follow.
    case encoded([UInt8])

    /// The value as it is stored: one NaN, no negative zero.
    var canonical: Value {
        switch self {
        case .float32(let bits):
            let value = Float(bitPattern: bits)
            return .float32(value.isNaN ? 0x7FC0_0000 : (value == 0 ? 0 : bits))
        case .float64(let bits):
            let value = Double(bitPattern: bits)
            return .float64(value.isNaN ? 0x7FF8_0000_0000_0000 : (value == 0 ? 0 : bits))
        case .bool, .int32, .int64, .bytes, .encoded: return self
        }
    }

    /// The canonical encoding of one present value.
    var encoded: [UInt8] {
        switch canonical {
        case .bool(let value): [value ? 1 : 0]
        case .int32(let value): bigEndian(UInt32(bitPattern: value))
        case .int64(let value): bigEndian(UInt64(bitPattern: value))
        case .float32(let bits): bigEndian(bits)
        case .float64(let bits): bigEndian(bits)
        case .bytes(let bytes): bigEndian(UInt32(bytes.count)) + bytes
        case .encoded(let bytes): bytes
        }
    }

    private func bigEndian<Bits: FixedWidthInteger>(_ bits: Bits) -> [UInt8] {
        stride(from: Bits.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> Bits($0)) }
    }
}

/// The canonical encoding of a row: presence bits, least significant first, then the present values in order.
func canonicalBytes(_ values: ArraySlice<Value?>) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (values.count + 7) / 8)
    for (index, value) in values.enumerated() where value != nil { bytes[index / 8] |= 1 << UInt8(index % 8) }
    for value in values { bytes += value?.encoded ?? [] }
    return bytes
}
