// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// Times at the ends of what text has a form for.
@Suite struct DuckDBFarTextTests {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine

    init() throws {
        folder = try TemporaryFolder("text")
        engine = try DuckDBEngine(root: folder.path)
    }

    private func write(_ value: Value, _ type: DataType, native: String?, to path: String, _ format: Source.FileFormat)
        async throws
    {
        let schema = ColumnSchema(name: "t", type: type)
        let request = WriteRequest(
            path: path, format: format, columns: [WriteRequest.Column(schema: schema, nativeType: native)])
        try await engine.write(request) { (sink) throws(TallyError) in
            try await sink.send(
                Batch(schema: [schema], columns: [Column(type: type, values: [.null, value])], count: 2))
            return [:]
        }
    }

    private static let firstInstant = Timestamp(microseconds: -62_135_596_800_000_000)
    private static let lastInstant = Timestamp(microseconds: 253_402_300_799_999_999)
    private static let (firstDay, lastDay) = (CalendarDate(days: -719_162), CalendarDate(days: 2_932_896))

    /// Values beyond, with the engine's type of those that are carried.
    private static let beyond: [(Value, DataType, String?)] = [
        (.timestamp(Timestamp(microseconds: firstInstant.microseconds - 1)), .timestamp, nil),
        (.timestamp(Timestamp(microseconds: lastInstant.microseconds + 1)), .timestamp, nil),
        (.timestamp(Timestamp(microseconds: .max)), .timestamp, "TIMESTAMP WITH TIME ZONE"),
        (.timestamp(Timestamp(microseconds: .min)), .timestamp, "TIMESTAMP"),
        (.timestamp(Timestamp(microseconds: -.max)), .timestamp, "TIMESTAMP_S"),
        (.date(CalendarDate(days: firstDay.days - 1)), .date, nil),
        (.date(CalendarDate(days: lastDay.days + 1)), .date, "DATE"), (.date(CalendarDate(days: .max)), .date, nil),
        (.date(CalendarDate(days: .min)), .date, nil), (.string("infinity"), .string, "TIMESTAMP_NS"),
        (.string("-infinity"), .string, "TIMESTAMP_NS"),
        (.array([.timestamp(Timestamp(microseconds: .max))]), .array(.timestamp), nil),
        (.array([.array([.date(CalendarDate(days: .max))])]), .array(.array(.date)), "DATE[][]"),
        (.array([.string("infinity")]), .array(.string), "TIMESTAMP_NS[]"),
    ]

    @Test(arguments: beyond.indices, [Source.FileFormat.csv, .json])
    func `what is beyond is an error that says so, and no file is left`(
        _ index: Int, _ format: Source.FileFormat
    ) async throws {
        let (value, type, native) = Self.beyond[index]
        let error = await #expect(throws: TallyError.self) {
            try await write(value, type, native: native, to: "x.text", format)
        }
        #expect(
            error?.code == .invalidData && error?.message.hasPrefix("column 't' has a time before the year 1") == true)
        #expect(error?.subject == "x.text" && error?.help == "write a .parquet file")
        #expect(FileName.names(in: folder.path).isEmpty)
    }

    @Test func `the first and the last that text has a form for come back as they were`() async throws {
        let values: [(Value, DataType)] = [
            (.timestamp(Self.firstInstant), .timestamp), (.timestamp(Self.lastInstant), .timestamp),
            (.date(Self.firstDay), .date), (.date(Self.lastDay), .date), (.string("infinity"), .string),
        ]
        for (value, type) in values {
            try await write(value, type, native: nil, to: "x.csv", .csv)
            var seen: [Value] = []
            let table = TableReference(rows: .files(["x.csv"], .csv))
            try await engine.scan(ScanRequest(table: table, columns: [.init(name: "t", type: type)])) { batch in
                seen += (0..<batch.count).map { batch.columns[0][$0] }
            }
            #expect(seen == [.null, value])
        }
    }

    @Test(arguments: beyond.indices.prefix(9))
    func `Parquet has them all`(_ index: Int) async throws {
        let (value, type, native) = Self.beyond[index]
        try await write(value, type, native: native == "TIMESTAMP_S" ? "TIMESTAMP" : native, to: "x.parquet", .parquet)
        #expect(FileName.exists(folder.path + "/x.parquet"))
    }
}
