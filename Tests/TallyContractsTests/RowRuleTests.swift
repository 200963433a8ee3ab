// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyModel
import TallyTesting
import Testing

/// One compiled form judges a column and a row.
@Suite struct RowRuleTests {
    @Test(arguments: Array(UInt64(1)...40))
    func `a column and its rows one by one get the same verdicts`(_ seed: UInt64) throws {
        let batch = RandomBatch.make(rows: 130, seed: seed)
        var random = RandomRowTest(seed: seed)
        for column in batch.schema {
            for _ in 0..<6 {
                let rule = try RowRule.compile(random.test(column), columns: batch.schema).get()
                let mask = rule.failures(in: batch)
                for row in 0..<batch.count {
                    let fails = rule.fails { batch[$0]?[row] ?? .null }
                    #expect(fails == mask[row], "seed \(seed): \(rule.test) at row \(row)")
                }
            }
        }
    }

    @Test(arguments: Array(UInt64(1)...40))
    func `the bits of single values get the same verdicts as a column`(_ seed: UInt64) throws {
        let batch = RandomBatch.make(rows: 130, seed: seed)
        var random = RandomRowTest(seed: seed)
        var values = VectorValues(types: batch.schema.map(\.type), count: batch.count)
        for (place, column) in batch.columns.enumerated() {
            // Of every other column the nulls are filled in.
            let filler = column.values.first { !$0.isNull } ?? .null
            for row in 0..<batch.count {
                values.set(place, row, place % 2 == 0 && column[row].isNull ? filler : column[row])
            }
        }
        var (judged, whole) = (0, 0)
        for (place, column) in batch.schema.enumerated() {
            for _ in 0..<6 {
                let rule = try RowRule.compile(random.test(column), columns: batch.schema).get()
                guard let words = WordRule(rule) else { continue }
                judged += 1
                let batch = Batch(
                    schema: batch.schema, columns: batch.schema.indices.map { values.column($0) }, count: batch.count)
                let found = values.entities(in: place) { words.fails($0, isNull: $1) }
                let mask = rule.failures(in: batch)
                #expect(found == mask.firstRows(mask.failing), "seed \(seed): \(rule.test)")
                let some = values.withWords(ofWhole: place) { words.fails(anyOf: $0) }
                #expect(some ?? !found.isEmpty == !found.isEmpty, "seed \(seed): \(rule.test)")
                if some != nil { whole += 1 }
            }
        }
        #expect(judged > 5 && whole > 0, "too few tests have this form for the comparison to say anything")
    }

    @Test func `a null fails nothing but required`() throws {
        let batch = Batch([("x", .nulls(type: .float64, count: 3)), ("s", .nulls(type: .string, count: 3))])
        let tests = [
            RowTest("x", .floats(RowTest.Interval(lower: 1, upper: 2))), RowTest("x", .whole),
            RowTest("x", .finite(refusesNaN: true, refusesInfinity: true)), RowTest("s", .length(1...2)),
            RowTest("s", .among([])), RowTest(nil, .expression("x > 1")),
        ]
        for test in tests {
            #expect(try RowRule.compile(test, columns: batch.schema).get().failures(in: batch).failing == 0, "\(test)")
        }
        let required = try RowRule.compile(RowTest("x", .required), columns: batch.schema).get()
        #expect(required.failures(in: batch).firstRows(2) == [0, 1])
    }

    @Test func `NaN is outside every range and zero has no sign`() throws {
        let batch = Batch([("x", Column(type: .float64, values: [.float64(.nan), .float64(-0.0), .float64(0)]))])
        func failing(_ kind: RowTest.Kind) throws -> [Int] {
            try RowRule.compile(RowTest("x", kind), columns: batch.schema).get().failures(in: batch).firstRows(9)
        }
        #expect(try failing(.floats(RowTest.Interval(lower: -.infinity, upper: .infinity))) == [0])
        #expect(try failing(.floats(RowTest.Interval(lower: 0, upper: 1))) == [0])
        #expect(try failing(.among([.float64(0)])).isEmpty)
        #expect(try failing(.notAmong([.float64(0)])) == [1, 2])
    }

    @Test func `a time may be compared with another column`() throws {
        let times = Column(type: .timestamp, values: [5, 5, 5].map { .timestamp(Timestamp(microseconds: $0)) })
        let limits = Column(
            type: .timestamp,
            values: [.timestamp(Timestamp(microseconds: 4)), .null, .timestamp(Timestamp(microseconds: 5))])
        let batch = Batch([("e", times), ("k", limits)])
        let rule = try RowRule.compile(RowTest("e", .notLaterThan(column: "k", plus: .zero)), columns: batch.schema)
            .get()
        #expect(rule.failures(in: batch).firstRows(9) == [0])
        #expect(rule.fails { batch[$0]?[0] ?? .null })
        #expect(!rule.fails { batch[$0]?[1] ?? .null })
    }

    @Test func `a test that means nothing for a column is an obstacle`() {
        let columns = [ColumnSchema(name: "s", type: .string)]
        for kind in [RowTest.Kind.floats(RowTest.Interval(lower: 0, upper: 1)), .items(1...2), .whole] {
            guard case .failure = RowRule.compile(RowTest("s", kind), columns: columns) else {
                Issue.record("\(kind) was compiled for text")
                continue
            }
        }
        guard case .failure(let obstacle) = RowRule.compile(RowTest("t", .required), columns: columns) else {
            Issue.record("a missing column was compiled")
            return
        }
        #expect(obstacle.reason.contains("no column t"))
    }
}
