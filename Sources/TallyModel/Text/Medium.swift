// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The medium that shows text from outside: from a producer, a file's name, a value, a person's typing.
///
/// Each form has signs that mean something to what reads it. This is the one place that knows them: everything that prints
/// asks here, so that words stay words. What cannot be seen is written out, as `\u{1b}` or `\n`.
public enum Medium: Sendable, Hashable, CaseIterable {
    /// One line on a terminal or in the log of a pipeline.
    case terminal
    /// Text in Markdown, also within a table.
    case markdown
    /// A name in Markdown, set as code, also within a table.
    case markdownCode
    /// An attribute or text of XML 1.0.
    case xml
    /// The message of a GitHub workflow command.
    case gitHubMessage
    /// A property of a GitHub workflow command.
    case gitHubProperty
    /// A whole JSON text: its strings keep their meaning, and nothing in them is unseen.
    case json
    /// A file's path as a URI reference.
    case uri

    /// Returns a text escaped for the medium.
    ///
    /// Escaping for the terminal twice is escaping once.
    public func escaped(_ text: String) -> String {
        switch self {
        case .terminal: Self.defused(Self.visible(text), by: "\\u{23}")
        case .markdown: Self.markdown(text)
        case .markdownCode: Self.code(text)
        case .xml: Self.xml(text)
        case .gitHubMessage: Self.gitHub(text, isProperty: false)
        case .gitHubProperty: Self.gitHub(text, isProperty: true)
        case .json: Self.defused(Self.visibleJSON(text), by: "\\u0023")
        case .uri: Self.uri(text)
        }
    }

    /// Whether a scalar shows nothing and does something: moves the cursor, ends a line, turns the direction of writing.
    ///
    /// The joiners of Indic and Persian writing and of emoji are shown as they are.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if (" "..."~").contains(scalar) { return false }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        case .format:
            return properties.isDefaultIgnorableCodePoint && scalar != "\u{200C}" && scalar != "\u{200D}"
        default: return properties.isNoncharacterCodePoint
        }
    }

    /// Returns one line in which every character is visible; those in `kept` are unchanged.
    static func visible(_ text: String, except kept: Set<Unicode.Scalar> = []) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            if kept.contains(scalar) || !isHidden(scalar) {
                line.unicodeScalars.append(scalar)
                continue
            }
            switch scalar {
            case "\n": line += "\\n"
            case "\t": line += "\\t"
            case "\r": line += "\\r"
            default: line += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return line
    }

    /// Returns text without working `##[error]` and `##vso[…]`, which pipelines obey anywhere: their second sign is
    /// written out.
    static func defused(_ text: String, by sign: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "#")) else { return text }
        let scalars = Array(text.unicodeScalars)
        var line = ""
        for (index, scalar) in scalars.enumerated() {
            let isSecond = scalar == "#" && index > 0 && scalars[index - 1] == "#"
            if isSecond, scalars[(index + 1)...].first(where: { !isLetter($0) }) == "[" {
                line += sign
            } else {
                line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }
}
