// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension String {
    /// The text as a quoted SQL identifier.
    var asIdentifier: String { "\"" + doubling("\"") + "\"" }

    /// The text as a quoted SQL string.
    var asLiteral: String { "'" + doubling("'") + "'" }

    /// The path as a glob that matches exactly this path.
    var asGlobLiteral: String { FileGlob.exactly(self) }

    private func doubling(_ quote: Character) -> String {
        var text = ""
        for character in self {
            if character == quote { text.append(quote) }
            text.append(character)
        }
        return text
    }
}
