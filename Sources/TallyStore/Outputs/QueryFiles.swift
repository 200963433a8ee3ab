// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The files that a query may read, judged by its text alone.
enum QueryFiles {
    /// Every quoted text that looks like a path or glob, quoted by `'` or by `"`; what is none does no harm.
    static func named(in sql: String) -> [String] {
        var found: [String] = []
        var open: Character?
        var text = ""
        for character in sql {
            if let quote = open {
                if character == quote {
                    found.append(text)
                    open = nil
                } else {
                    text.append(character)
                }
            } else if character == "'" || character == "\"" {
                open = character
                text = ""
            }
        }
        return found.filter { text in text.contains(".") || text.contains("/") || text.contains("*") }
    }
}
