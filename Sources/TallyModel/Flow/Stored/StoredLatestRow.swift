// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The answer of stored bytes at an instant, found without decoding them.
public enum StoredAnswer: Sendable, Hashable {
    /// No row is visible.
    case notFound
    /// The last visible row is older than the time to live.
    case outsideMaxAge(OnlineCell.StoredRow)
    /// The last visible row.
    case row(OnlineCell.StoredRow)
}

/// Answers out of the stored state of a view that keeps the latest row: the kernel of `ViewLaw.answer`.
public struct StoredLatestRow: Sendable, Hashable {
    /// The age from which on a row is hidden; nil for no limit.
    public let timeToLive: TimeSpan?

    /// Answers as `ViewLaw.latestRow` with this time to live does.
    public init(timeToLive: TimeSpan? = nil) { self.timeToLive = timeToLive }

    /// Returns the answer at `time` of a state stored under a key.
    ///
    /// The checksum of the whole state is verified first. Throws what is wrong with the bytes.
    public func answer(
        _ bytes: RawSpan, key: OnlineKey, at time: Timestamp
    ) throws(OnlineCell.Corruption) -> StoredAnswer {
        guard let row = try StateLayout.wholeEntity.lastRow(at: time, in: bytes, key: key) else { return .notFound }
        return ViewLaw.isOutside(timeToLive, row.eventTime, at: time) ? .outsideMaxAge(row) : .row(row)
    }
}
