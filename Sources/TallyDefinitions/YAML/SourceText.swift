// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// A file's text as numbered lines of Unicode scalars, broken where the YAML parser breaks them.
///
/// Breaks are LF, CR LF, CR, and the rarer NEL, LS and PS: the parser counts those too, and places must agree with it.
struct SourceText: Sendable {
    /// The path relative to the repository.
    let path: String
    /// The lines without their breaks; at least one.
    let lines: [[Unicode.Scalar]]

    /// Splits a file into lines.
    init(_ file: DefinitionFile) {
        path = file.path
        var lines: [[Unicode.Scalar]] = []
        var line: [Unicode.Scalar] = []
        var previous: Unicode.Scalar = " "
        for scalar in file.text.unicodeScalars {
            if Self.isBreak(scalar) {
                if !(scalar == "\n" && previous == "\r") {
                    lines.append(line)
                    line = []
                }
            } else {
                line.append(scalar)
            }
            previous = scalar
        }
        lines.append(line)
        self.lines = lines
    }

    /// Whether the parser ends a line here.
    static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }

    /// The scalar at a place, counted from 0; nil behind the end of a line or of the text.
    func scalar(_ line: Int, _ column: Int) -> Unicode.Scalar? {
        guard lines.indices.contains(line), lines[line].indices.contains(column) else { return nil }
        return lines[line][column]
    }

    /// The text of a line counted from 0; empty behind the end.
    func text(_ line: Int) -> String {
        guard lines.indices.contains(line) else { return "" }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: lines[line])
        return String(text)
    }

    /// A place of this file, from line and column counted from 0.
    func location(_ line: Int, _ column: Int, length: Int = 1) -> SourceLocation {
        SourceLocation(file: path, line: line + 1, column: column + 1, length: length)
    }
}
