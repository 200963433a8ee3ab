// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB

extension Connection {
    /// Shows a stream as a table for as long as `body` runs.
    func scan(
        _ intake: ArrowIntake, as table: String, _ body: () throws(DuckFailure) -> Void
    ) throws(DuckFailure) {
        var stream = unsafe intake.stream
        // The pointer that the table was made with is the one that it is read by.
        try unsafe withUnsafeMutablePointer(to: &stream) { (place) throws(DuckFailure) in
            let opaque = unsafe UnsafeMutableRawPointer(place).assumingMemoryBound(to: _duckdb_arrow_stream.self)
            guard unsafe duckdb_arrow_scan(handle, table, opaque) == DuckDBSuccess else {
                throw noted(DuckFailure(text: "Invalid Input Error: the schema of an Arrow stream"))
            }
            try body()
        }
        withExtendedLifetime(intake) {}
    }
}
