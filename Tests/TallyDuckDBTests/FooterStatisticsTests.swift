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
            ("(-128)::TINYINT, 127::TINYINT", -128, 127), ("0::UTINYINT, 255::UTINYINT", 0, 255),
            ("(-32768)::SMALLINT, 32767::SMALLINT", -32_768, 32_767), ("0::USMALLINT, 65535::USMALLINT", 0, 65_535),
            ("(-2147483648)::INTEGER, 2147483647::INTEGER", -2_147_483_648, 2_147_483_647),
            ("0::UINTEGER, 4294967295::UINTEGER", 0, 4_294_967_295),
            ("(-9223372036854775807 - 1)::BIGINT, 9223372036854775807::BIGINT", .min, .max),
            ("make_timestamptz(-5), make_timestamptz(7)", -5, 7), ("make_timestamp(-5), make_timestamp(7)", -5, 7),
            ("make_timestamp_ns(-5000), make_timestamp_ns(7000)", -5, 7),
            ("TIMESTAMP_MS '1969-12-31 23:59:59.995', TIMESTAMP_MS '1970-01-01 00:00:00.007'", -5_000, 7_000),
            ("DATE '1969-12-31', DATE '1970-01-02'", -86_400_000_000, 86_400_000_000),
        ] as [(String, Int64, Int64)])
    func `bounds of whole numbers and of times are read exactly`(_ ends: String, _ lower: Int64, _ upper: Int64)
        async throws
    {
        let footer = try await statistics("SELECT unnest([\(ends), NULL]) AS x")
        let chunk = try #require(footer.chunks(of: "x").first)
        #expect(footer.integers(chunk, of: "x") == (lower, upper) && footer.rows == 3 && footer.isByDuckDB)
        #expect(chunk.nulls == 1 && chunk.values == 3 && !chunk.isAllNull && footer.valueless.isEmpty)
    }

    @Test(arguments: [
        "make_timestamp_ns(-5001), make_timestamp_ns(7001)", "'-infinity'::TIMESTAMP, 'infinity'::TIMESTAMP",
        "'-infinity'::DATE, 'infinity'::DATE", "0::UBIGINT, 18446744073709551615::UBIGINT", "'a', 'b'",
        "1::DOUBLE, 2::DOUBLE",
    ])
    func `what is no instant, would be cut or has another type is not known`(_ ends: String) async throws {
        let footer = try await statistics("SELECT unnest([\(ends)]) AS x")
        let chunk = try #require(footer.chunks(of: "x").first)
        let known = footer.integers(chunk, of: "x")
        #expect(known.upper == nil && (known.lower == nil || ends.hasPrefix("0::UBIGINT")))
    }

    @Test func `milliseconds beyond what microseconds hold are not known`() async throws {
        let footer = try await statistics("SELECT make_timestamptz(4611686018427387904) AS x", as: [.milliseconds])
        let chunk = try #require(footer.chunks(of: "x").first)
        #expect(footer.integers(chunk, of: "x") == (nil, nil))
    }

    @Test func `floats are read bit for bit, and NaN is no bound`() async throws {
        let footer = try await statistics("SELECT 0.1::FLOAT AS x, -0.1::DOUBLE AS y, 'nan'::DOUBLE AS z")
        func bounds(_ name: String) throws -> (Double?, Double?) {
            footer.floats(try #require(footer.chunks(of: name).first), of: name)
        }
        #expect(try bounds("x") == (Double(Float(0.1)), Double(Float(0.1))) && bounds("y") == (-0.1, -0.1))
        #expect(try bounds("z") == (nil, nil))
    }

    @Test func `columns of nulls are known, those with parts are not`() async throws {
        let footer = try await statistics(
            "SELECT unnest([NULL, NULL])::INTEGER AS a, NULL::VARCHAR AS b, 1 AS c, []::INTEGER[] AS d, {'a': NULL::INTEGER} AS a1"
        )
        #expect(footer.valueless == [Array("a".utf8), Array("b".utf8)])
        #expect(footer.chunks(of: "d").isEmpty && footer.chunks(of: "a1").isEmpty && footer.chunks(of: "e").isEmpty)
    }
}
