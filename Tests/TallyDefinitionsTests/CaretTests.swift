// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDefinitions
import TallyExpressions
import TallyModel
import TallyTesting
import Testing

/// Writes an expression as a YAML scalar in any style and asks where the caret for its one unknown column stands.
@Suite("Carets inside scalars")
struct CaretTests {
    @Test
    func `the caret of an unknown column covers exactly its letters, however the expression is written`() throws {
        for seed in UInt64(1)...1_500 {
            var random = SeededGenerator(seed: seed)
            let scalar = Self.scalar(&random)
            let view = """
                kind: FeatureView
                name: v
                owner: o
                entities: [e]
                source: s
                features:
                  - name: f
                    type: bool
                    expression: \(scalar)
                    unit: none

                """
            let repository = RepositoryReader.read(files: [
                SampleRepository.project,
                DefinitionFile(
                    path: "definitions/a.yaml", text: "kind: Entity\nname: e\njoinKeys: [{name: k, type: int64}]\n"),
                DefinitionFile(path: "definitions/b.yaml", text: "kind: Source\nname: s\npath: s.csv\n"),
                DefinitionFile(path: "definitions/v.yaml", text: view),
            ])
            let columns: [(String, DataType)] = [("k", .int64), ("x", .float64), ("known", .float64), ("t", .string)]
            let result = repository.check(descriptions: ["s": SampleRepository.described(columns)])
            let diagnostic = try #require(result.diagnostics.first, "seed \(seed): \(view)")
            #expect(result.diagnostics.map(\.code) == [ExpressionCode.unknownColumn], "seed \(seed): \(view)")
            let place = diagnostic.location
            let line = try #require(repository.positions.sourceLine(place))
            let found = String(line.unicodeScalars.dropFirst(place.column - 1).prefix(place.length))
            #expect(found == "nowhere" || found == "n\\u006fwhere", "seed \(seed): '\(found)' in \(view)")
        }
    }

    /// A true expression with one unknown column, broken over lines and escaped at random.
    private static func scalar(_ random: inout SeededGenerator) -> String {
        let parts = ["x > 1.0", "known < x", "t = 'it''s'", "t = 'größer – 風'", "(x is null)", "x + known >= 2.5"]
        var words = (0..<Int.random(in: 0...3, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }
        words.insert("nowhere > 0.5", at: Int.random(in: 0...words.count, using: &random))
        let style = Int.random(in: 0..<5, using: &random)
        let indent = "        "
        func gap(_ random: inout SeededGenerator, _ breaks: [String]) -> String {
            Bool.random(using: &random) ? " and " : " and" + (breaks.randomElement(using: &random) ?? "")
        }
        func joined(_ breaks: [String], _ escape: (String) -> String) -> String {
            var text = ""
            for (index, word) in words.enumerated() {
                text += (index == 0 ? "" : gap(&random, breaks)) + escape(word)
            }
            return text
        }
        let folds = ["\n\(indent)", " \n\(indent)  ", "\n\n\(indent)", "\n\n\n\(indent) "]
        switch style {
        case 0: return joined(folds) { $0 }
        case 1:
            return "'"
                + joined(folds) { $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") }
                + "'"
        case 2:
            let escaped = Bool.random(using: &random)
            return "\""
                + joined(folds + [" \\\n\(indent)", " \\\n\n\(indent)\\ "]) { word in
                    escaped && word.hasPrefix("nowhere") ? "n\\u006fwhere" + word.dropFirst(7) : word
                } + "\""
        case 3:
            let header = ["|", "|-", "|+", "| # a comment", "|2"].randomElement(using: &random) ?? "|"
            return header + "\n\(header == "|2" ? "      " : indent)"
                + joined(["\n\(indent)", "\n\n\(indent)", "\n\(indent)  "]) { $0 }
        default:
            let header = [">", ">-", ">+", ">4"].randomElement(using: &random) ?? ">"
            return header + "\n\(indent)" + joined(folds.map { $0 == folds[1] ? "\n\(indent)  " : $0 }) { $0 }
        }
    }
}
