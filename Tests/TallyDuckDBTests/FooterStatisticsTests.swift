// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyDuckDB

/// What our own reader finds in the statistics of a footer.
@Suite struct FooterStatisticsTests {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine

    init() throws {
        folder = try TemporaryFolder("footer")
        engine = try DuckDBEngine(root: folder.path)
    }

    private func statistics(_ query: String, as kinds: [ChangedFooter.Kind] = []) async throws -> FooterStatistics {
        try await ChangedFooter.write(query, as: kinds, to: "x.parquet", engine, in: folder)
        return try #require(try FooterStatistics(folder.path + "/x.parquet"))
    }

    @Test(
        arguments: [
            ("make_timestamptz(-5), make_timestamptz(7)", -5), ("make_timestamp(-5), make_timestamp(7)", -5),
            ("make_timestamp_ns(-5001), make_timestamp_ns(7001)", -6),
            ("TIMESTAMP_MS '1969-12-31 23:59:59.995', TIMESTAMP_MS '1970-01-01 00:00:00.007'", -5_000),
            ("DATE '1969-12-31', DATE '1970-01-02'", -86_400_000_000),
        ] as [(String, Int64)])
    func `the first time is read exactly, and nanoseconds are cut`(_ ends: String, _ first: Int64) async throws {
        let footer = try await statistics("SELECT unnest([\(ends), NULL]) AS x")
        let chunk = try #require(footer.chunks(of: "x").first)
        #expect(footer.firstTime(chunk, of: "x") == first)
        #expect(chunk.rows == 3 && !chunk.isAllNull && footer.valueless.isEmpty)
    }

    @Test(arguments: [
        "'-infinity'::TIMESTAMP, 'infinity'::TIMESTAMP", "'-infinity'::DATE, 'infinity'::DATE", "'a', 'b'",
        "1::DOUBLE, 2::DOUBLE", "1::BIGINT, 2::BIGINT",
    ])
    func `what is no instant is not known`(_ ends: String) async throws {
        let footer = try await statistics("SELECT unnest([\(ends)]) AS x")
        #expect(footer.firstTime(try #require(footer.chunks(of: "x").first), of: "x") == nil)
    }

    @Test func `milliseconds beyond what microseconds hold are not known`() async throws {
        let footer = try await statistics("SELECT make_timestamptz(4611686018427387904) AS x", as: [.milliseconds])
        #expect(footer.firstTime(try #require(footer.chunks(of: "x").first), of: "x") == nil)
    }

    @Test func `columns of nulls are known, those with parts are not`() async throws {
        let footer = try await statistics(
            "SELECT unnest([NULL, NULL])::INTEGER AS a, NULL::VARCHAR AS b, 1 AS c, []::INTEGER[] AS d, {'a': NULL::INTEGER} AS a1"
        )
        #expect(footer.valueless == [Array("a".utf8), Array("b".utf8)])
        #expect(footer.chunks(of: "d").isEmpty && footer.chunks(of: "a1").isEmpty && footer.chunks(of: "e").isEmpty)
    }
}
