// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A name with a value, as `name=value`.
struct Assignment {
    let name: String
    let value: String

    /// Reads a name and a value; the value may be empty.
    static func read(_ text: String) throws -> Assignment {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw BadValue(
                message: "'\(text)' is not a name with a value", help: "write name=value, such as customer_id=1")
        }
        return Assignment(name: parts[0], value: parts[1])
    }
}
