// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// One file of definitions as it was read: the path a user would type, and the text.
public struct DefinitionFile: Sendable, Hashable {
    /// The path relative to the repository, with `/` between folders.
    public let path: String
    /// The whole text, without a byte order mark.
    public let text: String

    /// Names a text.
    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}
