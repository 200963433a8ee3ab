// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyDuckDB
import TallyModel
import TallyTesting

/// What a query of DuckDB gives, as it is or in a Parquet file, and promises that are held against it.
struct PromisedTable {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine
    private let table: TableReference

    /// The rows of a query.
    init(_ sql: String) throws {
        folder = try TemporaryFolder("promised")
        engine = try DuckDBEngine(root: folder.path)
        table = TableReference(rows: .query(sql))
    }

    /// The rows of a query in a file that DuckDB writes.
    init(file sql: String) async throws {
        folder = try TemporaryFolder("promised")
        engine = try DuckDBEngine(root: folder.path)
        table = TableReference(rows: .files(["x.parquet"], .parquet))
        try await engine.writeQuery(sql, to: folder.path + "/x.parquet")
    }

    /// The rows of a CSV file.
    init(csv text: String) throws {
        folder = try TemporaryFolder("promised")
        engine = try DuckDBEngine(root: folder.path)
        table = TableReference(rows: .files(["x.csv"], .csv))
        try folder.write(text, to: "x.csv")
    }

    /// What comes of one promise about a column, of a contract that declares some columns.
    func finding(
        _ check: String, _ column: String, _ arguments: [String: JSON] = [:], columns: [Contract.Column] = []
    ) async throws -> Finding {
        let promise = Promise(id: "x.\(check)", object: "x", column: column, check: check, arguments: arguments)
        let context = TableContext(
            object: Contract.Object(name: "x", columns: columns, promises: [promise]),
            found: try await engine.describe(table).columns, now: Timestamp(microseconds: 0))
        return try await TableCheck([promise], context: context)
            .run(over: TableRows(table, context, engine: engine))[0]
    }
}
