// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB

/// The rows of a running query, chunk by chunk; closed with the last reference.
@safe final class ResultStream {
    private var result: duckdb_result
    private let connection: Connection
    private let interrupter: Interrupter
    /// Whether the last rows were given.
    private var isOver = false

    /// Takes over a result; the connection lives at least as long.
    init(_ result: duckdb_result, connection: Connection, interrupter: Interrupter) {
        unsafe self.result = unsafe result
        self.connection = connection
        self.interrupter = interrupter
    }

    deinit { unsafe duckdb_destroy_result(&result) }

    /// The number of columns.
    var columnCount: Int { unsafe Int(duckdb_column_count(&result)) }

    /// How DuckDB makes Arrow of these rows; to be destroyed by whoever takes it.
    func arrowOptions() -> duckdb_arrow_options? { unsafe duckdb_result_get_arrow_options(&result) }

    /// Writes the names and types of the columns as an Arrow schema, which its consumer releases.
    func writeArrowSchema(
        _ schema: UnsafeMutablePointer<ArrowSchema>, _ options: duckdb_arrow_options?
    ) throws(DuckFailure) {
        var types: [duckdb_logical_type?] = unsafe []
        defer { for index in unsafe types.indices { unsafe duckdb_destroy_logical_type(&types[index]) } }
        var names: [UnsafePointer<CChar>?] = unsafe []
        for column in 0..<columnCount {
            unsafe types.append(duckdb_column_logical_type(&result, idx_t(column)))
            unsafe names.append(duckdb_column_name(&result, idx_t(column)))
        }
        try unsafe checkArrow(duckdb_to_arrow_schema(options, &types, &names, idx_t(columnCount), schema))
    }

    /// The next rows, at least one; nil after the last, however often it is asked.
    func next() throws(DuckFailure) -> Chunk? {
        // The engine takes a question behind the end for a mistake.
        guard !isOver else { return nil }
        guard !interrupter.isInterrupted else { throw DuckFailure(text: "INTERRUPT Error: between two chunks") }
        guard let handle = unsafe duckdb_fetch_chunk(result) else {
            if let reason = unsafe duckdb_result_error(&result), unsafe reason[0] != 0 {
                throw unsafe connection.noted(DuckFailure(reason))
            }
            isOver = true
            return nil
        }
        let chunk = unsafe Chunk(handle)
        isOver = chunk.count == 0
        return isOver ? nil : chunk
    }
}
