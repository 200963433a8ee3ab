// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyContracts
import Testing

/// The table of checks in docs/contract-semantics.md is printed from the catalogue; `TALLY_REWRITE=1 swift test` writes it again.
@Suite struct ContractSemanticsTests {
    @Test func `the document's table of checks is the catalogue's`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "docs/contract-semantics.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let begin = try #require(text.range(of: "<!-- checks -->\n"), "the first marker is missing")
        let end = try #require(text.range(of: "<!-- end of checks -->"), "the last marker is missing")
        let wanted = Self.table
        if ProcessInfo.processInfo.environment["TALLY_REWRITE"] == "1" {
            let rewritten = text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: wanted)
            try rewritten.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let found = String(text[begin.upperBound..<end.lowerBound])
        let differing = zip(found.split(separator: "\n"), wanted.split(separator: "\n")).first { $0 != $1 }
        #expect(
            found == wanted,
            "first difference: \(String(describing: differing)); run TALLY_REWRITE=1 swift test --filter ContractSemanticsTests"
        )
    }

    @Test func `every check is in the catalogue once and says what it promises`() {
        let names = CheckCatalogue.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(CheckCatalogue.all.allSatisfy { !$0.summary.isEmpty && !$0.rules.isEmpty })
    }

    private static var table: String {
        var lines = ["| check | level | promises | rules |", "| --- | --- | --- | --- |"]
        for check in CheckCatalogue.all {
            let cells = ["`\(check.name)`", check.level.rawValue, check.summary, check.rules]
            lines.append("| " + cells.map(escaped).joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A bar ends a cell even inside code.
    private static func escaped(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}
