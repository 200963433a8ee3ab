// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Names that no feature, input or label may bear, because training sets and expressions give them a meaning.
enum ReservedName {
    /// The reserved names.
    static let all = ["event_timestamp", "observed_at"]

    /// Returns the use of a reserved name.
    static func use(of name: String) -> String {
        name == "observed_at"
            ? "expressions use it for the time of observation" : "training sets use it for the spine's time"
    }
}
