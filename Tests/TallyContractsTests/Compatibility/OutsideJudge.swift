// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting

/// Another program that has an opinion on pairs of contracts: a script in `scripts/` that asks it.
struct OutsideJudge {
    let script: String

    /// What the script prints about some pairs, as JSON.
    func answers(_ pairs: [(old: JSON, new: JSON)]) async throws -> [JSON] {
        let folder = try TemporaryFolder("judge")
        let text = JSON.array(pairs.map { .object([("old", $0.old), ("new", $0.new)]) }).compactText
        let (input, output) = (try folder.write(text, to: "pairs.json"), try folder.write("", to: "answers.json"))
        let process = Process()
        process.executableURL = URL(filePath: OutsideJudges.python ?? "")
        process.arguments = [OutsideJudges.script(script), input]
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
        process.standardInput = FileHandle.nullDevice
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        let printed = try folder.read("answers.json") ?? ""
        let last = printed.split(separator: "\n").last.map(String.init) ?? ""
        guard status == 0, let answers = try JSON(parsing: last).arrayValue, answers.count == pairs.count else {
            throw TallyError(.internal, "\(script) ended with \(status): \(printed.suffix(300))")
        }
        return answers
    }
}
