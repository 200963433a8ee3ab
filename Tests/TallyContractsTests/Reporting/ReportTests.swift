// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyModel
import Testing

/// Reports say what was found, in the form of whoever reads them.
@Suite struct ReportTests {
    private static func item(
        _ outcome: ReportItem.Outcome, id: String = "t.x.range", message: String = "promised 1, found 2",
        file: String = "c.odcs.yaml"
    ) -> ReportItem {
        ReportItem(
            rule: "range-\(outcome.rawValue)", ruleSummary: "values are within bounds", id: id, subject: "t.x",
            outcome: outcome, message: message, location: SourceLocation(file: file, line: 3, column: 5, length: 2))
    }

    private static let outcomes: [ReportItem.Outcome] = [.passed, .failed, .warned, .skipped]

    private static func results(_ sarif: JSON) -> [JSON] {
        sarif["runs"]?.arrayValue?.first?["results"]?.arrayValue ?? []
    }

    @Test func `SARIF lists what was found, and kept promises when they are asked for`() {
        let items = Self.outcomes.map { Self.item($0) }
        let findings = SARIFReport.json(items, version: "1")
        #expect(Self.results(findings).compactMap { $0["kind"]?.stringValue } == ["fail", "fail", "open"])
        let driver = findings["runs"]?.arrayValue?.first?["tool"]?["driver"]
        #expect(
            driver?["rules"]?.arrayValue?.compactMap { $0["id"]?.stringValue }
                == ["range-failed", "range-warned", "range-skipped"])
        let all = SARIFReport.json(items, version: "1", passes: true)
        #expect(Self.results(all).compactMap { $0["kind"]?.stringValue } == ["pass", "fail", "fail", "open"])
        #expect(Self.results(SARIFReport.json([Self.item(.passed)], version: "1")).isEmpty)
    }

    @Test func `SARIF has paths as URIs, and no links in messages`() {
        let report = SARIFReport.json(
            [Self.item(.failed, message: "found [a](https://x.example)", file: "a b#/c:d.yaml")], version: "1")
        let result = Self.results(report).first
        #expect(result?["message"]?["text"]?.stringValue == "found \\[a\\](https://x.example)")
        let place = result?["locations"]?.arrayValue?.first?["physicalLocation"]?["artifactLocation"]
        #expect(place?["uri"]?.stringValue == "a%20b%23/c%3Ad.yaml")
    }

    @Test func `no words of a producer leave their line or their cell`() {
        let words = "a|b`\n::error::forged \u{1B}[2J <script>"
        let items = Self.outcomes.map { Self.item($0, id: words, message: words, file: words) }
        let commands = GitHubReport.text(items).split(separator: "\n")
        #expect(commands.count == 3)
        for (command, word) in zip(commands, ["error", "warning", "notice"]) {
            #expect(command.hasPrefix("::\(word) file="))
        }
        let markdown = MarkdownReport.text([(name: words, items: items, coverage: nil)])
        let rows = markdown.split(separator: "\n").filter { $0.hasPrefix("|") }
        #expect(rows.count == 5)
        for row in rows.dropFirst(2) {
            #expect(row.replacing("\\|", with: "").count { $0 == "|" } == 5, "\(row)")
            #expect(!row.contains("<script>"))
        }
        let xml = JUnitReport.text([(name: words, items: items)])
        #expect(!xml.contains("<script>") && xml.contains("&#10;::error::forged \\u{1b}[2J"))
        for text in [GitHubReport.text(items), markdown, xml] { #expect(!text.unicodeScalars.contains("\u{1B}")) }
    }
}
