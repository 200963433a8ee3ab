// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB

/// Up to 2,048 rows of a result; its vectors live as long as it does.
@safe final class Chunk {
    private var handle: duckdb_data_chunk?
    /// The number of rows.
    let count: Int

    /// Takes over a handle.
    init(_ handle: duckdb_data_chunk) {
        unsafe self.handle = unsafe handle
        count = unsafe Int(duckdb_data_chunk_get_size(handle))
    }

    deinit { unsafe duckdb_destroy_data_chunk(&handle) }

    /// Writes the rows as an Arrow array, which its consumer releases; this chunk is no longer needed then.
    func writeArrow(
        _ array: UnsafeMutablePointer<ArrowArray>, _ options: duckdb_arrow_options?
    ) throws(DuckFailure) {
        try unsafe checkArrow(duckdb_data_chunk_to_arrow(options, handle, array))
    }

    /// The first columns, to be used while the chunk lives; throws unless they are of these types.
    func vectors(as types: [VectorType]) throws(DuckFailure) -> [Vector] {
        let found = unsafe Int(duckdb_data_chunk_get_column_count(handle))
        guard types.count <= found else {
            throw DuckFailure(wrongType: "\(found) columns came where \(types.count) were asked for")
        }
        var vectors: [Vector] = []
        for (index, type) in types.enumerated() {
            vectors.append(try unsafe Vector(duckdb_data_chunk_get_vector(handle, idx_t(index)), as: type))
        }
        return vectors
    }
}
