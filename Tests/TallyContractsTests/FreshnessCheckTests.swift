// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyModel
import TallyTesting
import Testing

@Suite struct FreshnessCheckTests {
    @Test(arguments: [Int64.max, 9_000_000_000_000_000_000, 15])
    func `a limit that reaches back before any time takes in every row`(_ limit: Int64) async throws {
        let batch = Batch([
            ("k", Column(type: .string, values: [.string("a")])),
            ("at", Column(type: .timestamp, values: [.timestamp(Timestamp(microseconds: -20))])),
        ])
        let engine = InMemoryEngine(tables: ["t": batch])
        let table = TableReference(rows: .files(["t"], .parquet))
        let context = TableContext(
            object: Contract.Object(name: "t", columns: [], keys: ["k"], eventTime: "at", promises: []),
            found: try await engine.describe(table).columns, now: Timestamp(microseconds: -10))
        let promise = Promise(
            id: "t.freshness", object: "t", check: "freshness",
            arguments: ["limit": .int(limit), "share": .double(0.9)])
        let findings = try await TableCheck([promise], context: context)
            .run(over: TableRows(table, context, engine: engine))
        #expect(findings.map(\.verdict) == [.kept], "\(findings[0].observed)")
    }
}
