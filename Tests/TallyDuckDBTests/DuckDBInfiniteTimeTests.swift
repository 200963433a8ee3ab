// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// Infinite times and dates mean in SQL and in footers what they mean to rows.
@Suite struct DuckDBInfiniteTimeTests {
    private static let rows = """
        SELECT * FROM (VALUES ('2024-01-01', '2024-01-01', 1), ('infinity', '2024-01-01', 2), ('-infinity', NULL, 3), \
        ('2024-01-02', 'infinity', 4), ('2024-01-03', '-infinity', 5), (NULL, '2024-01-03', 6)) t(x, y, i)
        """

    @Test(
        arguments: ["TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_S", "TIMESTAMP_MS", "DATE", "TIMESTAMP[]", "DATE[]"],
        ["UTC", "Europe/Berlin"])
    func `every measure says what the rows say`(_ type: String, _ zone: String) async throws {
        func cast(_ name: String) -> String {
            type.hasSuffix("[]") ? "[\(name)::\(type.dropLast(2))] AS \(name)" : "\(name)::\(type) AS \(name)"
        }
        let query = "SELECT \(cast("x")), \(cast("y")), i FROM (\(Self.rows))"
        let folder = try TemporaryFolder("infinite")
        let engine = try DuckDBEngine(root: folder.path)
        var tables = [TableReference.Rows.query(query)]
        // Parquet has no seconds, so that an infinite time of them cannot be written.
        if type != "TIMESTAMP_S" {
            try await engine.writeQuery(query, to: folder.path + "/x.parquet")
            tables.append(.files(["x.parquet"], .parquet))
        }
        for rows in tables {
            let table = TableReference(rows: rows, timeZone: zone)
            let found = try await engine.describe(table).columns
            var tests: [RowTest.Kind] = [.required]
            if found[0].type == .timestamp || found[0].type == .date {
                tests.append(.integers(0...1_704_067_200_000_000))
            }
            if found[0].type == .timestamp {
                tests += [.notLaterThan(column: "y", plus: TimeSpan(microseconds: 0))]
                tests += [.notLaterThan(column: "y", plus: TimeSpan(microseconds: .max))]
            }
            let measures: [Measure] =
                [.nulls("x"), .distinct(["x"]), .surplus(["x", "i"])] + tests.map { .failures([RowTest("x", $0)]) }
            let theirs = try await engine.measure(MeasureRequest(table: table, measures: measures))
            let schema = try found.map { ColumnSchema(name: $0.name, type: try #require($0.type)) }
            var tally = try #require(TableTally(measures, columns: schema))
            let request = ScanRequest(
                table: table, columns: schema.map { ScanRequest.Column(name: $0.name, type: $0.type) })
            try await engine.scan(request) { tally.add($0) }
            for (index, measure) in measures.enumerated() where theirs.values[index] != .unsupported {
                #expect(theirs.values[index] == tally.values[index], "\(rows): \(measure)")
            }
        }
    }
}
