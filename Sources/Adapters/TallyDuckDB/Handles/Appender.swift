// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB
internal import TallyModel

/// Fills a temporary table of a connection.
@safe final class Appender {
    private var handle: duckdb_appender?
    private let connection: Connection

    /// Opens a table by its name.
    init(to table: String, _ connection: Connection) throws(DuckFailure) {
        self.connection = connection
        let state = unsafe duckdb_appender_create_ext(connection.handle, "temp", "main", table, &handle)
        try unsafe check(state) { unsafe duckdb_appender_error(handle) }
    }

    deinit { unsafe duckdb_appender_destroy(&handle) }

    /// Appends columns of one length, at least one, in the table's order.
    func append(_ columns: [Column]) throws(DuckFailure) {
        let capacity = Int(duckdb_vector_size())
        var start = 0
        let count = columns.first?.count ?? 0
        while start < count {
            let rows = start..<min(count, start + capacity)
            var types = unsafe columns.map { unsafe FeedType(type: $0.type, isWallTime: false).logicalType() }
            var chunk = unsafe duckdb_create_data_chunk(&types, idx_t(types.count))
            for index in unsafe types.indices { unsafe duckdb_destroy_logical_type(&types[index]) }
            defer { unsafe duckdb_destroy_data_chunk(&chunk) }
            for (index, column) in columns.enumerated() {
                try unsafe VectorWriter.write(
                    column, rows, into: duckdb_data_chunk_get_vector(chunk, idx_t(index)), at: 0)
            }
            unsafe duckdb_data_chunk_set_size(chunk, idx_t(rows.count))
            try unsafe check(duckdb_append_data_chunk(handle, chunk)) { unsafe duckdb_appender_error(handle) }
            start = rows.upperBound
        }
    }

    /// Puts the last rows into the table.
    func close() throws(DuckFailure) {
        try unsafe check(duckdb_appender_close(handle)) { unsafe duckdb_appender_error(handle) }
    }
}
