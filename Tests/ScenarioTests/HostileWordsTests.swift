// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

/// What a producer writes, whatever it is, neither moves a cursor nor becomes a command of a pipeline.
@Suite struct HostileWordsTests {
    private static let contract = #"""
        apiVersion: v3.2.0
        kind: DataContract
        id: "::error::id\x1b[31m ##[error]x"
        version: 1.0.0
        status: active
        team: {name: "t\x9b2J"}
        schema:
          - name: t
            properties:
              - {name: "::error::a", logicalType: integer, required: true, description: "a\n::error::forged\n"}
              - {name: "b\x1b[2J|`<b>", logicalType: string, logicalTypeOptions: {pattern: "^[a](x)$"}}
              - {name: "u\u202ev", logicalType: string, logicalTypeOptions: {minLength: 2, maxLength: 1}}
            quality:
              - {type: text, description: "line\n::error::boo [click](https://evil.example) <script> | `x`\a"}
        """#
    static let rows = "::error::a,\"b\u{1B}[2J|`<b>\",u\u{202E}v\n,q,z\n1,a,::error::\n"
    /// The contract without bounds that leave no value.
    static let sound = contract.replacing(", logicalTypeOptions: {minLength: 2, maxLength: 1}", with: "")
    private static let file = "::error::c\nd.odcs.yaml"

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("hostile")
        try folder.write(Self.contract, to: Self.file)
        try folder.write(Self.sound, to: "good.odcs.yaml")
        try folder.write(Self.rows, to: "d.csv")
    }

    /// Nothing unseen, and no line that a runner would obey; those that we mean begin with a command and its place.
    private func expectHarmless(_ arguments: [String], ours: [String] = []) throws -> Program.Outcome {
        let outcome = try Program.run(arguments, in: folder)
        for text in [outcome.output, outcome.error] {
            for line in text.unicodeScalars.split(separator: "\n") {
                let isHidden = line.contains { scalar in
                    scalar.properties.generalCategory == .control || scalar == "\u{202E}" || scalar == "\u{2028}"
                }
                #expect(!isHidden, "\(arguments): \(String(line).debugDescription)")
                let words = String(line.drop { $0.properties.isWhitespace })
                #expect(!words.hasPrefix("::") || ours.contains { words.hasPrefix($0) }, "\(arguments): \(words)")
                #expect(!words.contains("##["), "\(arguments): \(words)")
            }
        }
        return outcome
    }

    @Test(arguments: ["table", "json", "junit", "sarif", "github", "markdown"])
    func `every format of every judge is harmless`(format: String) throws {
        let ours = format == "github" ? ["::error file=", "::warning file=", "::notice file="] : []
        let broken = try expectHarmless(["contract", "lint", Self.file, "--format", format], ours: ours)
        #expect(broken.status == 1, "\(broken.error)")
        let verified = try expectHarmless(
            ["verify", "--contract", "good.odcs.yaml", "--data", "d.csv", "--all", "--format", format], ours: ours)
        #expect(verified.status == 1, "\(verified.error)")
        try folder.write(
            Self.sound.replacing("required: true", with: "required: false").replacing("1.0.0", with: "2.0.0"),
            to: "new.odcs.yaml")
        let compared = try expectHarmless(
            ["contract", "diff", "good.odcs.yaml", "new.odcs.yaml", "--format", format], ours: ours)
        #expect([0, 1, 3].contains(compared.status), "\(compared.error)")
    }

    @Test(arguments: ["table", "json"])
    func `the errors of every command are harmless`(format: String) throws {
        let word = "::error::x\n::error::\u{1B}[2J"
        try folder.write("project: \"::error::p\"\n", to: "tally.yaml")
        for arguments in [
            [word], ["contract", word], ["help", word], ["contract", "lint", word], ["contract", "diff", word, word],
            ["contract", "export", word], ["contract", "import", word], ["contract", "import", word + ".csv"],
            ["verify", "--contract", "good.odcs.yaml", "--data", word + ".csv"],
            ["verify", "--contract", "good.odcs.yaml", "--data", word], ["verify", word],
            ["verify", "--contract", Self.file, "--data", "d.csv"], ["diff", word, word],
            ["diff", "d.csv", word + ".csv"],
            ["show", word], ["list", word], ["get", word], ["get", word, word], ["get", word, "\(word)=1"],
            ["get", word, "--at", word], ["train", word, "--spine", word, "-o", word], ["materialize", word],
            ["compare", word], ["quarantine", "show", word], ["status", word], ["check", "--" + word],
            ["plan", "-C", word],
        ] {
            let outcome = try expectHarmless(arguments + ["--format", format])
            #expect(outcome.status != 0, "\(arguments)")
            guard format == "json" else { continue }
            let lines = outcome.error.split(separator: "\n")
            #expect(!lines.isEmpty, "\(arguments)")
            for line in lines { #expect(throws: Never.self, "\(line)") { try JSON(parsing: String(line)) } }
        }
    }

    @Test func `a definition's words are harmless in plans, lists and checks`() throws {
        try folder.write("project: p\n", to: "tally.yaml")
        try folder.write(
            #"""
            kind: Entity
            name: e
            owner: "o\e[2J\n::error::x"
            description: "::error::d\e[31m"
            joinKeys: [{name: "::error::k", type: int64}]
            ---
            kind: Source
            name: s
            owner: o
            path: "data/::error::\e[2J.csv"
            """#, to: "definitions/d.yaml")
        for arguments in [
            ["check"], ["list"], ["show", "e"], ["plan"], ["apply", "--dry-run"], ["apply"], ["status"],
            ["check", "--format", "json"], ["list", "--format", "json"], ["show", "e", "--format", "json"],
        ] {
            _ = try expectHarmless(arguments)
        }
    }

    @Test(arguments: [
        "../secret.odcs.yaml", "/etc/hostname", "contracts/link.odcs.yaml", "contracts/../../secret.odcs.yaml",
    ])
    func `a contract outside the repository is not read, and no line of it is shown`(_ path: String) throws {
        let outside = try TemporaryFolder("outside")
        let folder = outside.path + "/repository"
        try outside.write("PASSWORD=hunter2\u{1}\n", to: "secret.odcs.yaml")
        try outside.write("project: t\n", to: "repository/tally.yaml")
        try outside.write("id\n1\n", to: "repository/a.csv")
        try outside.write(
            "kind: Source\nname: s\npath: a.csv\ncontract: \(path)\n", to: "repository/definitions/d.yaml")
        try FileManager.default.createDirectory(atPath: folder + "/contracts", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/contracts/link.odcs.yaml", withDestinationPath: outside.path + "/secret.odcs.yaml")
        let check = try Program.run(["-C", "repository", "check"], in: outside)
        #expect(check.status == 1 && !check.output.contains("hunter2"), "\(check.output)")
    }
}
