// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// What keeps a text from being a pattern, at its place in the text.
public struct PatternProblem: Error, Sendable, Hashable {
    /// What was found, lower case.
    public let message: String
    /// Where, in Unicode scalars from the start of the pattern; may be empty at its end.
    public let range: Range<Int>
    /// What to do next.
    public let help: String?

    init(_ message: String, at range: Range<Int>, help: String? = nil) {
        self.message = message
        self.range = range
        self.help = help
    }
}
