// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyModel
import TallyTesting
import Testing

/// The rows that are named are the rows that break the promise, and as many.
@Suite struct FailingRowLawTests {
    private static let schema = [
        ColumnSchema(name: "number", type: .float64), ColumnSchema(name: "text", type: .string),
    ]

    /// Some rows with few different values, nulls, NaN and texts that are alike but not byte for byte.
    private static func rows(_ random: inout SeededGenerator) -> [[Value]] {
        let numbers: [Value] = [.null, .float64(1), .float64(-0.0), .float64(0), .float64(.nan), .float64(2)]
        let texts: [Value] = [.null, .string("a"), .string("\u{E4}"), .string("a\u{308}"), .string("")]
        return (0..<Int.random(in: 0...40, using: &random)).map { _ in
            [numbers.randomElement(using: &random) ?? .null, texts.randomElement(using: &random) ?? .null]
        }
    }

    /// The rows in batches of a few.
    private static func table(_ rows: [[Value]], batch: Int) -> TableRows {
        TableRows { (_, body) async throws(TallyError) in
            var start = 0
            while start < rows.count {
                let part = rows[start..<min(rows.count, start + batch)]
                let columns = schema.indices.map { index in
                    Column(type: schema[index].type, values: part.map { $0[index] })
                }
                try await body(Batch(schema: schema, columns: columns, count: part.count))
                start += batch
            }
        }
    }

    private static func context(_ columns: [ColumnSchema] = schema) -> TableContext {
        TableContext(
            found: columns.map { TableDescription.Column(name: $0.name, type: $0.type, nativeType: $0.type.name) },
            now: Timestamp(microseconds: 0))
    }

    private static func unique(_ columns: [String]) -> Promise {
        Promise(
            id: "unique", object: "t", check: "unique",
            arguments: ["columns": .array(columns.map { .string($0) })])
    }

    /// The values of a row as a key: zero has no sign, NaN is like itself, text is its bytes; nil with a null.
    private static func key(_ row: [Value]) -> [String]? {
        guard !row.contains(.null) else { return nil }
        return row.map { value in
            switch value {
            case .float64(let number): number.isNaN ? "NaN" : number == 0 ? "0" : "\(number)"
            case .string(let text): text.utf8.map { String($0) }.joined(separator: " ") + "."
            case .null, .bool, .int32, .int64, .float32, .bytes, .timestamp, .date, .array: "other"
            }
        }
    }

    @Test(arguments: UInt64(1)...60)
    func `rows that repeat another are named, the first of them that come`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let rows = Self.rows(&random)
        let limit = Int.random(in: 1...6, using: &random)
        for columns in [["number"], ["text"], ["number", "text"]] {
            let places = columns.map { name in Self.schema.firstIndex { $0.name == name } ?? 0 }
            var seen: Set<[String]> = []
            let repeated = rows.indices.filter { row in
                Self.key(places.map { rows[row][$0] }).map { !seen.insert($0).inserted } ?? false
            }
            let check = TableCheck([Self.unique(columns)], context: Self.context(), sampleRows: limit)
            let found = try await check.examine(over: Self.table(rows, batch: Int.random(in: 1...9, using: &random)))
            let finding = try #require(found.findings.first)
            #expect(finding.evidence.failing ?? 0 == repeated.count, "seed \(seed)")
            #expect(finding.evidence.firstRows == Array(repeated.prefix(limit)), "seed \(seed)")
            let named = found.rows[0] ?? []
            #expect(named.map(\.row) == finding.evidence.firstRows, "seed \(seed)")
            for row in named {
                #expect(row.cells.map(\.column) == columns)
                #expect(row.cells.map(\.text) == places.map { Self.text(rows[row.row][$0]) }, "seed \(seed)")
            }
        }
    }

    private static func text(_ value: Value) -> String {
        if case .string(let text) = value { JSON.string(text).compactText } else { value.text }
    }

    @Test func `nothing is looked for where no rows are wanted`() async throws {
        let rows: [[Value]] = [[.float64(1), .string("a")], [.float64(1), .string("a")]]
        let check = TableCheck([Self.unique(["text"])], context: Self.context(), sampleRows: 0)
        let found = try await check.examine(over: Self.table(rows, batch: 1))
        #expect(found.findings.first?.evidence.failing == 1 && found.rows.isEmpty)
        #expect(found.findings.first?.evidence.firstRows == [])
    }
}
