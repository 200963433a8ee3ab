// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The table function that reads files, as SQL.
enum FileReader {
    /// Reads files by absolute path; text formats take the types of the columns that are needed.
    ///
    /// CSV is comma-separated with a header and `"` as quote; an empty field is null unless it is quoted or the column is
    /// text, where DuckDB reads both as null. JSON is one object a line. A value that does not parse is an error, and so is
    /// a row with more fields than the header: no line is taken for a comment, and none before the header is passed over.
    static func sql(
        _ paths: [String], _ format: Source.FileFormat, types: [(name: String, type: String)] = []
    ) -> String {
        let list = list(paths)
        let typed = types.map { "\($0.name.asLiteral): \($0.type.asLiteral)" }.joined(separator: ", ")
        switch format {
        case .parquet: return "read_parquet(\(list), hive_partitioning = false)"
        case .csv:
            let how = typed.isEmpty ? "sample_size = -1" : "all_varchar = true, types = {\(typed)}"
            return
                "read_csv(\(list), skip = 0, comment = '', header = true, delim = ',', quote = '\"', escape = '\"', \(how), "
                + "union_by_name = true, hive_partitioning = false, ignore_errors = false, null_padding = false)"
        case .json:
            let how = typed.isEmpty ? "sample_size = -1, union_by_name = true" : "columns = {\(typed)}"
            return "read_json(\(list), format = 'newline_delimited', \(how), hive_partitioning = false, "
                + "ignore_errors = false)"
        }
    }

    /// Absolute paths as an SQL list.
    static func list(_ paths: [String]) -> String {
        "[" + paths.map { $0.asGlobLiteral.asLiteral }.joined(separator: ", ") + "]"
    }
}
