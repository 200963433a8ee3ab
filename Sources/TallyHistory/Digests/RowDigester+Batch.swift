// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension RowDigester {
    /// Returns the digests of a batch's rows, over its columns in the order of the bytes of their names.
    ///
    /// Whole numbers of 32 and of 64 bits are the same numbers, and so are floats of both sizes: a file that is written with
    /// the wider type holds the same rows.
    public mutating func digests(of batch: Batch) -> [RowDigest] {
        begin(batch.count)
        let order = batch.schema.indices.sorted {
            batch.schema[$0].name.utf8.lexicographicallyPrecedes(batch.schema[$1].name.utf8)
        }
        for first in stride(from: 0, to: order.count, by: 64) {
            let columns = order[first..<min(order.count, first + 64)].map { batch.columns[$0].validity }
            for row in 0..<batch.count {
                var present: UInt64 = 0
                for (bit, validity) in columns.enumerated() where validity[row] { present |= 1 << UInt64(bit) }
                append(present, to: row)
            }
        }
        for place in order { append(batch.columns[place]) }
        return finish()
    }

    private mutating func append(_ column: Column) {
        for row in 0..<column.count where column.validity[row] { append(column, at: row, to: row) }
    }

    /// Appends one element of a column, which has a value.
    private mutating func append(_ column: Column, at index: Int, to row: Int) {
        switch column.storage {
        case .bool(let values): append(Int64(values[index]), to: row)
        case .int32(let values): append(Int64(values[index]), to: row)
        case .int64(let values): append(values[index], to: row)
        case .float32(let values): append(Double(values[index]), to: row)
        case .float64(let values): append(values[index], to: row)
        case .bytes(let offsets, let bytes):
            append(unsafe bytes.span.bytes.extracting(offsets[index]..<offsets[index + 1]), to: row)
        case .array(let offsets, let elements):
            append(Int64(offsets[index + 1] - offsets[index]), to: row)
            for place in offsets[index]..<offsets[index + 1] {
                let isPresent = elements.validity[place]
                append(Int64(isPresent ? 1 : 0), to: row)
                if isPresent { append(elements, at: place, to: row) }
            }
        }
    }
}
