// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The result of checking all pages of an online store's file.
public struct StoreStructure: Sendable, Hashable {
    /// Whether the pages are as they were written.
    public enum State: Sendable, Hashable {
        case whole
        /// The file is damaged; the text says what is wrong and at which place.
        case damaged(String)
        /// Fills changed the file while it was read, again and again.
        case changing
    }

    /// Whether the pages are as they were written.
    public let state: State
    /// The number of pages in use.
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
