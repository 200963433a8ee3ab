// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A value on the command line that cannot be read: what is wrong with it, and what to write.
struct BadValue: Error, CustomStringConvertible {
    let message: String
    let help: String

    /// The form in which the parser hands it on.
    var description: String { message + Self.separator + help }

    static let separator = "\u{1F}"
}
