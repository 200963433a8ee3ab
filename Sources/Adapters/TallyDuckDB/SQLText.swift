// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension String {
    /// The text as a quoted SQL identifier.
    var asIdentifier: String { "\"" + doubling("\"") + "\"" }

    /// The text as a quoted SQL string.
    var asLiteral: String { "'" + doubling("'") + "'" }

    /// The path as a glob that matches exactly this path.
    var asGlobLiteral: String {
        var text = ""
        for character in self {
            switch character {
            case "*", "?", "[": text += "[\(character)]"
            default: text.append(character)
            }
        }
        return text
    }

    private func doubling(_ quote: Character) -> String {
        var text = ""
        for character in self {
            if character == quote { text.append(quote) }
            text.append(character)
        }
        return text
    }
}
