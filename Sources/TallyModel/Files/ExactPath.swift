// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A path as a key: equal when its bytes are, whatever Unicode calls the same.
package struct ExactPath: Sendable, Hashable {
    /// The path's bytes.
    private let bytes: [UInt8]

    /// Takes a path without changing it.
    package init(_ path: String) { bytes = Array(path.utf8) }
}
