// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The table function that reads Parquet files, as SQL.
enum FileReader {
    /// Reads Parquet files of one schema by absolute path.
    static func parquet(_ paths: [String]) -> String { "read_parquet(\(list(paths)), hive_partitioning = false)" }

    /// Absolute paths as an SQL list.
    static func list(_ paths: [String]) -> String {
        "[" + paths.map { $0.asGlobLiteral.asLiteral }.joined(separator: ", ") + "]"
    }
}
