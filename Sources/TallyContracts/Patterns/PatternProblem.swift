// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The reason why a text is not a pattern, with its position in the text.
public struct PatternProblem: Error, Sendable, Hashable {
    /// The message, in lower case.
    public let message: String
    /// The range in Unicode scalars from the start of the pattern; may be empty at its end.
    public let range: Range<Int>
    /// The advice to the author.
    public let help: String?

    init(_ message: String, at range: Range<Int>, help: String? = nil) {
        self.message = message
        self.range = range
        self.help = help
    }
}
