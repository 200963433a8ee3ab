// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB
internal import TallyModel

/// Copies rows of a column into a vector of DuckDB.
enum VectorWriter {
    /// Writes rows to the vector's places from `start` on; the vector has room and is all valid from there.
    ///
    /// Floats become canonical (SEMANTICS 5) where they are written: a Parquet dictionary of DuckDB's takes 0.0 and −0.0 for the same value, and
    /// which of the two comes out would depend on which comes first.
    /// Throws for a vector of another type than the column's before anything is written.
    static func write(
        _ column: Column, _ rows: Range<Int>, into vector: duckdb_vector?, at start: Int,
        makesFloatsCanonical: Bool = true
    ) throws(DuckFailure) {
        let type = unsafe VectorType(of: vector)
        guard type.takes(column.storage) else {
            throw DuckFailure(wrongType: "\(column.type) was to be written as \(type)")
        }
        unsafe put(column, rows, into: vector, at: start, makesFloatsCanonical: makesFloatsCanonical)
    }

    private static func put(
        _ column: Column, _ rows: Range<Int>, into vector: duckdb_vector?, at start: Int, makesFloatsCanonical: Bool
    ) {
        switch column.storage {
        case .bool(let values): unsafe copy(values, rows, vector, start)
        case .int32(let values): unsafe copy(values, rows, vector, start)
        case .int64(let values): unsafe copy(values, rows, vector, start)
        case .float32(let values) where makesFloatsCanonical:
            unsafe copy(values[rows].map(\.canonical), 0..<rows.count, vector, start)
        case .float64(let values) where makesFloatsCanonical:
            unsafe copy(values[rows].map(\.canonical), 0..<rows.count, vector, start)
        case .float32(let values): unsafe copy(values, rows, vector, start)
        case .float64(let values): unsafe copy(values, rows, vector, start)
        case .bytes(let offsets, let bytes):
            unsafe bytes.withUnsafeBufferPointer { bytes in
                // An empty buffer may have no address, and DuckDB wants one.
                let none = unsafe UnsafeRawPointer(bitPattern: 1)
                for row in rows {
                    let text = unsafe bytes.baseAddress.map { unsafe UnsafeRawPointer($0 + offsets[row]) } ?? none
                    unsafe duckdb_unsafe_vector_assign_string_element_len(
                        vector, idx_t(start + row - rows.lowerBound), text?.assumingMemoryBound(to: CChar.self),
                        idx_t(offsets[row + 1] - offsets[row]))
                }
            }
        case .array(let offsets, let elements):
            let first = unsafe Int(duckdb_list_vector_get_size(vector))
            let inner = offsets[rows.lowerBound]..<offsets[rows.upperBound]
            unsafe duckdb_list_vector_reserve(vector, idx_t(first + inner.count))
            unsafe duckdb_list_vector_set_size(vector, idx_t(first + inner.count))
            unsafe put(
                elements, inner, into: duckdb_list_vector_get_child(vector), at: first,
                makesFloatsCanonical: makesFloatsCanonical)
            guard let data = unsafe duckdb_vector_get_data(vector) else { return }
            let entries = unsafe data.assumingMemoryBound(to: duckdb_list_entry.self)
            for row in rows {
                unsafe entries[start + row - rows.lowerBound] = duckdb_list_entry(
                    offset: UInt64(first + offsets[row] - inner.lowerBound),
                    length: UInt64(offsets[row + 1] - offsets[row]))
            }
        }
        unsafe markNulls(column.validity, rows, vector, start)
    }

    private static func copy<Element: BitwiseCopyable>(
        _ values: [Element], _ rows: Range<Int>, _ vector: duckdb_vector?, _ start: Int
    ) {
        guard let data = unsafe duckdb_vector_get_data(vector) else { return }
        unsafe values.withUnsafeBufferPointer { values in
            guard let source = values.baseAddress else { return }
            let target = unsafe data.assumingMemoryBound(to: Element.self) + start
            unsafe target.update(from: source + rows.lowerBound, count: rows.count)
        }
    }

    private static func markNulls(_ validity: Validity, _ rows: Range<Int>, _ vector: duckdb_vector?, _ start: Int) {
        guard !validity.isAllPresent else { return }
        unsafe duckdb_vector_ensure_validity_writable(vector)
        let words = unsafe duckdb_vector_get_validity(vector)
        for row in rows where !validity[row] {
            unsafe duckdb_validity_set_row_invalid(words, idx_t(start + row - rows.lowerBound))
        }
    }
}
