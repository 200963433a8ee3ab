// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Writes diagnostics for people, with the line and a caret, or for programs.
public enum DiagnosticRenderer {
    /// Diagnostics in the given order, each with its line, a caret and its help, and a last line that counts them.
    ///
    /// `sources` are the files the places speak of; a place in any other file is told without its line. The text ends in a
    /// line feed, and is empty when there are no diagnostics. `color` adds terminal sequences and nothing else; others that
    /// a file's words hold are written out.
    public static func text(_ diagnostics: [Diagnostic], sources: [DefinitionFile], color: Bool = false) -> String {
        guard !diagnostics.isEmpty else { return "" }
        let texts = Dictionary(sources.map { ($0.path, SourceText($0)) }) { first, _ in first }
        let paint = Paint(isOn: color)
        let blocks = diagnostics.map { block($0, texts[$0.location.file], paint) }
        return blocks.joined(separator: "\n") + "\n" + summary(diagnostics) + "\n"
    }

    /// The counts as words: `2 errors, 1 warning`; `no problems` when there are none.
    public static func summary(_ diagnostics: [Diagnostic]) -> String {
        let errors = diagnostics.count { $0.severity == .error }
        let warnings = diagnostics.count - errors
        var parts: [String] = []
        if errors > 0 { parts.append(errors == 1 ? "1 error" : "\(errors) errors") }
        if warnings > 0 { parts.append(warnings == 1 ? "1 warning" : "\(warnings) warnings") }
        return parts.isEmpty ? "no problems" : parts.joined(separator: ", ")
    }

    /// An array of objects with code, severity, message, file, line, column, length, note and help.
    ///
    /// Lines and columns count from 1, columns and length in Unicode scalars; a note or help that does not exist is null.
    public static func json(_ diagnostics: [Diagnostic]) -> JSON {
        .array(
            diagnostics.map { diagnostic in
                .object([
                    ("code", .string(diagnostic.code.code)),
                    ("severity", .string(diagnostic.severity.rawValue)),
                    ("message", .string(diagnostic.message)),
                    ("file", .string(diagnostic.location.file)),
                    ("line", .int(Int64(diagnostic.location.line))),
                    ("column", .int(Int64(diagnostic.location.column))),
                    ("length", .int(Int64(diagnostic.location.length))),
                    ("note", .optional(diagnostic.note)),
                    ("help", .optional(diagnostic.help?.text(for: .commandLine))),
                ])
            })
    }

    private static func block(_ diagnostic: Diagnostic, _ source: SourceText?, _ paint: Paint) -> String {
        let place = diagnostic.location
        let word = "\(diagnostic.severity.rawValue)[\(diagnostic.code.code)]"
        let shown = Medium.terminal.escaped
        var text = "\(shown(place.spelled)): \(paint.severity(word, diagnostic.severity)): "
        text += paint.bold(shown(diagnostic.message)) + "\n"
        if let source, source.lines.indices.contains(place.line - 1) {
            let excerpt = SourceExcerpt(source.lines[place.line - 1], column: place.column - 1, length: place.length)
            let number = String(place.line)
            let margin = String(repeating: " ", count: number.count)
            let carets = String(repeating: "^", count: excerpt.caretWidth)
            let note = diagnostic.note.map { " " + shown($0) } ?? ""
            text += paint.dim("\(number) |") + (excerpt.text.isEmpty ? "" : " " + excerpt.text) + "\n"
            text += paint.dim("\(margin) |") + " " + String(repeating: " ", count: excerpt.caretStart)
            text += paint.severity(carets + note, diagnostic.severity) + "\n"
        } else if let note = diagnostic.note {
            text += "note: \(shown(note))\n"
        }
        if let help = diagnostic.help { text += paint.help("help:") + " \(shown(help.text(for: .commandLine)))\n" }
        return text
    }

    /// Terminal colours, or nothing.
    private struct Paint {
        let isOn: Bool

        func severity(_ text: String, _ severity: Diagnostic.Severity) -> String {
            switch severity {
            case .error: wrap(text, "1;31")
            case .warning: wrap(text, "1;33")
            }
        }
        func bold(_ text: String) -> String { wrap(text, "1") }
        func dim(_ text: String) -> String { wrap(text, "2") }
        func help(_ text: String) -> String { wrap(text, "1;36") }

        private func wrap(_ text: String, _ code: String) -> String {
            isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
        }
    }
}
