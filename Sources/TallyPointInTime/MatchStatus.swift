// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The result of the join for one spine row.
public enum MatchStatus: UInt8, Sendable, Hashable {
    /// A visible row was found; its values may still be null.
    case matched = 0
    /// No row of the entity was visible, or the spine row has no entity or no time.
    case notFound = 1
    /// A row was visible, but it is older than the time to live.
    case outsideMaxAge = 2
}
