// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

/// What footers say of values is what the rows say.
@Suite struct DuckDBFooterTests {
    @Test(arguments: [
        ("exclusiveMaximum", 0.1, Verdict.broken), ("maximum", 0.1, .kept), ("exclusiveMinimum", 0.1, .broken),
        ("exclusiveMaximum", 0.3, .kept),
    ])
    func `a bound of float32 is met by the float32 that is written so`(name: String, bound: Double, verdict: Verdict)
        async throws
    {
        for rows in ["SELECT 0.1::FLOAT AS x", "SELECT unnest([0.1, NULL])::FLOAT AS x"] {
            let finding = try await PromisedTable(file: rows).finding("range", "x", [name: .double(bound)])
            #expect(finding.verdict == verdict, "\(rows): \(finding.observed)")
        }
    }
}
