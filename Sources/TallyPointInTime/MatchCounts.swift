// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The number of spine rows with each status.
public struct MatchCounts: Sendable, Hashable {
    /// All spine rows; the sum of the three statuses.
    public var rows = 0
    /// Rows with status `matched`.
    public var matched = 0
    /// Rows with status `notFound`.
    public var notFound = 0
    /// Rows with status `outsideMaxAge`.
    public var outsideMaxAge = 0
    /// Matched rows whose winner was decided by its bytes alone.
    public var tied = 0
    /// Matched rows whose winner shares its event time, its cut, its known time and its sequence with another row,
    /// equal ones included.
    public var repeated = 0
    /// Matched rows whose winner was known only after the spine row's time; 0 unless known time is ignored.
    public var leaked = 0

    /// Makes counts of zero.
    public init() {}
}
