// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// Folders called `name=value` as columns of the files in them, in every format alike.
@Suite struct DuckDBPartitionTests {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine
    private static let formats: [Source.FileFormat] = [.parquet, .csv, .json]

    init() throws {
        folder = try TemporaryFolder("partitions")
        engine = try DuckDBEngine(root: folder.path)
    }

    /// Writes a file of one row for each id.
    private func put(
        _ ids: [Int], in path: String, _ format: Source.FileFormat, column: String = "id"
    ) async throws {
        let file = "data/\(path)/x.\(format.rawValue)"
        switch format {
        case .csv: try folder.write(([column] + ids.map(String.init)).joined(separator: "\n") + "\n", to: file)
        case .json: try folder.write(ids.map { "{\"\(column)\":\($0)}\n" }.joined(), to: file)
        case .parquet:
            try folder.write("", to: "data/\(path)/.keep")
            let rows = ids.map { "(\($0)::BIGINT)" }.joined(separator: ", ")
            try await engine.writeQuery("SELECT * FROM (VALUES \(rows)) AS t(\(column))", to: file)
        }
    }

    private func table(
        _ format: Source.FileFormat, zone: String = "UTC", types: [ColumnSchema] = []
    ) -> TableReference {
        let pattern = "data/**/*.\(format.rawValue)"
        return TableReference(rows: .files([pattern], format), timeZone: zone, types: types, partitions: pattern)
    }

    /// Three files: an encoded value, a null, and digits that are no number.
    private func putThree(_ format: Source.FileFormat) async throws -> TableReference {
        try await put([1, 2], in: "day=2024-05-03/country=a%2Fb", format)
        try await put([3], in: "day=2024-05-04/country=__HIVE_DEFAULT_PARTITION__", format)
        try await put([4], in: "day=2024-05-04/country=007", format)
        return table(format)
    }

    private func rows(_ table: TableReference, _ columns: [ScanRequest.Column]) async throws -> [[Value]] {
        var rows: [[Value]] = []
        try await engine.scan(ScanRequest(table: table, columns: columns)) { batch in
            for row in 0..<batch.count { rows.append(batch.row(row)) }
        }
        return rows.sorted { "\($0[0])" < "\($1[0])" }
    }

