// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyStore

/// What a verdict's file says is taken only where it is as it was written, and where its members fit each other.
@Suite struct GateVerdictTests {
    private static let digest = Fingerprint(of: "x".utf8).hex

    /// A verdict as versions wrote it that made no checksum.
    private func old(
        _ rows: String, _ setAside: String, _ replayed: [String], _ discarded: String, accepted: String = "\"b\"",
        acceptedDigest: String = "\"\(Self.digest)\"", size: String = "7", quarantined: String = "null"
    ) -> String {
        let later = replayed.map { #"{"path":"p","sha256":"\#(Self.digest)","size":1,"rows":\#($0),"at":5}"# }
        return """
            {"tallystick":"gate verdict","sha256":"\(Self.digest)","making":null,"path":"a","promises":\
            "\(Self.digest)","decidedAt":"2026-01-01T00:00:00Z","rows":\(rows),"setAside":\(setAside),\
            "accepted":\(accepted),"acceptedSha256":\(acceptedDigest),"acceptedSize":\(size),"quarantined":\(quarantined),\
            "replayed":[\(later.joined(separator: ","))],"discarded":\(discarded)}
            """
    }

    private func read(_ text: String) throws -> GateVerdict? { GateVerdict(json: try JSON(parsing: text)) }

    /// A verdict as it is written, on a file of which rows wait.
    private func written() throws -> JSON {
        var verdict = try #require(try read(old("3000", "300", ["20"], "10", quarantined: "\"q\"")))
        #expect(!verdict.isSealed && verdict.json["checksum"] == nil && verdict.waitingFile == nil)
        verdict.wait(in: KeptFile(path: "q", size: 9, digest: Fingerprint(of: "q".utf8)))
        return verdict.json
    }

    @Test func `a verdict of an earlier version whose members fit is read`() throws {
        let verdict = try #require(try read(old("10", "4", ["1", "2"], "1")))
        #expect(verdict.waiting == 0 && verdict.visibleRows == 9 && !verdict.isSealed)
        #expect(try read(old("10", "0", [], "0", accepted: "null", acceptedDigest: "null", size: "0")) != nil)
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
        #expect(try read(old(rows, setAside, replayed, discarded)) == nil)
        #expect(try read(old(rows, setAside, replayed, discarded, quarantined: "\"q\"")) == nil)
    }

    @Test func `each row is in one place, and each place is named`() throws {
        // Rows that were set aside, and no copy without them: the whole file would count.
        #expect(try read(old("10", "4", ["4"], "0", accepted: "null", acceptedDigest: "null", size: "0")) == nil)
        #expect(try read(old("10", "4", ["4"], "0", acceptedDigest: "null")) == nil)
        #expect(try read(old("10", "4", ["4"], "0", size: "-1")) == nil)
        #expect(try read(old("10", "0", [], "0")) == nil)
        // Rows that wait nowhere, and a file of rows that do not wait.
        #expect(try read(old("10", "4", ["3"], "0")) == nil)
        #expect(try read(old("10", "4", ["4"], "0", quarantined: "\"q\"")) == nil)
        #expect(try read(old("10", "4", ["4"], "0").replacing("gate verdict", with: "verdict")) == nil)
    }

    @Test func `what is written has a checksum, and reads back as it was`() throws {
        let json = try written()
        let verdict = try #require(GateVerdict(json: json))
        #expect(verdict.isSealed && verdict.waiting == 270)
        #expect(verdict.waitingFile == KeptFile(path: "q", size: 9, digest: Fingerprint(of: "q".utf8)))
        #expect(try JSON(parsing: json.prettyText).canonicalText == json.canonicalText)
        #expect(GateVerdict.isUntouched(try JSON(parsing: json.prettyText)))
    }

    @Test func `whichever member is changed, added or taken away, the checksum tells`() throws {
        let members = try #require(try written().objectValue)
        for index in members.indices where members[index].name != "checksum" {
            let name = members[index].name
            var (changed, missing) = (members, members)
            missing.remove(at: index)
            let value: JSON =
                switch members[index].value {
                case .int(let number): .int(number == 0 ? 1 : number / 10)
                case .string(let text): .string(text + "0")
                case .null: .bool(false)
                case .array, .members, .bool, .double: .array([])
                }
            changed[index] = JSON.Member(name, value)
            for other in [changed, missing, members + [JSON.Member("more", .null)]] {
                #expect(!GateVerdict.isUntouched(.members(other)), "\(name)")
                #expect(GateVerdict(json: .members(other)) == nil, "\(name)")
            }
        }
        for checksum in [JSON.null, .string("x"), .int(1), .string(Self.digest)] {
            let others = members.filter { $0.name != "checksum" } + [JSON.Member("checksum", checksum)]
            #expect(!GateVerdict.isUntouched(.members(others)))
        }
    }

    @Test func `a verdict names files in its table's folder only`() {
        let folder = GateFolder(root: "/r", table: "t")
        for file in ["a.parquet", "day=1/a.parquet", "accepted/a.csv", "accepted/day=1/a.csv"] {
            #expect(folder.holds(".tally/quarantine/t/" + file), "\(file)")
        }
        for file in [
            "data/a.csv", "/etc/passwd", ".tally/quarantine/u/a.parquet", ".tally/quarantine/t", ".tally/quarantine/t/",
            ".tally/quarantine/t/../u/a.parquet", ".tally/quarantine/t/./a", ".tally/quarantine/t//a",
            ".tally/quarantine/t/verdicts/a.json", ".tally/quarantine/t/lock", ".tally/quarantine/t/accepted",
        ] {
            #expect(!folder.holds(file), "\(file)")
        }
    }

    @Test func `what a killed decision wrote goes, but for what a verdict names and what nobody noted`() throws {
        let folder = try TemporaryFolder("killed")
        let gate = GateFolder(root: folder.path, table: "t")
        let path = ".tally/quarantine/t/"
        for file in ["kept.parquet", "accepted/kept.csv", "left.parquet", "accepted/left.csv", "own.parquet"] {
            try folder.write("x", to: path + file)
        }
        try folder.write("x", to: "data.csv")
        let text = old(
            "10", "4", [], "0", accepted: "\"\(path)accepted/kept.csv\"", quarantined: "\"\(path)kept.parquet\"")
        try folder.write(text, to: path + "verdicts/\(Self.digest).json")
        let noted = [
            "kept.parquet", "accepted/kept.csv", "left.parquet", "accepted/left.csv", "verdicts/\(Self.digest).json",
        ]
        try gate.begin(noted.map { path + $0 } + ["data.csv", "../data.csv"])
        #expect(gate.isUnfinished)
        // While a verdict cannot be read, nobody knows what it names.
        try folder.write("{", to: path + "verdicts/\(String(repeating: "a", count: 64)).json")
        gate.finishKilled()
        #expect(gate.isUnfinished && folder.names(in: path).contains("left.parquet"))
        FileName.remove(folder.path + "/" + path + "verdicts/\(String(repeating: "a", count: 64)).json")
        gate.finishKilled()
        #expect(!gate.isUnfinished && folder.names.contains("data.csv"))
        #expect(folder.names(in: path) == ["accepted", "kept.parquet", "own.parquet", "verdicts"])
        #expect(folder.names(in: path + "accepted") == ["kept.csv"])
        #expect(folder.names(in: path + "verdicts").count == 1)
    }
}
