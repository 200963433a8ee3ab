// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The values of one node over a batch: one constant for all rows, or one dense array with its validity.
///
/// The slot of a null holds zero or no bytes, as in `Column`.
enum Operand: Sendable {
    case constant(Scalar)
    case bool([Bool], Validity)
    case int32([Int32], Validity)
    case int64([Int64], Validity)
    case float32([Float], Validity)
    case float64([Double], Validity)
    case bytes([Bytes], Validity)
    case array(Column)

    /// Takes a column of a batch; floats become canonical.
    init(_ column: Column) {
        let validity = column.validity
        switch column.storage {
        case .bool(let values): self = .bool(values.map { $0 != 0 }, validity)
        case .int32(let values): self = .int32(values, validity)
        case .int64(let values): self = .int64(values, validity)
        case .float32(let values):
            self = .float32(
                values.contains { $0.bitPattern != $0.canonical.bitPattern } ? values.map(\.canonical) : values,
                validity)
        case .float64(let values):
            self = .float64(
                values.contains { $0.bitPattern != $0.canonical.bitPattern } ? values.map(\.canonical) : values,
                validity)
        case .bytes(let offsets, let bytes):
            self = .bytes((0..<column.count).map { bytes[offsets[$0]..<offsets[$0 + 1]] }, validity)
        case .array(let offsets, let elements):
            self = .array(
                Column(
                    type: column.type,
                    storage: .array(
                        offsets: offsets, elements: Operand(elements).column(elements.type, elements.count)),
                    validity: validity))
        }
    }

    /// Returns the validity: which rows have a value.
    func validity(_ count: Int) -> Validity {
        switch self {
        case .constant(let scalar):
            scalar.isNull ? Validity(count: count) { _ in false } : Validity(allPresent: count)
        case .bool(_, let validity), .int32(_, let validity), .int64(_, let validity), .float32(_, let validity),
            .float64(_, let validity), .bytes(_, let validity):
            validity
        case .array(let column): column.validity
        }
    }

    /// The values as a column of a type; only here a constant is spread over the rows.
    func column(_ type: DataType, _ count: Int) -> Column {
        switch self {
        case .constant(let scalar):
            return Column(type: type, values: [Value](repeating: scalar.value(as: type), count: count))
        case .bool(let values, let validity):
            return Column(type: type, storage: .bool(values.map { $0 ? 1 : 0 }), validity: validity)
        case .int32(let values, let validity): return Column(type: type, storage: .int32(values), validity: validity)
        case .int64(let values, let validity): return Column(type: type, storage: .int64(values), validity: validity)
        case .float32(let values, let validity):
            return Column(type: type, storage: .float32(values), validity: validity)
        case .float64(let values, let validity):
            return Column(type: type, storage: .float64(values), validity: validity)
        case .bytes(let values, let validity):
            var offsets = [0]
            offsets.reserveCapacity(values.count + 1)
            var bytes: [UInt8] = []
            for value in values {
                bytes.append(contentsOf: value)
                offsets.append(bytes.count)
            }
            return Column(type: type, storage: .bytes(offsets: offsets, bytes: bytes), validity: validity)
        case .array(let column): return column
        }
    }
}
