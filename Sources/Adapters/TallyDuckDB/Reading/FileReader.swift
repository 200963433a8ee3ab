// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The table function that reads Parquet files, as SQL.
enum FileReader {
    /// Reads Parquet files of one schema by absolute path.
    static func parquet(_ paths: [String]) -> SQL { "read_parquet(\(list(paths)), hive_partitioning = false)" }

    /// Parquet files as a table whose columns bear the names that we know them by.
    ///
    /// What DuckDB makes of names that differ in letter case only, or of none, is its own affair: they are given by place.
    /// Who reads a number that is none of its type, or a column in which DuckDB reads other numbers than the file has, gets
    /// an error, whatever SQL reads it (`ValueGuard`).
    static func table(_ paths: [String], _ columns: [TableRun.Column]) -> SQL {
        let own = columns.filter { $0.folder == nil }
        let replaced = own.compactMap { column in
            column.guarded.map { "\($0) AS \(column.engineName.asIdentifier)" as SQL }
        }
        guard !replaced.isEmpty || own.contains(where: { !$0.engineName.isSame(as: $0.name) }) else {
            return parquet(paths)
        }
        let names = own.map(\.engineName.asIdentifier).joined(separator: ", ")
        let list: SQL = replaced.isEmpty ? "" : " REPLACE (\(replaced.joined(separator: ", ")))"
        return "(SELECT *\(list) FROM \(parquet(paths)) AS named(\(names)))"
    }

    /// Absolute paths as an SQL list.
    static func list(_ paths: [String]) -> SQL {
        ("[\(paths.map { $0.asGlobLiteral.asLiteral }.joined(separator: ", "))]" as SQL).reading(paths)
    }
}
