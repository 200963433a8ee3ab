// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A name in sets and as a key: equal when its bytes are, whatever Unicode calls the same.
package struct ExactName: Sendable, Hashable, Comparable {
    /// The name.
    package let text: String

    /// Takes a name without changing it.
    package init(_ text: String) { self.text = text }

    /// Whether two names have the same bytes.
    package static func == (left: ExactName, right: ExactName) -> Bool { left.text.isSame(as: right.text) }

    /// Orders by bytes.
    package static func < (left: ExactName, right: ExactName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    /// Feeds the bytes.
    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(text.utf8.count)
    }
}
