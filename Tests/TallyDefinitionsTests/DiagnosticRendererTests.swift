// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDefinitions
import TallyModel
import TallyTesting
import Testing

@Suite("DiagnosticRenderer")
struct DiagnosticRendererTests {
    let code = DiagnosticCode("T0207", "a value is not a duration")
    let file = DefinitionFile(path: "features/user.yaml", text: "name: clicks\nwindow: 7 dayz\n")

    private func diagnostic(
        column: Int = 9, length: Int = 6, severity: Diagnostic.Severity = .error, file: String = "features/user.yaml"
    ) -> Diagnostic {
        Diagnostic(
            code, severity: severity, "window '7 dayz' is not a duration",
            at: TallyModel.SourceLocation(file: file, line: 2, column: column, length: length),
            note: "expected a number and one of s, m, h, d", help: "write '7d'")
    }

    @Test
    func `the house's example comes out as it is printed in the style guide`() {
        #expect(
            DiagnosticRenderer.text([diagnostic()], sources: [file]) == """
                features/user.yaml:2:9: error[T0207]: window '7 dayz' is not a duration
                2 | window: 7 dayz
                  |         ^^^^^^ expected a number and one of s, m, h, d
                help: write '7d'

                1 error

                """)
    }

    @Test
    func `colour adds sequences and nothing else`() {
        let diagnostics = [diagnostic(), diagnostic(severity: .warning)]
        let painted = DiagnosticRenderer.text(diagnostics, sources: [file], color: true)
        var plain = ""
        var isInside = false
        for scalar in painted.unicodeScalars {
            if scalar == "\u{1B}" { isInside = true }
            if !isInside { plain.unicodeScalars.append(scalar) }
            if isInside, scalar == "m" { isInside = false }
        }
        #expect(painted != plain)
        #expect(plain == DiagnosticRenderer.text(diagnostics, sources: [file]))
        #expect(plain.hasSuffix("\n1 error, 1 warning\n"))
    }

    @Test
    func `a place in an unknown file is told without its line`() {
        let text = DiagnosticRenderer.text([diagnostic(file: "gone.yaml")], sources: [file])
        #expect(text.hasPrefix("gone.yaml:2:9: error[T0207]: window"))
        #expect(text.contains("\nnote: expected a number"))
        #expect(!text.contains("^"))
    }

    @Test
    func `no diagnostics give no text`() {
        #expect(DiagnosticRenderer.text([], sources: [file]) == "")
        #expect(DiagnosticRenderer.summary([]) == "no problems")
        #expect(DiagnosticRenderer.json([]).compactText == "[]")
    }

    @Test
    func `JSON holds every part, and null for what there is none of`() {
        let bare = Diagnostic(
            code, severity: .warning, "m", at: TallyModel.SourceLocation(file: "f", line: 1, column: 2))
        #expect(
            DiagnosticRenderer.json([diagnostic(), bare]).compactText
                == #"[{"code":"T0207","severity":"error","message":"window '7 dayz' is not a duration","#
                + #""file":"features/user.yaml","line":2,"column":9,"length":6,"#
                + #""note":"expected a number and one of s, m, h, d","help":"write '7d'"},"#
                + #"{"code":"T0207","severity":"warning","message":"m","file":"f","line":1,"column":2,"length":1,"#
                + #""note":null,"help":null}]"#)
    }

    @Test
    func `no place makes the renderer fail, and the caret stays under a line of bounded width`() {
        for seed in UInt64(1)...2_000 {
            var random = SeededGenerator(seed: seed)
            let alphabet: [Character] = ["a", " ", "\t", "é", "風", "\u{301}", "\u{7}", "x"]
            let line = String(
                (0..<Int.random(in: 0...300, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) }
            )
            let place = TallyModel.SourceLocation(
                file: "f", line: Int.random(in: 1...3, using: &random), column: Int.random(in: 1...320, using: &random),
                length: Int.random(in: 1...400, using: &random))
            let text = DiagnosticRenderer.text(
                [Diagnostic(code, "m", at: place)], sources: [DefinitionFile(path: "f", text: line)])
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            guard place.line == 1 else { continue }
            #expect(lines[2].contains("^"), "seed \(seed)")
            #expect(lines[2].count <= 120, "seed \(seed): \(lines[2].count)")
        }
    }
}
