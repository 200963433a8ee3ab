// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyExpressions
import TallyModel
import TallyTesting
import Testing

/// What a run of both versions over the same rows says, and what it does not.
@Suite struct ShadowRunTests {
    private static func contract(_ transform: String) -> SampleContract {
        SampleContract(
            SampleColumn("x", "number"), SampleColumn("y", "number"),
            SampleColumn("z", "number", meaning: ["transformLogic": .string(transform)]))
    }

    private static func batch(_ x: [Double?], _ y: [Double?]) -> Batch {
        func column(_ values: [Double?]) -> Column {
            Column(type: .float64, values: values.map { $0.map { .float64($0) } ?? .null })
        }
        return Batch([("x", column(x)), ("y", column(y)), ("z", column(x))])
    }

    /// The comparison after a shadow run over some rows.
    private func settled(
        _ old: SampleContract, _ new: SampleContract, _ batch: Batch
    ) async throws -> ContractComparison {
        let comparison = ContractComparison(old, new)
        let engine = InMemoryEngine(tables: ["t": batch])
        let table = TableReference(rows: .files(["t"], .parquet))
        let description = try await engine.describe(table)
        let now = Timestamp(microseconds: 1_717_200_000_000_000)
        let contexts = [comparison.old, comparison.new].map {
            TableContext(object: $0[object: "t"], found: description.columns, now: now)
        }
        let rows = TableRows(table, contexts[0], engine: engine)
        let run = ShadowRun(comparison, object: "t", data: "t")
        let transforms = run.transformedColumns.map { name in
            func logic(_ contract: Contract) -> String? {
                contract[object: "t"]?[column: name]?.meaning["transformLogic"]?.stringValue
            }
            return ShadowTransform(
                column: name, old: logic(comparison.old), new: logic(comparison.new), columns: contexts[0].schema)
        }
        var evidence = try await run.compare(transforms, over: rows)
        for question in [ShadowEvidence.Question.backward, .forward] {
            evidence += try await run.hold(
                question, against: ShadowRun.Rows(rows, old: contexts[0], new: contexts[1]))
        }
        // What is kept in a registry says the same.
        #expect(evidence.map { ShadowEvidence(json: $0.json) } == evidence)
        return comparison.settled(by: evidence)
    }

    @Test func `transforms that give the same bits on every row are a patch`() async throws {
        let comparison = try await settled(
            Self.contract("x + y"), Self.contract("y + x"), Self.batch([1, nil, .nan, -0.0], [2, 3, 4, -0.0]))
        #expect(comparison.changes.map(\.rule) == ["transform-shadowed"])
        #expect(comparison.backward == .yes && comparison.forward == .yes && comparison.bump == .patch)
        #expect(
            comparison.text.contains(
                "shadow run, values: both transforms give the same value in each of 4 rows (t)"), "\(comparison.text)")
        #expect(comparison.items.first?.outcome == .passed)
    }

    @Test func `one bit in one row is a difference, told by its place and never by its value`() async throws {
        let comparison = try await settled(
            Self.contract("(x + y) + 0.3"), Self.contract("x + (y + 0.3)"),
            Self.batch([1, 0.1, 0.1, 2], [2, 0.2, 0.2, 3]))
        let change = try #require(comparison.changes.first)
        #expect(change.rule == "transform-changed" && change.meaning == .shift && change.bump == .major)
        #expect(
            change.backward == .noByRows("the transforms differ in 2 of 4 rows, first in rows 1, 2 (t)"),
            "\(comparison.text)")
        #expect(change.forward.isNo && change.forward.witness == nil)
        #expect(change.shadow.first?.firstRows == [1, 2])
        #expect(comparison.items.first?.outcome == .failed)
    }

    @Test func `null is no zero`() async throws {
        let comparison = try await settled(
            Self.contract("x"), Self.contract("coalesce(x, 0.0)"), Self.batch([1, nil, -1], [0, 0, 0]))
        #expect(comparison.text.contains("the transforms differ in 1 of 3 rows, first in row 1"))
    }

    @Test func `no row proves nothing`() async throws {
        let comparison = try await settled(Self.contract("x + y"), Self.contract("y + x"), Self.batch([], []))
        #expect(comparison.changes.map(\.rule) == ["transform-changed"])
        #expect(comparison.backward.isUnproven)
        #expect(comparison.text.contains("shadow run, values: there are no rows (t)"), "\(comparison.text)")
    }

    @Test(arguments: [
        ("select 1", "select 2", "the old transform is no expression over these columns"),
        ("x > y", "x", "the old transform gives bool, the new one float64"),
        ("x", "unknown + 1", "the new transform is no expression over these columns"),
    ])
    func `what cannot be run says why`(_ old: String, _ new: String, _ words: String) async throws {
        let comparison = try await settled(Self.contract(old), Self.contract(new), Self.batch([1], [2]))
        #expect(comparison.changes.map(\.rule) == ["transform-changed"] && comparison.backward.isUnproven)
        #expect(comparison.text.contains(words), "\(comparison.text)")
    }

    /// A rule that no search finds a counterexample of: 7x + 13y is 9973 in few whole numbers.
    private static func ruled(_ number: Int?) -> SampleContract {
        SampleContract(
            SampleColumn("x", "number"), SampleColumn("y", "number"), SampleColumn("z", "number"),
            table: number.map { [("expression", ["expression": .string("x * 7 + y * 13 <> \($0)")])] } ?? [])
    }

    @Test func `rows that only one contract admits settle what no proof does`() async throws {
        let (free, bound) = (Self.ruled(nil), Self.ruled(9973))
        #expect(ContractComparison(free, bound).backward.isUnproven)
        let refused = try await settled(free, bound, Self.batch([1421, 1], [2, 1]))
        #expect(refused.backward.isNo && refused.forward == .yes, "\(refused.text)")
        #expect(
            refused.text.contains("backward: old admits these rows, new does not: t.expression#0, 1 of 2 rows"),
            "\(refused.text)")
        let kept = try await settled(free, bound, Self.batch([1], [1]))
        #expect(kept.backward.isUnproven, "agreement on some rows is no proof")
        #expect(kept.text.contains("shadow run, backward: both contracts admit 1 row (t)"), "\(kept.text)")
        let loosened = try await settled(bound, free, Self.batch([1421], [2]))
        #expect(loosened.forward.isNo, "\(loosened.text)")
    }

    @Test func `rows that the old contract refuses itself say nothing`() async throws {
        func limited(_ contract: SampleContract) -> SampleContract {
            contract.with { $0.columns[0].checks = [("range", ["maximum": 10])] }
        }
        let comparison = try await settled(
            limited(Self.ruled(nil)), limited(Self.ruled(9973)), Self.batch([1421], [2]))
        #expect(comparison.backward.isUnproven)
        #expect(comparison.text.contains("the old contract refuses these rows itself: t.x.range"), "\(comparison.text)")
    }
}
