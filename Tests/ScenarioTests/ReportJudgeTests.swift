// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

/// Reports and contracts as programs of others read them: sarif-tools, junitparser, PyYAML and `datacontract lint`.
@Suite(.enabled(if: OutsideJudges.python != nil, Comment(rawValue: OutsideJudges.need)))
struct ReportJudgeTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("reports") }

    /// What the judges say of each file in `judged`.
    private func judge() throws -> JSON {
        let process = Process()
        process.executableURL = URL(filePath: OutsideJudges.python ?? "")
        process.arguments = [OutsideJudges.script("report-judge.py"), folder.path + "/judged"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSON(
            parsing: String(decoding: text, as: UTF8.self).split(separator: "\n").last.map(String.init) ?? "")
    }

    private func put(_ arguments: [String], _ name: String) throws {
        try folder.write(try Program.run(arguments, in: folder).output, to: "judged/" + name)
    }

    @Test func `others count what we counted, whatever a producer writes`() throws {
        try folder.write(HostileWordsTests.sound, to: "a b#/c,d:1.odcs.yaml")
        try folder.write(HostileWordsTests.rows, to: "d.csv")
        let verify = ["verify", "--contract", "a b#/c,d:1.odcs.yaml", "--data", "d.csv", "--format"]
        try put(verify + ["sarif"], "findings.sarif")
        try put(verify + ["sarif", "--passes"], "all.sarif")
        try put(verify + ["junit"], "junit.xml")
        try put(["contract", "lint", "a b#/c,d:1.odcs.yaml", "--format", "junit"], "lint.xml")
        try put(["contract", "lint", "a b#/c,d:1.odcs.yaml", "--format", "sarif"], "lint.sarif")
        let ours = try JSON(parsing: Program.run(verify + ["json"], in: folder).output)
        let findings = ours["tables"]?.arrayValue?.first?["findings"]?.arrayValue ?? []
        func count(_ verdict: String) -> Int64 { Int64(findings.count { $0["verdict"]?.stringValue == verdict }) }
        let said = try judge()
        #expect(said["findings.sarif"]?["severities"]?["error"]?.intValue == count("broken"))
        #expect(said["findings.sarif"]?["severities"]?["none"]?.intValue == count("unproven"))
        #expect(said["findings.sarif"]?["locations"] == .array([.string("a%20b%23/c%2Cd%3A1.odcs.yaml")]))
        #expect(said["all.sarif"]?["severities"]?["none"]?.intValue == count("unproven") + count("kept"))
        #expect(count("broken") > 0 && count("unproven") > 0 && count("kept") > 0)
        #expect(said["junit.xml"]?["tests"]?.intValue == Int64(findings.count))
        #expect(said["junit.xml"]?["failures"]?.intValue == count("broken"))
        #expect(said["junit.xml"]?["skipped"]?.intValue == count("unproven"))
        #expect(
            said["junit.xml"]?["names"]?.arrayValue?.compactMap(\.stringValue)
                == findings.compactMap { $0["id"]?.stringValue.map(Medium.terminal.escaped) }
                .map { $0.replacing("#\\u{23}", with: "##") })
        #expect(said["lint.xml"]?["tests"]?.intValue == 1 && said["lint.sarif"]?["severities"] != nil)
    }

    @Test func `others take the contracts that we write`() throws {
        #expect(try Program.run(["init"], in: folder).status == 0)
        try put(["contract", "export", "basket"], "export.yaml")
        try put(["contract", "import", "data/*.csv", "--name", "unlike"], "nothing.txt")
        for name in ["baskets", "outcomes", "spine"] {
            try put(["contract", "import", "data/\(name).csv"], "\(name).yaml")
        }
        try folder.write(HostileWordsTests.sound, to: "hostile.odcs.yaml")
        try put(["contract", "export", "hostile.odcs.yaml"], "hostile.yaml")
        let said = try judge()
        for name in ["export", "baskets", "outcomes", "spine", "hostile"] {
            let answer = said["\(name).yaml"]
            #expect(answer?["result"]?.stringValue == "passed", "\(name): \(answer?.compactText ?? "no answer")")
        }
        #expect(said["hostile.yaml"]?["id"]?.stringValue == "::error::id\u{1B}[31m ##[error]x")
    }
}
