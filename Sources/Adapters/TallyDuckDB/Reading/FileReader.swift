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
    /// Who reads a column in which DuckDB reads other numbers than the file has gets an error, whatever SQL reads it.
    static func table(_ paths: [String], _ columns: [TableRun.Column]) -> SQL {
        let own = columns.filter { $0.folder == nil }
        let misread = own.filter { $0.misread != nil }
        guard !misread.isEmpty || own.contains(where: { !$0.engineName.isSame(as: $0.name) }) else {
            return parquet(paths)
        }
        let names = own.map(\.engineName.asIdentifier).joined(separator: ", ")
        let refusals = misread.map { "error(\($0.refusal.asLiteral)) AS \($0.engineName.asIdentifier)" as SQL }
        let replaced: SQL = refusals.isEmpty ? "" : " REPLACE (\(refusals.joined(separator: ", ")))"
        return "(SELECT *\(replaced) FROM \(parquet(paths)) AS named(\(names)))"
    }

    /// Absolute paths as an SQL list.
    static func list(_ paths: [String]) -> SQL {
        "[\(paths.map { $0.asGlobLiteral.asLiteral }.joined(separator: ", "))]"
    }
}

extension TableRun.Column {
    /// Why nobody may read a column of numbers that DuckDB does not read rightly.
    fileprivate var refusal: String {
        "\(DuckFailure.invalidMark)column \(name) is \(misread ?? nativeType), of which duckdb reads other numbers"
    }
}
