// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB
internal import TallyModel

/// The table function whose rows are those of a feed, in the feed's order.
///
/// Rows are handed over in full vectors whatever the batches' sizes, so that the same rows make the same file.
final class FeedFunction {
    /// The function's name in SQL.
    static let name = "tally_feed"
    private let feed: BatchFeed
    private let columns: [(name: String, type: FeedType)]
    private var batch: Batch?
    private var row = 0

    private init(_ feed: BatchFeed, _ columns: [(name: String, type: FeedType)]) {
        self.feed = feed
        self.columns = columns
    }

    /// Makes the function known to a connection's database, which keeps it.
    static func register(
        _ feed: BatchFeed, _ columns: [(name: String, type: FeedType)], _ connection: Connection
    ) throws(DuckFailure) {
        var function = unsafe duckdb_create_table_function()
        defer { unsafe duckdb_destroy_table_function(&function) }
        let state = unsafe Unmanaged.passRetained(FeedFunction(feed, columns))
        unsafe duckdb_table_function_set_name(function, name)
        unsafe duckdb_table_function_set_extra_info(function, state.toOpaque()) { pointer in
            guard let pointer = unsafe pointer else { return }
            unsafe Unmanaged<FeedFunction>.fromOpaque(pointer).release()
        }
        unsafe duckdb_table_function_set_bind(function) { info in
            guard let self = unsafe FeedFunction.at(duckdb_bind_get_extra_info(info)) else { return }
            for (name, type) in self.columns {
                var type = unsafe type.logicalType()
                unsafe duckdb_bind_add_result_column(info, name, type)
                unsafe duckdb_destroy_logical_type(&type)
            }
        }
        unsafe duckdb_table_function_set_init(function) { info in
            unsafe duckdb_init_set_max_threads(info, 1)
        }
        unsafe duckdb_table_function_set_function(function) { info, output in
            guard let self = unsafe FeedFunction.at(duckdb_function_get_extra_info(info)) else { return }
            do throws(DuckFailure) {
                if try unsafe self.fill(output) == 0, !self.feed.isComplete {
                    unsafe duckdb_function_set_error(info, "the rows ended early")
                }
            } catch {
                unsafe duckdb_function_set_error(info, error.text)
            }
        }
        guard unsafe duckdb_register_table_function(connection.handle, function) == DuckDBSuccess else {
            throw DuckFailure(text: "Catalog Error: the function was refused")
        }
    }

    private static func at(_ pointer: UnsafeMutableRawPointer?) -> FeedFunction? {
        unsafe pointer.map { unsafe Unmanaged<FeedFunction>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Fills a chunk as far as there are rows; returns their number, zero at the end.
    private func fill(_ output: duckdb_data_chunk?) throws(DuckFailure) -> Int {
        let capacity = Int(duckdb_vector_size())
        var count = 0
        while count < capacity {
            guard let batch, row < batch.count else {
                batch = feed.next()
                row = 0
                if batch == nil { break }
                continue
            }
            let rows = row..<min(batch.count, row + capacity - count)
            for (index, column) in batch.columns.enumerated() {
                let vector = unsafe duckdb_data_chunk_get_vector(output, idx_t(index))
                try unsafe VectorWriter.write(column, rows, into: vector, at: count)
            }
            count += rows.count
            row = rows.upperBound
        }
        unsafe duckdb_data_chunk_set_size(output, idx_t(count))
        return count
    }
}

/// The type of a feed's column: ours, and whether its times are those of a wall.
struct FeedType {
    let type: DataType
    let isWallTime: Bool

    /// DuckDB's type; the caller destroys it.
    @unsafe func logicalType() -> duckdb_logical_type? {
        switch type {
        case .bool: unsafe duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN)
        case .int32: unsafe duckdb_create_logical_type(DUCKDB_TYPE_INTEGER)
        case .int64: unsafe duckdb_create_logical_type(DUCKDB_TYPE_BIGINT)
        case .float32: unsafe duckdb_create_logical_type(DUCKDB_TYPE_FLOAT)
        case .float64: unsafe duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE)
        case .string: unsafe duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR)
        case .bytes: unsafe duckdb_create_logical_type(DUCKDB_TYPE_BLOB)
        case .date: unsafe duckdb_create_logical_type(DUCKDB_TYPE_DATE)
        case .timestamp:
            unsafe duckdb_create_logical_type(isWallTime ? DUCKDB_TYPE_TIMESTAMP : DUCKDB_TYPE_TIMESTAMP_TZ)
        case .array(let element):
            unsafe Self.list(of: FeedType(type: element, isWallTime: isWallTime))
        }
    }

    @unsafe private static func list(of element: FeedType) -> duckdb_logical_type? {
        var inner = unsafe element.logicalType()
        defer { unsafe duckdb_destroy_logical_type(&inner) }
        return unsafe duckdb_create_list_type(inner)
    }
}