    @Test(arguments: formats)
    func `folders are read as the types that are asked for`(_ format: Source.FileFormat) async throws {
        let table = try await putThree(format)
        let found = try await rows(
            table,
            [
                .init(name: "id", type: .int64), .init(name: "day", type: .date), .init(name: "country", type: .string),
                .init(name: "day", alias: "known", type: .timestamp, day: .end),
                .init(name: "day", alias: "text", type: .string),
            ])
        let first = try #require(CalendarDate("2024-05-03"))
        let second = try #require(CalendarDate("2024-05-04"))
        let fourth = try #require(Timestamp("2024-05-04T00:00:00Z"))
        let fifth = try #require(Timestamp("2024-05-05T00:00:00Z"))
        #expect(
            found == [
                [.int64(1), .date(first), .string("a/b"), .timestamp(fourth), .string("2024-05-03")],
                [.int64(2), .date(first), .string("a/b"), .timestamp(fourth), .string("2024-05-03")],
                [.int64(3), .date(second), .null, .timestamp(fifth), .string("2024-05-04")],
                [.int64(4), .date(second), .string("007"), .timestamp(fifth), .string("2024-05-04")],
            ])
    }

    @Test(arguments: [
        ("true", DataType.bool, Value.bool(true)), ("-7", .int32, .int32(-7)),
        ("-9223372036854775808", .int64, .int64(.min)), ("0.1", .float32, .float32(0.1)),
        ("0.1", .float64, .float64(0.1)), ("", .string, .string("")), ("", .int64, .null),
        ("it's '%CC%81", .string, .string("it's '\u{301}")), ("a%00b", .string, .string("a\0b")),
        ("\\x00\\xFF", .bytes, .bytes([0, 255])), ("[1, 2]", .array(.int64), .array([.int64(1), .int64(2)])),
    ])
    func `Parquet reads a folder as text is read`(_ text: String, _ type: DataType, _ value: Value) async throws {
        for format in [Source.FileFormat.parquet, .csv] {
            try await put([1], in: "v=\(text)", format)
            let found = try await rows(table(format), [.init(name: "v", type: type)])
            #expect(found == [[value]], "\(format): \(found)")
        }
    }

    @Test(arguments: formats)
    func `columns of folders are described as declared, else as what they look like`(
        _ format: Source.FileFormat
    ) async throws {
        _ = try await putThree(format)
        let found = try await engine.describe(table(format)).columns
        #expect(Set(found.map(\.name)) == ["id", "day", "country"])
        for column in found where column.name != "id" {
            #expect(column.isText && column.type == (column.name == "day" ? .date : .string))
        }
        let declared = try await engine.describe(table(format, types: [ColumnSchema(name: "day", type: .string)]))
        #expect(declared.columns.first { $0.name == "day" }?.type == .string)
    }

    @Test(arguments: formats)
    func `a value that is none of its type is an error, or null for those who ask which`(
        _ format: Source.FileFormat
    ) async throws {
        let table = try await putThree(format)
        let error = await #expect(throws: TallyError.self) {
            _ = try await rows(table, [.init(name: "country", type: .int64)])
        }
        #expect(error?.code == .invalidData)
        let told = "\(error?.subject ?? "") \(error?.message ?? "")"
        #expect(told.contains("country=a%2Fb/x.") && told.contains("column country"), "\(told)")
        let readable = ReadabilityColumn.name(of: "country", as: .int64)
        let found = try await rows(
            table.readingUnreadableAsNull,
            [
                .init(name: "id", type: .int64), .init(name: "country", type: .int64),
                .init(name: readable, type: .bool),
            ])
        #expect(found.map { $0[1] } == [.null, .null, .null, .int64(7)])
        #expect(found.map { $0[2] } == [.bool(false), .bool(false), .null, .bool(true)])
        let measured = try await engine.measure(
            MeasureRequest(
                table: table.readingUnreadableAsNull,
                types: [ColumnSchema(name: "country", type: .int64), ColumnSchema(name: readable, type: .bool)],
                measures: [
                    .rows, .nulls("country"), .maximum("country"),
                    .failures([RowTest(readable, .among([.bool(true)]))]),
                ]))
        #expect(measured.values == [.count(4), .count(3), .value(.int64(7)), .count(2)])
    }

    @Test(arguments: formats)
    func `promises and queries count over folders`(_ format: Source.FileFormat) async throws {
        let table = try await putThree(format)
        let measured = try await engine.measure(
            MeasureRequest(
                table: table,
                measures: [
                    .nulls("country"), .distinct(["country"]),
                    .query("SELECT count(*) FROM t WHERE day = DATE '2024-05-04' AND country = '007'", ["t": table]),
                ]))
        #expect(measured.values[0] == .count(1) && measured.values[1] == .count(2), "\(measured.values)")
        #expect("\(measured.values[2])".contains("1"), "\(measured.values)")
    }

    @Test(arguments: formats)
    func `a folder and a column of one name are an error, and so are two folders`(
        _ format: Source.FileFormat
    ) async throws {
        try await put([1], in: "day=1", format, column: "day")
        for type in [DataType.int64, .string] {
            let error = await #expect(throws: TallyError.self) {
                _ = try await rows(table(format), [.init(name: "day", type: type)])
            }
            #expect(error?.code == .invalidData, "\(String(describing: error))")
        }
        let error = await #expect(throws: TallyError.self) { _ = try await engine.describe(table(format)) }
        #expect(error?.code == .invalidData && error?.message.contains("'day'") == true)
        let other = try TemporaryFolder("partitions")
        try other.write("id\n1\n", to: "data/a=1/a=2/x.csv")
        let twice = await #expect(throws: TallyError.self) {
            _ = try await DuckDBEngine(root: other.path).describe(table(.csv))
        }
        #expect(twice?.message.contains("two folders") == true)
    }

    @Test func `a folder's name that differs from a column's by its case is another column`() async throws {
        try await put([5], in: "ID=7", .parquet)
        let found = try await rows(table(.parquet), [.init(name: "id", type: .int64), .init(name: "ID", type: .int64)])
        #expect(found == [[.int64(5), .int64(7)]])
        let measures: [Measure] = [.maximum("id"), .maximum("ID")]
        let measured = try await engine.measure(MeasureRequest(table: table(.parquet), measures: measures))
        #expect(measured.values == [.value(.int64(5)), .value(.int64(7))])
    }

    @Test(arguments: formats)
    func `folders join as keys, event times and features`(_ format: Source.FileFormat) async throws {
        _ = try await putThree(format)
        let pattern = "data/**/*.\(format.rawValue)"
        let stored = [ColumnSchema(name: "id", type: .int64), ColumnSchema(name: "day", type: .string)]
        let view = ViewJoin(
            subject: "view v",
            files: [ViewJoin.FileGroup(paths: try FileGlob.list([pattern], root: folder.path).files)], format: format,
            timeZone: "Europe/Berlin", eventTime: "day", knownTime: .undeclared,
            columns: ViewColumns(
                keys: [ColumnSchema(name: "country", type: .string)], inputs: stored, features: stored),
            law: .latestRow(), ignoresKnownTime: false, partitions: pattern)
        // The third of May is over in Berlin at 22:00 UTC.
        let times = ["2024-05-03T21:59:59Z", "2024-05-03T22:00:00Z", "2024-05-06T00:00:00Z"].compactMap {
            Timestamp($0)
        }
        let result = try await engine.pointInTimeJoin(
            JoinRequest(
                keys: Batch([
                    ("country", Column(type: .string, values: [.string("a/b"), .string("a/b"), .string("007")]))
                ]),
                times: Column(type: .timestamp, values: times.map { .timestamp($0) }), views: [view]))
        let found = try #require(result.first)
        #expect(found.features.columns[0].values == [.null, .int64(2), .int64(4)])
        #expect(found.features.columns[1].values == [.null, .string("2024-05-03"), .string("2024-05-04")])
        #expect(found.counts.days > 0 && found.counts.isAlwaysMidnight != true)
    }

    @Test(arguments: formats)
    func `wall times of folders that name no single instant are counted by row`(
        _ format: Source.FileFormat
    ) async throws {
        try await put([1, 2], in: "hour=2024-10-27 02:30", format)
        try await put([3], in: "hour=2024-10-27 12:30", format)
        let times = TimeTally()
        var found: [Value] = []
        try await engine.scan(
            ScanRequest(
                table: table(format, zone: "Europe/Berlin"), columns: [.init(name: "hour", type: .timestamp)],
                times: times)
        ) { (batch) async throws(TallyError) in found += batch.columns[0].values }
        let expected = ["2024-10-27T00:30:00Z", "2024-10-27T00:30:00Z", "2024-10-27T11:30:00Z"].map { Timestamp($0) }
        #expect(found == expected.map { $0.map { .timestamp($0) } ?? .null })
        #expect(times.irregular == 2)
    }
}
