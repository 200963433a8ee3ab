// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// What a look through all pages of an online store's file found.
public struct StoreStructure: Sendable, Hashable {
    /// Whether the pages are as they were written.
    public enum State: Sendable, Hashable {
        case whole
        /// What is wrong, and where.
        case damaged(String)
        /// Fills changed the file while it was read, again and again.
        case changing
    }

    /// Whether the pages are as they were written.
    public let state: State
    /// How many pages are in use.
    public let pages: Int
    /// The bytes of the file.
    public let bytes: Int64

    /// Describes what was found.
    public init(_ state: State, pages: Int = 0, bytes: Int64 = 0) {
        self.state = state
        self.pages = pages
        self.bytes = bytes
    }
}
