// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDefinitions
import TallyModel
import TallyTesting
import Testing

@Suite("Mutated definitions")
struct FuzzTests {
    /// Characters that mean something to YAML or to expressions, and some that mean nothing anywhere.
    static let characters = Array(
        ":-{}[],#&*!|>'\"%@`?~ \n\t\\=+()<0a_é風\u{0}\u{7}\u{85}\u{2028}\u{FEFF}\u{F0000}\r".unicodeScalars)

    @Test(arguments: 0..<4)
    func `20,000 mutations never crash, and nothing is lost without a word`(_ quarter: Int) throws {
        let documents = [
            SampleRepository.entities, SampleRepository.sources, SampleRepository.views, SampleRepository.services,
        ].flatMap { $0.split(separator: "---\n").map(String.init) }
        let project = DefinitionFile(path: "tally.yaml", text: "project: p")
        var silent = 0
        for seed in UInt64(quarter) * 5_000 + 1...UInt64(quarter) * 5_000 + 5_000 {
            var random = SeededGenerator(seed: seed)
            let original = documents.randomElement(using: &random) ?? ""
            var text = original
            for _ in 0..<Int.random(in: 1...3, using: &random) { text = Self.mutate(text, &random) }
            let file = DefinitionFile(path: "definitions/x.yaml", text: text)
            let repository = RepositoryReader.read(files: [project, file])
            let hasErrors = repository.diagnostics.contains { $0.severity == .error }
            if !hasErrors {
                silent += 1
                let written = Self.documentCount(text)
                #expect(repository.definitions.count == written, "seed \(seed): \(text)")
            }
            for diagnostic in repository.diagnostics {
                #expect(diagnostic.location.line >= 1 && diagnostic.location.column >= 1, "seed \(seed)")
            }
            guard seed % 16 == 0 else { continue }
            let result = repository.check(descriptions: SampleRepository.descriptions)
            #expect((result.set == nil) == result.hasErrors, "seed \(seed): \(text)")
            let rendered = DiagnosticRenderer.text(result.diagnostics, sources: repository.files)
            #expect(rendered.isEmpty == result.diagnostics.isEmpty, "seed \(seed)")
        }
        // Some mutations do no harm (a changed description), most do.
        #expect((100...4_000).contains(silent), "\(silent) mutations without an error")
    }

    /// The documents of a text that hold more than comments, counted by lines as YAML marks them.
    private static func documentCount(_ text: String) -> Int {
        var counts = [0]
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            var content = line[...]
            if line == "---" || line.hasPrefix("--- ") || line.hasPrefix("---\t") {
                counts.append(0)
                content = line.dropFirst(3)
            }
            let first = content.first { $0 != " " && $0 != "\t" }
            if let first, first != "#", content != "..." { counts[counts.count - 1] += 1 }
        }
        return counts.count { $0 > 0 }
    }

    static func mutate(_ text: String, _ random: inout SeededGenerator) -> String {
        var scalars = Array(text.unicodeScalars)
        guard !scalars.isEmpty else { return text }
        let index = Int.random(in: 0..<scalars.count, using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: scalars.remove(at: index)
        case 1, 2: scalars.insert(characters.randomElement(using: &random) ?? " ", at: index)
        case 3: scalars[index] = characters.randomElement(using: &random) ?? " "
        case 4: scalars.removeSubrange(index..<min(scalars.count, index + Int.random(in: 1...20, using: &random)))
        default: return mutateLines(text, &random)
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func mutateLines(_ text: String, _ random: inout SeededGenerator) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let index = Int.random(in: 0..<lines.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: lines.remove(at: index)
        case 1: lines.insert(lines[index], at: index)
        case 2: lines.swapAt(index, Int.random(in: 0..<lines.count, using: &random))
        case 3: lines[index] = " " + lines[index]
        case 4: lines[index] = String(lines[index].drop { $0 == " " })
        default:
            lines.insert(
                ["---", "...", "- a", "name: x", "%YAML 1.1", "\t", "? a"].randomElement(using: &random) ?? "",
                at: index)
        }
        return lines.joined(separator: "\n")
    }
}
