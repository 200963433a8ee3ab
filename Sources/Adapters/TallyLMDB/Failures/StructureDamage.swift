// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The damage to a page of a data file, and the page.
struct StructureDamage: Error, Sendable, Hashable {
    /// The page; nil for what concerns the file.
    let page: UInt64?
    /// The damage in words.
    let what: String

    init(_ what: String, page: UInt64? = nil) {
        self.what = what
        self.page = page
    }

    /// A sentence without a full stop.
    var text: String { page.map { "page \($0): " + what } ?? what }
}
