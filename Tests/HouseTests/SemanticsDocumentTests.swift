// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing

/// The law and what cites it: `docs/semantics.md`, the code, the documents, and what holds each rule.
@Suite struct SemanticsDocumentTests {
    /// A rule of the document: its number, and whether the margin says that it is not built.
    struct Rule: Hashable {
        let number: String
        let isBuilt: Bool
        var section: String { String(number.prefix { $0 != "." }) }
    }

    static let path = "docs/semantics.md"
    static let own = "Tests/HouseTests/SemanticsDocumentTests.swift"
    static let law = SourceTree.read(path) ?? ""

    static let rules: [Rule] = law.matches(of: #/(?m)^\*\*([0-9]+\.[0-9]+) [^*]+\*\*( \*\*\(not built\)\*\*)?/#).map {
        Rule(number: String($0.1), isBuilt: $0.2 == nil)
    }

    /// Numbers behind the word, as `1.3`, `2 and 9`, `1 to 3` or `2, 9, 10` name them.
    static func citations(in text: String) -> [String] {
        let list = #/SEMANTICS[\s/]+([0-9]+(?:\.[0-9]+)?(?:(?:, | and | to )[0-9]+(?:\.[0-9]+)?)*)/#
        return text.matches(of: list).flatMap { match in
            match.1.matches(of: #/[0-9]+(?:\.[0-9]+)?/#).map { String($0.0) }
        }
    }

    @Test func `rules are numbered one by one, under headings of their section`() {
        var section = 0
        var rule = 0
        for line in law.split(separator: "\n") {
            if let heading = line.firstMatch(of: #/^## ([0-9]+)\. /#) {
                section += 1
                rule = 0
                #expect(String(heading.1) == "\(section)")
            } else if let number = line.firstMatch(of: #/^\*\*([0-9]+\.[0-9]+) /#) {
                rule += 1
                #expect(String(number.1) == "\(section).\(rule)")
            }
        }
        #expect(Self.rules.count > 60)
    }

    @Test func `every cited number is a rule or a section`() {
        let known = Set(Self.rules.map(\.number)).union(Self.rules.map(\.section))
        let texts =
            SourceTree.swiftFiles + SourceTree.documents
            + SourceTree.files(under: ["Tests/Scenarios"], suffix: "rule.txt")
        var cited = 0
        for file in texts where file.path != Self.path && file.path != Self.own {
            for number in Self.citations(in: file.text) {
                cited += 1
                #expect(known.contains(number), "\(file.path) cites SEMANTICS \(number), which is not there")
            }
        }
        #expect(cited > 80)
    }

    @Test func `each rule that is built is held by a scenario, a vector or a test`() {
        let held = Set(holders.flatMap { Self.citations(in: $0.text) })
        for rule in Self.rules where rule.isBuilt {
            #expect(held.contains(rule.number), "no scenario, vector or test cites SEMANTICS \(rule.number)")
        }
    }

    @Test func `no scenario runs a rule that is not built, and their number only falls`() {
        let run = SourceTree.files(under: ["Tests/Scenarios"], suffix: "rule.txt")
        let cited = Set(run.flatMap { Self.citations(in: $0.text) })
        for rule in Self.rules where !rule.isBuilt {
            #expect(!cited.contains(rule.number), "a scenario runs SEMANTICS \(rule.number): the margin is wrong")
        }
        #expect(Self.rules.count { !$0.isBuilt } <= 34)
    }

    @Test func `citations are read in every form they are written in`() {
        #expect(Self.citations(in: "(SEMANTICS 1.3 and 9)") == ["1.3", "9"])
        #expect(Self.citations(in: "SEMANTICS 2, 9, 10) SEMANTICS\n/// 1.1.") == ["2", "9", "10", "1.1"])
        #expect(Self.citations(in: "SEMANTICS 1 to 3 word for word; semantics 4").count == 2)
    }

    private var law: String { Self.law }

    private var holders: [SourceTree.File] {
        SourceTree.files(under: ["Tests/Scenarios"], suffix: "rule.txt")
            + SourceTree.files(under: ["Tests"], suffix: ".swift").filter { $0.path != Self.own }
    }
}
