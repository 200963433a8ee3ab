// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// What stored bytes say at an instant, without taking them apart: the kernel of `ViewLaw.answer` for one stored state.
public enum StoredAnswer: Sendable, Hashable {
    /// No row is visible.
    case notFound
    /// The last visible row is older than the time to live.
    case outsideMaxAge(OnlineCell.StoredRow)
    /// The last visible row.
    case row(OnlineCell.StoredRow)
    /// The visible rows of a window, in the order in which they stand.
    case rows([OnlineCell.StoredRow])
}

extension ViewLaw {
    /// The answer at `time` of a state as it is stored under a key.
    ///
    /// The checksum of the whole state is verified first. Throws what is wrong with the bytes.
    public func answer(
        _ bytes: RawSpan, key: OnlineKey, at time: Timestamp
    ) throws(OnlineCell.Corruption) -> StoredAnswer {
        switch self {
        case .latestRow(let timeToLive):
            guard let row = try OnlineCell.row(at: time, in: bytes, key: key) else { return .notFound }
            return Self.isOutside(timeToLive, row.eventTime, at: time) ? .outsideMaxAge(row) : .row(row)
        case .window(let window):
            let bounds = window.bounds(at: time)
            return .rows(try OnlineCell.rows(in: bytes, key: key).filter { bounds.hold($0.eventTime, $0.knownTime) })
        }
    }
}
