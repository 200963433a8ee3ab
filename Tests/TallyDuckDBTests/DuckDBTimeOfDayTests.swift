// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

/// Columns of text files of which a contract says that they hold times of day.
@Suite struct DuckDBTimeOfDayTests {
    @Test(arguments: [
        ("12:30:00\n23:59:59\n", Verdict.kept), ("12:30\n08:15:30.25+02:00\n\n", .kept),
        ("12:30:00\nbanana\n", .broken), ("banana\n", .broken), ("1230\n", .broken), ("24:30:00\nx\n", .broken),
        ("2024-01-01 12:30:00\n", .broken), ("2024-01-01\n", .broken), ("\n", .unproven), ("\"\"\n", .broken),
    ])
    func `each text has to be a time`(rows: String, verdict: Verdict) async throws {
        let table = try PromisedTable(csv: "x,i\n" + rows.replacing("\n", with: ",1\n"))
        let column = Contract.Column(name: "x", logicalType: "time")
        let finding = try await table.finding("logicalType", "x", ["type": .string("time")], columns: [column])
        #expect(finding.verdict == verdict, "\(finding.observed)")
    }
}
