// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB

/// The rows of a running query, chunk by chunk; closed with the last reference.
@safe final class ResultStream {
    private var result: duckdb_result
    private let connection: Connection
    private let interrupter: Interrupter

    /// Takes over a result; the connection lives at least as long.
    init(_ result: duckdb_result, connection: Connection, interrupter: Interrupter) {
        unsafe self.result = unsafe result
        self.connection = connection
        self.interrupter = interrupter
    }

    deinit { unsafe duckdb_destroy_result(&result) }

    /// The number of columns.
    var columnCount: Int { unsafe Int(duckdb_column_count(&result)) }

    /// The next rows, at least one; nil after the last.
    func next() throws(DuckFailure) -> Chunk? {
        guard !interrupter.isInterrupted else { throw DuckFailure(text: "INTERRUPT Error: between two chunks") }
        guard let handle = unsafe duckdb_fetch_chunk(result) else {
            if let reason = unsafe duckdb_result_error(&result), unsafe reason[0] != 0 {
                throw unsafe connection.noted(DuckFailure(reason))
            }
            return nil
        }
        let chunk = unsafe Chunk(handle)
        return chunk.count == 0 ? nil : chunk
    }
}
