// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyDefinitions
import TallyModel
import TallyTesting
import Testing

/// The published JSON Schemas as an outside judge: those that datacontract-cli carries, or those in the folder that
/// `TALLY_ODCS_SCHEMAS` names; `TALLY_ODCS_COUNT` tells how many documents each version gets (default 300).
@Suite struct ContractJudgeTests {
    static let environment = ProcessInfo.processInfo.environment
    static let count = environment["TALLY_ODCS_COUNT"].flatMap { UInt64($0) } ?? 300

    /// One line of the judge for each question.
    static func ask(_ questions: [JSON]) throws -> [Substring] {
        guard !questions.isEmpty else { return [] }
        let folder = try TemporaryFolder("judge")
        let asked = try folder.write(questions.map { $0.compactText + "\n" }.joined(), to: "questions")
        let answered = folder.path + "/answers"
        let process = Process()
        process.executableURL = URL(filePath: OutsideJudges.python ?? "")
        process.arguments =
            [OutsideJudges.script("odcs-judge.py"), asked, answered]
            + (environment["TALLY_ODCS_SCHEMAS"].map { [$0] } ?? [])
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try #require(try folder.read("answers")).split(separator: "\n")
    }

    private func structureErrors(_ document: JSON) -> [Diagnostic] {
        let file = DefinitionFile(path: "x.odcs.json", text: document.prettyText)
        let codes = Set(ContractCode.structure)
        return ContractReader.read(file).diagnostics.filter { $0.severity == .error && codes.contains($0.code) }
    }

    /// Why the judge and we differ on purpose; nil when we should not.
    private func intendedDifference(_ document: JSON) -> String? {
        guard let version = document["apiVersion"]?.stringValue else { return nil }
        if version.hasPrefix("v2.") { return "the schemas list 2.2, whose keys they do not know" }
        return nil
    }

    @Test(
        .enabled(if: OutsideJudges.python != nil, Comment(rawValue: OutsideJudges.need)),
        arguments: SampleContracts.all)
    func `what the published schema accepts is read, and what it refuses is refused`(_ contract: SampleContracts.Sample)
        throws
    {
        let version = contract.version
        let sample = try #require(ContractReader.read(contract.file).contract?.document)
        var documents = [sample]
        for seed in 1...Self.count {
            var random = SeededGenerator(seed: seed)
            var document = sample
            if seed % 8 == 0 {
                guard case .members(let members) = document else { continue }
                document = .members(
                    members.filter { $0.name != "servers" } + [
                        .init("servers", .array([ContractMutation.server(&random)]))
                    ])
            } else {
                for _ in 0..<Int.random(in: 1...2, using: &random) {
                    document = ContractMutation.apply(to: document, &random)
                }
            }
            if document["apiVersion"] == sample["apiVersion"] { documents.append(document) }
        }
        let answers = try Self.ask(documents.map { .object([("version", .string(version)), ("document", $0)]) })
        try #require(answers.count == documents.count)
        // The standard's own pipeline holds every document by the newest schema; what is valid already needs no second word.
        var newest = answers
        let asked = version == "3.2.0" ? [] : answers.indices.filter { answers[$0] != "valid" }
        let second = try Self.ask(asked.map { .object([("version", .string("3.2.0")), ("document", documents[$0])]) })
        try #require(second.count == asked.count)
        for (place, answer) in zip(asked, second) { newest[place] = answer }
        var (valid, refused, missed) = (0, 0, 0)
        for (document, (answer, last)) in zip(documents, zip(answers, newest)) {
            let ours = structureErrors(document)
            if answer == "valid" { valid += 1 }
            guard intendedDifference(document) == nil else { continue }
            // Where an old file has later words, each place is let pass that either schema lets pass.
            if answer != "valid", last != "valid", version != "3.2.0" {
                (refused, missed) = (refused + 1, missed + (ours.isEmpty ? 1 : 0))
                continue
            }
            #expect(
                (answer == "valid" || last == "valid") == ours.isEmpty,
                "judge: \(answer)\nours: \(ours.map { "\($0.location.line): \($0.message)" })\n\(document.compactText)")
        }
        #expect(answers[0] == "valid")
        #expect(missed * 20 <= refused, "\(missed) of \(refused) that both refuse are let pass")
        #expect(
            (documents.count / 20...documents.count * 3 / 4).contains(valid), "\(valid) of \(documents.count) valid")
    }
}
