// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyModel
import TallyTesting

/// Tables to propose contracts for, and ways into the documents.
enum ProposalFixture {
    /// 2024-06-01, when every proposal is made.
    static let now = Timestamp(microseconds: 1_717_200_000_000_000)
    private static let hour: Int64 = 3_600_000_000
    static let reference = TableReference(rows: .files(["*.parquet"], .parquet))

    /// A proposal for files of rows.
    static func propose(
        _ batches: [Batch], _ options: ContractProposal.Options = ContractProposal.Options()
    ) async throws -> ContractProposal.Proposal {
        var tables: [String: Batch] = [:]
        for (index, batch) in batches.enumerated() { tables["\(index).parquet"] = batch }
        let engine = InMemoryEngine(tables: tables)
        return try await ContractProposal.make(
            name: "weather", table: reference, engine: engine, now: now, options: options)
    }

    /// One row an hour up to half an hour before now, with a column for each kind of rule.
    static func weather(rows: Int) -> Batch {
        var random = SeededGenerator(seed: 7)
        func column(_ type: DataType, _ value: (Int) -> Value) -> Column {
            Column(type: type, values: (0..<rows).map(value))
        }
        let first = now.microseconds - Int64(rows) * hour + hour / 2
        return Batch([
            ("reading_id", column(.int64) { .int64(Int64($0) * 3 + 1_000) }),
            ("at", column(.timestamp) { .timestamp(Timestamp(microseconds: first + Int64($0) * hour)) }),
            ("station", column(.string) { .string(["EWR", "JFK", "LGA"][$0 % 3]) }),
            ("wind", column(.float64) { $0 % 400 == 9 ? .null : .float64(Double(random.below(427)) / 10) }),
            ("direction", column(.int32) { _ in .int32(Int32(random.below(36) * 10)) }),
            ("gust", column(.float32) { $0 == 20 ? .float32(.nan) : .float32(Float($0 % 50)) }),
            ("mail", column(.string) { .string("station\($0 % 40)@example.org") }),
            ("note", column(.string) { .string(String(repeating: "x", count: 3 + $0 % 30)) }),
            ("since", column(.date) { .date(CalendarDate(days: 10_000 + Int32($0 % 300))) }),
            (
                "sky",
                column(.array(.float32)) { row in .array((0..<4).map { .float32(Float(row + $0) / 10) }) }
            ),
            ("rare", column(.string) { $0 % 10 == 0 ? .string("storm") : .null }),
            ("calm", column(.bool) { .bool($0 % 2 == 0) }),
        ])
    }

    /// A float column with an outlier in some rows, beside one without.
    static func floats(rows: Int, outlier: Double, at places: Set<Int>) -> Batch {
        Batch([
            (
                "x",
                Column(
                    type: .float64,
                    values: (0..<rows).map { .float64(places.contains($0) ? outlier : Double($0 % 101)) })
            ),
            ("y", Column(type: .float64, values: (0..<rows).map { .float64(Double($0 % 77)) })),
        ])
    }
}

extension ContractProposal.Proposal {
    /// A property of the only object.
    func property(_ name: String) -> JSON? {
        object?["properties"]?.arrayValue?.first { $0["name"] == .string(name) }
    }

    /// The only object.
    var object: JSON? { document["schema"]?.arrayValue?.first }

    /// The options of a property's type.
    func options(_ name: String) -> JSON? { property(name)?["logicalTypeOptions"] }

    /// The evidence of a rule.
    func evidence(_ column: String?, _ check: String) -> ContractProposal.Evidence? {
        evidence.first { $0.column == column && $0.check == check }
    }
}
