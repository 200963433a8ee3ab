// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// Times at the ends of what a file can say, on the wall of any zone.
@Suite struct DuckDBFarTimeTests {
    private static let times = [
        "'294247-01-10 04:00:54.775806'::TIMESTAMP", "'290309-12-22 (BC) 00:00:00'::TIMESTAMP",
        "'9999-12-31 23:59:59.999999'::TIMESTAMP", "'2300-01-01 00:00:00'::TIMESTAMP",
        "'2262-04-11 23:47:16.854775806'::TIMESTAMP_NS", "'1677-09-21 00:12:43.145224193'::TIMESTAMP_NS",
        "make_timestamp(9223372036854775806)", "make_timestamp(-9223372022400000000)", "'5881580-07-10'::DATE",
        "'294247-01-10 04:00:54'::TIMESTAMP_S", "'294247-01-10 04:00:54.775'::TIMESTAMP_MS",
        "'294247-01-10 04:00:54.775806+00'::TIMESTAMPTZ",
    ]

    @Test(arguments: times, ["UTC", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati"])
    func `they are read, or refused with a message`(_ time: String, _ zone: String) async throws {
        let folder = try TemporaryFolder("far")
        let engine = try DuckDBEngine(root: folder.path)
        var tables = [TableReference.Rows.query("SELECT \(time) AS t, 1::BIGINT AS i")]
        do throws(TallyError) {
            try await engine.writeQuery("SELECT \(time) AS t, 1::BIGINT AS i", to: folder.path + "/x.parquet")
            tables.append(.files(["x.parquet"], .parquet))
        } catch {
            // Parquet has no place for it.
        }
        for rows in tables {
            for after in [nil, Int64.min, .min + 1, 0, .max - 1, .max] {
                let request = ScanRequest(
                    table: TableReference(rows: rows, timeZone: zone),
                    columns: [ScanRequest.Column(name: "t", type: .timestamp)],
                    after: after.map { ScanRequest.After(columns: ["t"], time: Timestamp(microseconds: $0)) })
                do throws(TallyError) {
                    try await engine.scan(request) { (batch) in #expect(batch.count <= 1) }
                } catch {
                    #expect(error.code != .internal, "\(error)")
                }
            }
        }
    }
}
