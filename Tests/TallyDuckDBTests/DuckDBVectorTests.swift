// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@testable import TallyDuckDB

/// What DuckDB gives is compared with the type that was asked for before anything reads it.
@Suite struct DuckDBVectorTests {
    /// A value of each type that is read, and of some that are not, as SQL.
    private static let values: [(type: VectorType, sql: SQL)] = [
        (.bool, "true"), (.int32, "1::INTEGER"), (.int64, "1::BIGINT"), (.float32, "1::FLOAT"), (.float64, "1::DOUBLE"),
        (.text, "'a text that is longer than what fits in place'"), (.bytes, "'x'::BLOB"), (.date, "DATE '2026-01-01'"),
        (.time(TimeUnit(scale: .microseconds, isZoned: false)), "TIMESTAMP '2026-01-01'"),
        (.time(TimeUnit(scale: .microseconds, isZoned: true)), "TIMESTAMPTZ '2026-01-01 00:00:00+00'"),
        (.time(TimeUnit(scale: .seconds, isZoned: false)), "TIMESTAMP_S '2026-01-01'"),
        (.time(TimeUnit(scale: .milliseconds, isZoned: false)), "TIMESTAMP_MS '2026-01-01'"),
        (.time(TimeUnit(scale: .nanoseconds, isZoned: false)), "TIMESTAMP_NS '2026-01-01'"),
        (.list(.int64), "[1::BIGINT]"), (.list(.text), "['x']"), (.list(.list(.int32)), "[[1::INTEGER]]"),
    ]
    private static let strangers: [SQL] = [
        "1::TINYINT", "1::UBIGINT", "1::HUGEINT", "1.5::DECIMAL(4, 1)", "{'a': 1}", "MAP {'a': 1}", "TIME '01:00:00'",
        "INTERVAL 1 DAY", "[1]::INTEGER[1]", "uuid()", "'a'::ENUM('a', 'b')", "['a'::ENUM('a')]",
    ]
    private static let readable: [DataType] = [
        .bool, .int32, .int64, .float32, .float64, .string, .bytes, .timestamp, .date, .array(.int64),
        .array(.array(.string)), .array(.timestamp),
    ]

    private func connection() throws -> Connection {
        try Connection(Database(settings: []), Interrupter())
    }

    @Test func `a vector is taken as the type that it has, and as no other`() throws {
        let connection = try connection()
        for value in Self.values {
            for asked in Self.values {
                let chunk = try #require(try connection.stream("SELECT \(value.sql)").next())
                if asked.type == value.type {
                    #expect(try chunk.vectors(as: [asked.type]).count == 1, "\(value)")
                } else {
                    #expect(throws: DuckFailure.self, "\(value) as \(asked.type)") {
                        try chunk.vectors(as: [asked.type])
                    }
                }
            }
        }
        for stranger in Self.strangers {
            for asked in Self.values {
                let chunk = try #require(try connection.stream("SELECT \(stranger)").next())
                #expect(throws: DuckFailure.self, "\(stranger) as \(asked.type)") {
                    try chunk.vectors(as: [asked.type])
                }
            }
        }
    }

    @Test func `more columns than came are an error`() throws {
        let chunk = try #require(try connection().stream("SELECT 1::BIGINT").next())
        #expect(throws: DuckFailure.self) { try chunk.vectors(as: [.int64, .int64]) }
    }

    @Test func `each reader asks for the type that it reads`() throws {
        let connection = try connection()
        let units = [TimeUnit.Scale.seconds, .milliseconds, .microseconds, .nanoseconds].map {
            TimeReader(unit: TimeUnit(scale: $0, isZoned: false), zone: nil)
        }
        for type in Self.readable {
            let times: [TimeReader?] = type.leaf == .timestamp ? units : [nil]
            for time in times {
                let builders: [any ColumnBuilder] =
                    [makeBuilder(type, time)] + (time.map { [CutBuilder(type, $0)] } ?? [])
                for builder in builders {
                    for value in Self.values where value.type != builder.vectorType {
                        let chunk = try #require(try connection.stream("SELECT \(value.sql)").next())
                        #expect(throws: DuckFailure.self, "\(value) in \(builder)") {
                            try chunk.vectors(as: [builder.vectorType])
                        }
                    }
                }
            }
        }
        for value in Self.values where value.type != .text {
            #expect(throws: DuckFailure.self) { try connection.texts("SELECT \(value.sql)") }
        }
        for value in Self.values where value.type != .int64 {
            #expect(throws: DuckFailure.self) { try connection.integer("SELECT \(value.sql)") }
        }
    }

    @Test func `another type is our own mistake, and names no value`() throws {
        let connection = try connection()
        let failure = #expect(throws: DuckFailure.self) { try connection.texts("SELECT 7::BIGINT") }
        let error = try #require(failure).wrapped("read the rows", subject: "a.parquet")
        #expect(error.code == .internal)
        #expect(error.message == "duckdb gave another type than was asked for")
    }

    @Test func `a column is written to a vector of its type only`() {
        let columns: [DataType: Column.Storage] = [
            .bool: .bool([1]), .int32: .int32([1]), .int64: .int64([1]), .float32: .float32([1]),
            .float64: .float64([1]),
            .string: .bytes(offsets: [0, 0], bytes: []),
        ]
        for (type, storage) in columns {
            for value in Self.values {
                let fits =
                    switch (type, value.type) {
                    case (.bool, .bool), (.int32, .int32), (.int32, .date), (.int64, .int64), (.int64, .time),
                        (.float32, .float32), (.float64, .float64), (.string, .text), (.string, .bytes):
                        true
                    case (_, _): false
                    }
                #expect(value.type.takes(storage) == fits, "\(type) to \(value.type)")
            }
        }
        let list = Column.Storage.array(offsets: [0, 1], elements: Column(type: .int64, values: [.int64(1)]))
        #expect(
            VectorType.list(.int64).takes(list) && !VectorType.list(.text).takes(list) && !VectorType.int64.takes(list))
        #expect(!VectorType.list(.list(.int64)).takes(list))
    }
}
