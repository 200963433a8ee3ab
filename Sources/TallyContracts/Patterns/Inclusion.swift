// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Whether every text that one pattern matches is matched by another.
public enum Inclusion: Sendable, Hashable {
    /// Every text of one is a text of the other.
    case yes
    /// This one is not, and none of fewer characters.
    case no(witness: String)
    /// The patterns are too large to tell.
    case unknown(reason: String)
}
