// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Carries the best rows forward in each entity's slots and settles every spine row.
@unsafe struct Settling {
    let spine: SpineIndex
    let store: SlotStore
    let rule: AsOfRule
    var winners: [UInt32]
    var marks: [UInt8]
    var counts = MatchCounts()

    init(spine: SpineIndex, store: SlotStore, rule: AsOfRule) {
        unsafe self.spine = spine
        unsafe self.store = store
        unsafe self.rule = rule
        unsafe winners = [UInt32](repeating: store.emptySlot, count: spine.rowCount)
        unsafe marks = [UInt8](repeating: MatchStatus.notFound.rawValue, count: spine.rowCount)
    }

    mutating func run() {
        for entity in 0..<(unsafe spine.entityCount) {
            let group = unsafe Int(spine.starts[entity])..<Int(spine.starts[entity + 1])
            var winner = unsafe store.slotCount
            for slot in group {
                if unsafe isOccupied(slot) && (winner == store.slotCount || precedes(winner, slot)) { winner = slot }
                unsafe settle(slot, winner)
            }
        }
        unsafe counts.rows = unsafe spine.rowCount
        unsafe counts.notFound = unsafe counts.rows - counts.matched - counts.outsideMaxAge
    }

    private func isOccupied(_ slot: Int) -> Bool {
        unsafe store.flags(slot) & SlotLayout.occupiedFlag != 0
    }

    /// Whether the row of `first` comes before that of `second`, a later slot of the same entity.
    ///
    /// Bytes are never needed: rows of equal event time, cut and known time became visible at the same slot.
    private func precedes(_ first: Int, _ second: Int) -> Bool {
        let events = unsafe store.events
        if unsafe events[first] != events[second] { return unsafe events[first] < events[second] }
        let cuts = unsafe (store.cutNanoseconds(first), store.cutNanoseconds(second))
        if cuts.0 != cuts.1 { return cuts.0 < cuts.1 }
        return unsafe store.known(first) < store.known(second)
    }

    private mutating func settle(_ slot: Int, _ winner: Int) {
        guard unsafe winner != store.slotCount else { return }
        let row = unsafe Int(spine.rows[slot])
        let time = unsafe spine.times[slot + 1]
        let event = unsafe store.events[winner]
        unsafe winners[row] = UInt32(truncatingIfNeeded: winner)
        // A visible event is never later than the row, so an age that overflows is older than any limit.
        let (age, isOverflow) = time.subtractingReportingOverflow(event)
        if let limit = unsafe rule.timeToLive, isOverflow || age > limit {
            unsafe marks[row] = MatchStatus.outsideMaxAge.rawValue
            unsafe counts.outsideMaxAge += 1
            return
        }
        let flags = unsafe store.flags(winner)
        let isTied = flags & SlotLayout.tiedFlag != 0
        unsafe marks[row] = MatchStatus.matched.rawValue | (isTied ? Matches.tiedMark : 0)
        unsafe counts.matched += 1
        unsafe counts.tied += isTied ? 1 : 0
        unsafe counts.repeated += flags & SlotLayout.repeatedFlag != 0 ? 1 : 0
        if unsafe store.known(winner) > time { unsafe counts.leaked += 1 }
    }
}
