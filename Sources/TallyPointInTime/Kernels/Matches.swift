// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The result of a join, by spine row in the spine's own order; its memory is freed with the last reference.
///
/// Values are copied out column by column into the caller's memory. Where the status is not `matched` they are null.
/// Copying a few thousand rows of every column before the next rows is quickest: the records then stay in the cache.
///
/// Sendable without the compiler's proof: nothing in it changes once it is made.
@safe public final class Matches: @unchecked Sendable {
    /// The number of spine rows with each status.
    public let counts: MatchCounts

    /// The number of source rows with each outcome.
    public let source: SourceCounts

    /// The columns of the source.
    public let layout: SourceLayout

    let store: SlotStore
    /// The slot of the winning row for each spine row; the empty slot where there is none.
    let winners: [UInt32]
    /// Status in the two low bits, and whether the winner was tied.
    let marks: [UInt8]
    static let statusMask: UInt8 = 3
    static let tiedMark: UInt8 = 4

    init(spine: SpineIndex, store: SlotStore, rule: AsOfRule, source: SourceCounts) {
        self.store = store
        self.source = source
        layout = store.source
        var settling = unsafe Settling(spine: spine, store: store, rule: rule)
        unsafe settling.run()
        winners = unsafe settling.winners
        marks = unsafe settling.marks
        counts = unsafe settling.counts
    }

    /// The number of spine rows.
    public var rowCount: Int { marks.count }

    /// Returns the status of a spine row.
    public func status(_ row: Int) -> MatchStatus {
        let raw = marks[row] & Self.statusMask
        guard let status = MatchStatus(rawValue: raw) else { preconditionFailure("status \(raw) of spine row \(row)") }
        return status
    }

    /// Whether rows of different values shared the winning place of the order before bytes; false unless matched.
    public func isTied(_ row: Int) -> Bool { marks[row] & Self.tiedMark != 0 }

    /// Returns the event time of the winning row, in microseconds since 1970 UTC.
    ///
    /// It is given for `outsideMaxAge` too; nil for `notFound` and where the source has no event time.
    public func eventTime(_ row: Int) -> Int64? { timedSlot(row).map { unsafe store.events[$0] } }

    /// Returns the known time of the winning row, in microseconds since 1970 UTC; nil when there is no event time.
    public func knownTime(_ row: Int) -> Int64? { timedSlot(row).map(store.known) }

    /// The slot to read times from, if there are any.
    private func timedSlot(_ row: Int) -> Int? {
        layout.hasEventTime && winners[row] != store.emptySlot ? Int(winners[row]) : nil
    }
}
