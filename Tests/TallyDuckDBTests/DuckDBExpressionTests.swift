// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDuckDB
import TallyExpressions
import TallyModel
import TallyTesting
import Testing

/// Random typed expressions give the same bits here and in DuckDB, but for the differences that are meant.
///
/// Both call the same C library for sin, pow and the like, so these too are compared bit for bit, without a tolerance.
@Suite struct DuckDBExpressionTests {
    static let seeds = Array(UInt64(1)...30)
    private static let expressions = 100
    private static let rows = 30
    /// The longest text, in bytes: a seventh of the expressions, which say their parts many times over in DuckDB's words, is
    /// left out, since they hold most of all text to plan.
    private static let longest = 3000
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("duckdb") }

    @Test(arguments: seeds)
    func `random expressions have DuckDB's values`(_ seed: UInt64) async throws {
        var generator = ExpressionGenerator(seed: seed ^ 0xD0C)
        var chosen: [RandomExpression] = []
        while chosen.count < Self.expressions {
            let random = generator.expression(depth: 4)
            if let text = random.duckDBText, text.utf8.count <= Self.longest { chosen.append(random) }
        }
        let batch = RandomBatch.make(rows: Self.rows, seed: seed ^ 0xDCDB)
        let engine = try DuckDBEngine(root: folder.path, settings: EngineSettings(threads: 1))
        try await write(batch, to: "x.parquet", engine)
        var present = 0
        for start in stride(from: 0, to: chosen.count, by: 25) {
            let part = Array(chosen[start..<min(start + 25, chosen.count)])
            let columns = try await answers(to: part, engine, seed)
            for (random, theirs) in zip(part, columns) {
                let ours: Column
                do throws(ExpressionProblems) { ours = try random.compile().evaluate(batch).column } catch {
                    Issue.record("seed \(seed): \(random.text): \(error.problems)")
                    return
                }
                if let difference = difference(ours, theirs) {
                    Issue.record("seed \(seed), \(difference): \(random.text)\nin DuckDB: \(random.duckDBText ?? "")")
                    return
                }
                present += (0..<ours.count).count { !ours[$0].isNull }
            }
        }
        // A generator of nothing but nulls would agree with everything.
        #expect(present * 4 > chosen.count * batch.count, "seed \(seed): only \(present) values are not null")
    }

    @Test(
        arguments: IntendedDifference.all.flatMap { difference in difference.examples.map { (difference.subject, $0) } }
    )
    func `an intended difference exists`(_ subject: String, _ example: IntendedDifference.Example) async throws {
        let label: Comment = "\(subject): \(example.expression), in DuckDB \(example.sql)"
        let schema = example.input.map { [ColumnSchema(name: "x", type: $0.type)] } ?? []
        let columns = example.input.map { [Column(type: $0.type, values: [$0.value])] } ?? []
        let batch = Batch(schema: schema, columns: columns, count: 1)
        let ours: Column? =
            switch TypedExpression.compile(example.expression, columns: schema) {
            case .success(let expression): expression.evaluate(batch).column
            case .failure: nil
            }
        let engine = try DuckDBEngine(root: folder.path)
        if example.input != nil { try await write(batch, to: "x.parquet", engine) }
        let theirs: Column?
        do throws(TallyError) {
            let source = example.input == nil ? "" : " FROM 'x.parquet'"
            theirs = try await read("SELECT (\(example.sql)) AS e0\(source)", count: 1, engine).first
        } catch {
            #expect(error.code == .invalidData, label)
            theirs = nil
        }
        #expect(isSame(ours?[0], example.here), label)
        #expect(isSame(theirs?[0], example.there), label)
        #expect(ours?.type != theirs?.type || !isSame(ours?[0], theirs?[0]), label)
    }

    /// Writes rows with times as zone-less DuckDB timestamps, which is what its functions of time take.
    private func write(_ batch: Batch, to path: String, _ engine: DuckDBEngine) async throws(TallyError) {
        let columns = batch.schema.map {
            WriteRequest.Column(schema: $0, nativeType: $0.type == .timestamp ? "TIMESTAMP" : nil)
        }
        try await engine.write(WriteRequest(path: path, format: .parquet, columns: columns)) {
            (sink) async throws(TallyError) in
            try await sink.send(batch)
            return [:]
        }
    }

    /// DuckDB's columns for some expressions; when the query fails, the error names the expression that does.
    private func answers(
        to part: [RandomExpression], _ engine: DuckDBEngine, _ seed: UInt64
    ) async throws -> [Column] {
        func sql(_ texts: [String]) -> String {
            let list = texts.enumerated().map { "\($1) AS e\($0)" }.joined(separator: ", ")
            return "SELECT \(list) FROM 'x.parquet'"
        }
        let texts = part.compactMap(\.duckDBText)
        do throws(TallyError) {
            // A query that is scanned is planned twice; for these texts planning is nearly all of the time.
            try await engine.writeQuery(sql(texts), to: "y.parquet")
            return try await read("SELECT * FROM 'y.parquet'", count: texts.count, engine)
        } catch {
            for random in part {
                do throws(TallyError) { _ = try await read(sql([random.duckDBText ?? ""]), count: 1, engine) } catch {
                    Issue.record(
                        "seed \(seed): \(random.text)\nin DuckDB: \(random.duckDBText ?? "")\n\(error.underlying ?? "")"
                    )
                }
            }
            throw error
        }
    }

    /// The columns of a query, named e0 and so on, in the types DuckDB gives them.
    private func read(_ sql: String, count: Int, _ engine: DuckDBEngine) async throws(TallyError) -> [Column] {
        let columns = (0..<count).map { ScanRequest.Column(name: "e\($0)", type: nil) }
        var batches: [Batch] = []
        try await engine.scan(ScanRequest(table: TableReference(rows: .query(sql)), columns: columns)) {
            batches.append($0)
        }
        return batches.first?.columns ?? []
    }

    /// The first row in which the columns differ, with both values; nil when there is none.
    private func difference(_ ours: Column, _ theirs: Column) -> String? {
        if ours.type != theirs.type { return "\(ours.type) here, \(theirs.type) in DuckDB" }
        if ours.count != theirs.count { return "\(ours.count) rows here, \(theirs.count) in DuckDB" }
        for row in 0..<ours.count where !ours[row].isIdentical(to: theirs[row].canonical) {
            return "row \(row): \(ours[row]) here, \(theirs[row]) in DuckDB"
        }
        return nil
    }

    private func isSame(_ left: Value?, _ right: Value?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return left.canonical.isIdentical(to: right.canonical)
    }
}
