// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@testable import TallyStore

/// What a verdict's file says is taken only where its numbers fit each other.
@Suite struct GateVerdictTests {
    private static let digest = Fingerprint(of: "x".utf8).hex

    private func read(_ rows: String, _ setAside: String, _ replayed: [String], _ discarded: String) throws
        -> GateVerdict?
    {
        let later = replayed.map { #"{"path":"p","sha256":"\#(Self.digest)","size":1,"rows":\#($0),"at":5}"# }
        return GateVerdict(
            json: try JSON(
                parsing: """
                    {"tallystick":"gate verdict","sha256":"\(Self.digest)","making":null,"path":"a","promises":\
                    "\(Self.digest)","decidedAt":"2026-01-01T00:00:00Z","rows":\(rows),"setAside":\(setAside),\
                    "accepted":null,"acceptedSha256":null,"acceptedSize":0,"quarantined":null,\
                    "replayed":[\(later.joined(separator: ","))],"discarded":\(discarded)}
                    """))
    }

    @Test func `a verdict whose numbers fit is read`() throws {
        let verdict = try #require(try read("10", "4", ["1", "2"], "1"))
        #expect(verdict.waiting == 0 && verdict.visibleRows == 9)
    }

    @Test(arguments: [
        ("10", "11", [], "0"), ("10", "4", ["3", "2"], "0"), ("10", "4", [], "5"), ("-1", "0", [], "0"),
        ("10", "4", [], "-9223372036854775808"),
        ("10", "4", ["\"9223372036854775807\"", "\"9223372036854775807\""], "0"),
        ("\"9223372036854775807\"", "0", [], "0"), ("\"-9223372036854775808\"", "\"-9223372036854775808\"", ["1"], "1"),
    ])
    func `a verdict whose numbers cannot be is none, and ends no process`(
        rows: String, setAside: String, replayed: [String], discarded: String
    ) throws {
        #expect(try read(rows, setAside, replayed, discarded) == nil)
    }
}
