// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyExpressions
import TallyModel
import TallyTesting
import Testing

/// Laws that hold for every expression, on random ones.
///
/// Holds SEMANTICS 6.4.
@Suite struct LawTests {
    static let seeds = Array(UInt64(1)...24)

    private func compiled(_ random: RandomExpression, _ seed: UInt64) throws -> TypedExpression {
        do throws(ExpressionProblems) { return try random.compile() } catch {
            Issue.record("seed \(seed): \(random.text): \(error.problems)")
            throw error
        }
    }

    private func isIdentical(_ left: Column, _ right: Column) -> Bool {
        left.type == right.type && left.count == right.count
            && (0..<left.count).allSatisfy { left[$0].isIdentical(to: right[$0]) }
    }

    @Test(arguments: seeds)
    func `a column and its rows one by one have the same bits and findings`(seed: UInt64) throws {
        var generator = ExpressionGenerator(seed: seed)
        let batch = RandomBatch.make(rows: 40, seed: seed ^ 0xBA7C)
        for _ in 0..<80 {
            let random = generator.expression(depth: 4)
            let expression = try compiled(random, seed)
            #expect(expression.type == random.type, "seed \(seed): \(random.text)")
            let whole = expression.evaluate(batch)
            for row in 0..<batch.count {
                let values = Dictionary(uniqueKeysWithValues: zip(batch.schema.map(\.name), batch.row(row)))
                let (value, finding) = expression.evaluate(row: values)
                let isSame =
                    value.isIdentical(to: whole.column[row]) && finding.rawValue == whole.findingRows?[row] ?? 0
                if !isSame {
                    Issue.record("seed \(seed), row \(row): \(random.text): \(value) \(finding), \(whole.column[row])")
                    return
                }
                #expect(value.isIdentical(to: value.canonical), "seed \(seed), row \(row): \(random.text)")
            }
        }
    }

    @Test(arguments: seeds)
    func `the canonical text is its own canonical text and means the same`(seed: UInt64) throws {
        var generator = ExpressionGenerator(seed: seed ^ 0xCA)
        let batch = RandomBatch.make(rows: 20, seed: seed)
        for _ in 0..<80 {
            let random = generator.expression(depth: 4)
            let first = try compiled(random, seed)
            let second = try compiled(RandomExpression(first.canonicalText, duckDB: nil, first.type), seed)
            #expect(second.canonicalText == first.canonicalText, "seed \(seed): \(random.text)")
            #expect(second.inputs == first.inputs, "seed \(seed): \(random.text)")
            let (one, two) = (first.evaluate(batch), second.evaluate(batch))
            #expect(
                isIdentical(one.column, two.column) && one.findingRows == two.findingRows,
                "seed \(seed): \(random.text) and \(first.canonicalText)")
        }
    }

    @Test(arguments: seeds)
    func `slicing a batch and evaluating commute`(seed: UInt64) throws {
        var generator = ExpressionGenerator(seed: seed ^ 0x51)
        let batch = RandomBatch.make(rows: 150, seed: seed)
        for _ in 0..<30 {
            let random = generator.expression(depth: 4)
            let expression = try compiled(random, seed)
            let start = Int.random(in: 0...batch.count, using: &generator.random)
            let end = Int.random(in: start...batch.count, using: &generator.random)
            let whole = expression.evaluate(batch)
            let part = expression.evaluate(batch.slice(start..<end))
            let findings = (whole.findingRows ?? [UInt8](repeating: 0, count: batch.count))[start..<end]
            #expect(
                isIdentical(part.column, whole.column.slice(start..<end)),
                "seed \(seed), \(start)..<\(end): \(random.text)")
            #expect(
                Array(findings) == part.findingRows ?? [UInt8](repeating: 0, count: end - start),
                "seed \(seed), \(start)..<\(end): \(random.text)")
        }
    }

    @Test(arguments: seeds)
    func `the counts of findings are the rows in the mask`(seed: UInt64) throws {
        var generator = ExpressionGenerator(seed: seed ^ 0xF1)
        let batch = RandomBatch.make(rows: 60, seed: seed)
        for _ in 0..<30 {
            let random = generator.expression(depth: 3)
            let result = try compiled(random, seed).evaluate(batch)
            for (finding, _) in EvaluationFinding.named {
                let rows = (result.findingRows ?? []).count { $0 & finding.rawValue != 0 }
                #expect(result.findings[finding] ?? 0 == rows, "seed \(seed): \(random.text)")
            }
            #expect(result.findingRows?.contains { $0 != 0 } ?? true, "seed \(seed): \(random.text)")
        }
    }
}
