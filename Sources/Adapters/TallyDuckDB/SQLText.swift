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

    private func doubling(_ quote: Unicode.Scalar) -> String {
        // A quote that bears an accent is a character of its own, and a quote for DuckDB all the same.
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalar == quote { text.append(quote) }
            text.append(scalar)
        }
        return String(text)
    }
}
