// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyDefinitions

@Suite struct ContractWriterTests {
    /// Texts that some reader of YAML takes for something else.
    static let texts = [
        "", " ", "yes", "No", "on", "OFF", "y", "null", "Null", "~", "true", "False", "1", "-1", "+1", "1.5", "1e3",
        ".5",
        "1_000", "0x1F", "0o17", "017", "0b11", "1:30", "190:20:30.15", "2024-01-31", "2024-01-31T10:00:00Z",
        "2024-01-31 10:00:00", ".inf", "-.inf", ".NaN", "<<", "=", "-", "- a", "? a", ": a", "a: b", "a:", "a #b", "#a",
        "a#b", "&a", "*a", "!a", "|", ">", "'a'", "\"a\"", "%a", "@a", "`a", "[a]", "{a}", "a, b", "...", "---",
        "--- a",
        " a", "a ", "\ta", "a\tb", "a\nb", "a\nb\n", "a\n\nb\n", "a\n b", " a\nb", "\na", "a\n\n", "a\n \nb", "a\r\nb",
        "a\u{85}b", "a\u{2028}b", "a\u{FEFF}b", "\u{0}", "\u{7F}", "é", "風", "😀", "a\\b", "it's", "1.0.0", "2.0.0-rc.1",
        "v3.2.0", "<a>", "12 monkeys", "e", "1e", "0x", "1.2.3.4", "12:00", "09:00-08:00",
    ]

    static func random(_ random: inout SeededGenerator, depth: Int = 0) -> JSON {
        switch Int.random(in: 0..<(depth > 3 ? 6 : 9), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .int([0, 1, -7, .max, .min].randomElement(using: &random) ?? 0)
        case 3:
            let number = Double(bitPattern: UInt64.random(in: 0 ... .max, using: &random))
            return .double(number.isFinite ? number : 4)
        case 4, 5: return .string(text(&random))
        case 6:
            return .array(
                (0..<Int.random(in: 0...3, using: &random)).map { _ in Self.random(&random, depth: depth + 1) })
        default:
            var names: Set<String> = []
            let members = (0..<Int.random(in: 0...4, using: &random)).compactMap { _ -> JSON.Member? in
                let name = text(&random)
                guard names.insert(name).inserted else { return nil }
                return .init(name, Self.random(&random, depth: depth + 1))
            }
            return .members(members)
        }
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        if Bool.random(using: &random) { return texts.randomElement(using: &random) ?? "" }
        return (0..<Int.random(in: 0...4, using: &random)).map { _ in texts.randomElement(using: &random) ?? "" }
            .joined()
    }

    private func reread(_ text: String) -> (JSON?, [Diagnostic]) {
        let findings = DiagnosticCollector()
        let root = ContractReader.root(of: DefinitionFile(path: "x.odcs.yaml", text: text), findings)
        return (root?.json, findings.diagnostics)
    }

    @Test(arguments: 0..<4)
    func `what is written is read back the same`(_ quarter: UInt64) {
        for seed in quarter * 150 + 1...quarter * 150 + 150 {
            var random = SeededGenerator(seed: seed)
            let document = JSON.array([Self.random(&random), Self.random(&random)])
            let text = ContractWriter.yaml(document)
            let (found, problems) = reread(text)
            #expect(found == document, "seed \(seed):\n\(text)")
            #expect(problems == [], "seed \(seed):\n\(text)")
        }
    }

    @Test(.enabled(if: OutsideJudges.python != nil, Comment(rawValue: OutsideJudges.need)))
    func `other readers of YAML read the same`() throws {
        let documents =
            [JSON.array(Self.texts.map { .string($0) })]
            + (1...1_000).map { seed in
                var random = SeededGenerator(seed: UInt64(seed))
                return JSON.array([Self.random(&random)])
            }
        let answers = try ContractJudgeTests.ask(
            documents.map { .object([("yaml", .string(ContractWriter.yaml($0))), ("document", $0)]) })
        #expect(answers.count == documents.count)
        for (document, answer) in zip(documents, answers) where answer != "valid" {
            Issue.record("\(answer)\n\(ContractWriter.yaml(document))")
        }
    }

    @Test func `a contract is written as people write it`() {
        let document = JSON.object([
            ("apiVersion", .string("v3.2.0")), ("version", .string("1.0.0")),
            ("tags", .array([.string("on"), .int(5)])),
            (
                "description",
                .object([("purpose", .string("First line.\nSecond line.\n")), ("limitations", .members([]))])
            ),
            ("schema", .array([.object([("name", .string("weather")), ("properties", .array([]))])])),
        ])
        #expect(
            ContractWriter.yaml(document) == """
                apiVersion: v3.2.0
                version: "1.0.0"
                tags:
                  - "on"
                  - 5
                description:
                  purpose: |
                    First line.
                    Second line.
                  limitations: {}
                schema:
                  - name: weather
                    properties: []

                """)
    }
}

@Suite struct ContractUpgradeTests {
    /// A promise without its place.
    private func lines(_ contract: Contract?) -> [String] {
        (contract?.objects ?? []).flatMap(\.promises).map { promise in
            let arguments = promise.arguments.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.canonicalText)" }
            return "\(promise.id) \(promise.severity) \(String(describing: promise.reaction)) \(arguments)"
        }
    }

    private func read(_ document: JSON) -> LoadedContract {
        ContractReader.read(SampleContracts.file(ContractWriter.yaml(document)))
    }

    @Test(arguments: SampleContracts.all)
    func `an upgraded contract promises the same`(_ sample: SampleContracts.Sample) throws {
        let before = try #require(ContractReader.read(sample.file).contract)
        let upgraded = ContractUpgrade.toLatest(before.document)
        let after = read(upgraded)
        #expect(!after.hasErrors, "\(DiagnosticRenderer.text(after.diagnostics, sources: after.files))")
        #expect(after.contract?.standard == "v3.2.0")
        #expect(lines(after.contract) == lines(before))
        #expect(after.contract?.objects.map(\.meaning) == before.objects.map(\.meaning))
        #expect(after.contract?.owner == before.owner)
        #expect(ContractUpgrade.toLatest(upgraded) == upgraded)
    }

    @Test(arguments: SampleContracts.all)
    func `what an older version accepts, the newest accepts after the upgrade`(_ sample: SampleContracts.Sample) throws
    {
        let original = try #require(ContractReader.read(sample.file).contract?.document)
        let structure = Set(ContractCode.structure)
        func problems(_ document: JSON) -> [Diagnostic] {
            read(document).diagnostics.filter { structure.contains($0.code) }
        }
        var count = 0
        var upgrades: [JSON] = []
        for seed in UInt64(1)...150 {
            var random = SeededGenerator(seed: seed)
            let document = ContractMutation.apply(to: original, &random)
            guard document["apiVersion"] == original["apiVersion"], problems(document).isEmpty else { continue }
            count += 1
            let upgraded = ContractUpgrade.toLatest(document)
            upgrades.append(upgraded)
            let found = problems(upgraded)
            #expect(found == [], "seed \(seed): \(found.map(\.message))\n\(document.compactText)")
        }
        #expect(count > 25)
        guard OutsideJudges.python != nil else { return }
        let answers = try ContractJudgeTests.ask(
            upgrades.map { .object([("version", .string("3.2.0")), ("document", $0)]) })
        #expect(answers.allSatisfy { $0 == "valid" }, "\(answers.filter { $0 != "valid" })")
    }
}
