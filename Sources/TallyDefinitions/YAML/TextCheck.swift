// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Looks for characters that no YAML file may hold, before the parser sees them.
enum TextCheck {
    /// Whether the text can be parsed; otherwise one diagnostic for the first such character.
    static func accept(_ source: SourceText, _ findings: DiagnosticCollector) -> Bool {
        for (number, line) in source.lines.enumerated() {
            guard let column = line.firstIndex(where: { !isAllowed($0) }) else { continue }
            let code = String(line[column].value, radix: 16, uppercase: true)
            let padded = String(repeating: "0", count: max(0, 4 - code.count)) + code
            findings.error(
                DefinitionCode.controlCharacter, "the character U+\(padded) cannot stand in a file of definitions",
                at: source.location(number, column), help: "delete it; it is invisible in most editors")
            return false
        }
        return true
    }

    /// The printable characters of YAML 1.1, except for a byte order mark inside the text.
    static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
