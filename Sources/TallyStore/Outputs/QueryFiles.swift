// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The files that a query may read, judged by its text alone.
enum QueryFiles {
    /// Returns the quoted texts, by `'` or `"`, that look like a path or glob; a wrong guess does no harm.
    static func named(in sql: String) -> [String] {
        var found: [String] = []
        var open: Unicode.Scalar?
        var text = String.UnicodeScalarView()
        for scalar in sql.unicodeScalars {
            if let quote = open {
                if scalar == quote {
                    found.append(String(text))
                    open = nil
                } else {
                    text.append(scalar)
                }
            } else if scalar == "'" || scalar == "\"" {
                open = scalar
                text = String.UnicodeScalarView()
            }
        }
        return found.filter { text in text.contains(".") || text.contains("/") || text.contains("*") }
    }
}
