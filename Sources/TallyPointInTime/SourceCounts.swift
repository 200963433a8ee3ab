// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The number of source rows that a join consumed, by outcome.
public struct SourceCounts: Sendable, Hashable {
    /// The number of rows that were consumed.
    public var rows = 0
    /// Rows whose entity is null or does not occur in the spine.
    public var unknownEntity = 0
    /// Rows of a spine entity whose event time or known time is null; they are skipped.
    public var withoutTime = 0
    /// Rows that become visible only after the last spine row of their entity.
    public var neverVisible = 0

    /// Makes counts of zero.
    public init() {}
}
