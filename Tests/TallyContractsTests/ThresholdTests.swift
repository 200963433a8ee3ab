// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyModel
import TallyTesting
import Testing

/// Shares at the very threshold, where floats would be a little beside it.
@Suite struct ThresholdTests {
    private func verdict(
        _ check: String, _ arguments: [String: JSON], rows: Int, nulls: Int = 0, before: Int? = nil
    ) async throws -> Verdict {
        let values = (0..<rows).map { $0 < nulls ? Value.null : .int64(Int64($0)) }
        let engine = InMemoryEngine(tables: ["t": Batch([("x", Column(type: .int64, values: values))])])
        let table = TableReference(rows: .files(["t"], .parquet))
        let context = TableContext(
            found: try await engine.describe(table).columns, now: Timestamp(microseconds: 0), previousRows: before)
        let column = check == "rowCountChange" ? nil : "x"
        let promise = Promise(id: "t.x", object: "t", column: column, check: check, arguments: arguments)
        let findings = try await TableCheck([promise], context: context)
            .run(over: TableRows(table, context, engine: engine))
        return findings[0].verdict
    }

    @Test(arguments: [("items", DataType.array(.int64)), ("length", .string)])
    func `bounds that lie below nothing cannot be executed, and end no process`(
        check: String, type: DataType
    ) async throws {
        let engine = InMemoryEngine(tables: ["t": Batch([("x", Column(type: type, values: [.null]))])])
        let table = TableReference(rows: .files(["t"], .parquet))
        let context = TableContext(
            found: try await engine.describe(table).columns, now: Timestamp(microseconds: 0), previousRows: nil)
        let promise = Promise(
            id: "t.x", object: "t", column: "x", check: check, arguments: ["minimum": .int(-5), "maximum": .int(-3)])
        let findings = try await TableCheck([promise], context: context)
            .run(over: TableRows(table, context, engine: engine))
        #expect(findings[0].verdict != .kept && findings[0].verdict != .broken)
    }

    @Test(arguments: 0...100) func `so many of a hundred are exactly so many percent`(_ part: Int) async throws {
        func verdict(_ name: String) async throws -> Verdict {
            let arguments: [String: JSON] = ["unit": .string("percent"), name: .int(Int64(part))]
            return try await self.verdict("nullValues", arguments, rows: 100, nulls: part)
        }
        for name in ["mustBe", "mustBeLessOrEqualTo", "mustBeGreaterOrEqualTo"] {
            let found = try await verdict(name)
            #expect(found == .kept, "\(name) \(part)")
        }
        for name in ["mustNotBe", "mustBeLessThan", "mustBeGreaterThan"] {
            let found = try await verdict(name)
            #expect(found == .broken, "\(name) \(part)")
        }
    }

    @Test(arguments: [(110, 10.0), (90, -10), (107, 7), (129, 29), (100, 0), (101, 1)])
    func `a change of rows is exactly its share`(rows: Int, percent: Double) async throws {
        let found = try await verdict("rowCountChange", ["mustBe": .double(percent)], rows: rows, before: 100)
        #expect(found == .kept)
    }
}
