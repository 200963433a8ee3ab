// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB
internal import TallyModel
internal import TallyReading

/// The scalar functions that read texts as times of a pattern, by their names in SQL.
///
/// Their arguments are the number of `FormattedTimes`, the place of the column in it, the text, and the file and the row
/// that it comes from, where these are known.
enum FormattedTimeFunction: String, CaseIterable {
    case time = "tally_time"
    case date = "tally_date"
    case cut = "tally_time_cut"

    /// A text and where it stands; a row counts from 0.
    struct Text {
        let bytes: [UInt8]?
        let file: String?
        let row: Int64?
    }

    private static let arguments: [VectorType] = [.int64, .int64, .text, .text, .int64]

    private var type: DataType {
        switch self {
        case .time: .timestamp
        case .date: .date
        case .cut: .int32
        }
    }

    /// Makes the functions known to a database.
    static func register(_ connection: Connection) throws(DuckFailure) {
        for function in allCases { try function.register(connection) }
    }

    private func register(_ connection: Connection) throws(DuckFailure) {
        var function = unsafe duckdb_create_scalar_function()
        defer { unsafe duckdb_destroy_scalar_function(&function) }
        unsafe duckdb_scalar_function_set_name(function, rawValue)
        // As `arguments` says.
        for native in [
            DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_BIGINT,
        ] {
            var type = unsafe duckdb_create_logical_type(native)
            unsafe duckdb_scalar_function_add_parameter(function, type)
            unsafe duckdb_destroy_logical_type(&type)
        }
        var type = unsafe FeedType(type: type, isWallTime: false).logicalType()
        unsafe duckdb_scalar_function_set_return_type(function, type)
        unsafe duckdb_destroy_logical_type(&type)
        // Places may be null where texts are not.
        unsafe duckdb_scalar_function_set_special_handling(function)
        unsafe duckdb_scalar_function_set_function(function) { info, input, output in
            guard unsafe !FormattedTimeFunction.run(input, output) else { return }
            unsafe duckdb_scalar_function_set_error(info, TextTableFunction.mark)
        }
        guard unsafe duckdb_register_scalar_function(connection.handle, function) == DuckDBSuccess else {
            throw DuckFailure(text: "Catalog Error: the function was refused")
        }
    }

    /// Reads a chunk; whether all of it could be read.
    private static func run(_ input: duckdb_data_chunk?, _ output: duckdb_vector?) -> Bool {
        let count = unsafe Int(duckdb_data_chunk_get_size(input))
        guard count > 0 else { return true }
        var vectors: [Vector] = []
        for (index, type) in Self.arguments.enumerated() {
            let handle = unsafe duckdb_data_chunk_get_vector(input, idx_t(index))
            guard let vector = try? unsafe Vector(handle, as: type) else { return false }
            vectors.append(vector)
        }
        let number = unsafe vectors[0].values(as: Int64.self)[0]
        let place = unsafe vectors[1].values(as: Int64.self)[0]
        guard let times = FormattedTimes.at(number) else { return false }
        let texts = (0..<count).map { row in
            unsafe Text(
                bytes: vectors[2].isValid(row) ? Array(vectors[2].bytes(at: row)) : nil,
                file: vectors[3].text(at: row),
                row: vectors[4].isValid(row) ? vectors[4].values(as: Int64.self)[row] : nil)
        }
        guard let column = times.read(texts, Int(place)) else { return false }
        return (try? unsafe VectorWriter.write(column, 0..<count, into: output, at: 0)) != nil
    }
}
