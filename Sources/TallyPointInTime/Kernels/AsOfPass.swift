// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// One pass over a chunk: finds for each row the first spine row that may see it, and keeps the best row there.
///
/// Batches go through stages, each a plain loop over all lanes, so that the cache misses of many rows overlap:
/// entity to group, binary search one level at a time, a look at the slots, and only then the decisions.
@unsafe struct AsOfPass {
    let chunk: SourceChunk
    let store: SlotStore
    let scratch: JoinScratch
    let starts: UnsafePointer<UInt32>
    /// Slot times, one element late.
    let times: UnsafePointer<Int64>
    let entityCount: UInt32
    let searchesKnownTime: Bool
    /// The state words of a fresh record: presence of the columns without nulls, and the occupied flag.
    let freshState: UnsafePointer<UInt64>
    var counts: SourceCounts
    var wins = 0

    mutating func run() {
        var start = 0
        while unsafe start < chunk.count {
            let size = unsafe min(JoinScratch.batch, chunk.count - start)
            unsafe run(start, size)
            start += size
        }
    }

    private mutating func run(_ start: Int, _ size: Int) {
        var (lanes, longest) = unsafe selectKnownEntities(start, size)
        unsafe counts.rows += size
        unsafe counts.unknownEntity += size - lanes
        if unsafe chunk.eventValidity != nil || chunk.knownValidity != nil {
            let timed = unsafe dropNullTimes(lanes)
            unsafe counts.withoutTime += lanes - timed
            lanes = timed
        }
        unsafe fillTimes(lanes)
        unsafe search(lanes, longest)
        let (candidates, visible) = unsafe selectCandidates(lanes)
        unsafe counts.neverVisible += lanes - visible
        unsafe decide(candidates)
        unsafe copyPayload()
    }

    private func selectKnownEntities(_ start: Int, _ size: Int) -> (lanes: Int, longest: UInt32) {
        let rows = unsafe scratch.rows
        let lows = unsafe scratch.lows
        let lengths = unsafe scratch.lengths
        let ends = unsafe scratch.ends
        let entities = unsafe chunk.entities
        let entityCount = unsafe self.entityCount
        let starts = unsafe self.starts
        for index in 0..<size {
            // Group `entityCount` is empty: its start and its end are the number of slots.
            let group = unsafe Int(min(entities[start &+ index], entityCount))
            unsafe lows[index] = unsafe starts[group]
            unsafe ends[index] = unsafe starts[group &+ 1]
        }
        var lane = 0
        var longest: UInt32 = 0
        for index in 0..<size {
            let low = unsafe lows[index]
            let end = unsafe ends[index]
            let length = end &- low
            unsafe rows[lane] = start &+ index
            unsafe lows[lane] = low
            unsafe ends[lane] = end
            unsafe lengths[lane] = length
            longest = max(longest, length)
            lane &+= unsafe entities[start &+ index] < entityCount ? 1 : 0
        }
        return (lane, longest)
    }

    private func dropNullTimes(_ lanes: Int) -> Int {
        let scratch = unsafe self.scratch
        var kept = 0
        for lane in 0..<lanes {
            let row = unsafe scratch.rows[lane]
            unsafe scratch.rows[kept] = row
            unsafe scratch.lows[kept] = scratch.lows[lane]
            unsafe scratch.ends[kept] = scratch.ends[lane]
            unsafe scratch.lengths[kept] = scratch.lengths[lane]
            let isTimed = unsafe isValid(chunk.eventValidity, row) && isValid(chunk.knownValidity, row)
            kept &+= isTimed ? 1 : 0
        }
        return kept
    }

    /// Writes each lane's event time and the instant to search for.
    private func fillTimes(_ lanes: Int) {
        let rows = unsafe scratch.rows
        let events = unsafe scratch.events
        let keys = unsafe scratch.keys
        guard let eventTimes = unsafe chunk.eventTimes else {
            for lane in 0..<lanes {
                unsafe events[lane] = .min
                unsafe keys[lane] = .min
            }
            return
        }
        if let knownTimes = unsafe chunk.knownTimes, unsafe searchesKnownTime {
            for lane in 0..<lanes {
                let event = unsafe eventTimes[rows[lane]]
                unsafe events[lane] = event
                unsafe keys[lane] = unsafe max(event, knownTimes[rows[lane]])
            }
        } else {
            for lane in 0..<lanes {
                let event = unsafe eventTimes[rows[lane]]
                unsafe events[lane] = event
                unsafe keys[lane] = event
            }
        }
    }

    /// Halves the range of every lane until it has at most one slot: no branch depends on the data.
    private func search(_ lanes: Int, _ longest: UInt32) {
        let lows = unsafe scratch.lows
        let lengths = unsafe scratch.lengths
        let keys = unsafe scratch.keys
        let loaded = unsafe scratch.loaded
        let times = unsafe self.times
        var remaining = longest
        while remaining > 1 {
            // Loads by themselves: the shorter the loop, the more of them are under way at once.
            for lane in 0..<lanes {
                // times[low + half] is the time of slot low + half - 1.
                unsafe loaded[lane] = unsafe times[Int(lows[lane] &+ lengths[lane] &>> 1)]
            }
            for lane in 0..<lanes {
                let half = unsafe lengths[lane] &>> 1
                unsafe lows[lane] &+= unsafe half & onesIfLess(loaded[lane], keys[lane])
                unsafe lengths[lane] &-= half
            }
            remaining &-= remaining &>> 1
        }
    }

    /// Finishes the search and keeps the lanes whose slot does not hold a later event already.
    private func selectCandidates(_ lanes: Int) -> (candidates: Int, visible: Int) {
        let rows = unsafe scratch.rows
        let lows = unsafe scratch.lows
        let lengths = unsafe scratch.lengths
        let ends = unsafe scratch.ends
        let events = unsafe scratch.events
        let keys = unsafe scratch.keys
        let loaded = unsafe scratch.loaded
        let times = unsafe self.times
        let heldEvents = unsafe store.events
        for lane in 0..<lanes {
            let low = unsafe lows[lane]
            unsafe lows[lane] = unsafe low &+ (lengths[lane] & onesIfLess(times[Int(low) &+ 1], keys[lane]))
        }
        // The slot after the last is readable: it is the next group's, or the empty one.
        for lane in 0..<lanes { unsafe loaded[lane] = unsafe heldEvents[Int(lows[lane])] }
        var kept = 0
        var visible = 0
        for lane in 0..<lanes {
            let slot = unsafe lows[lane]
            let event = unsafe events[lane]
            let isVisible = unsafe slot < ends[lane] ? 1 : 0
            unsafe rows[kept] = unsafe rows[lane]
            unsafe events[kept] = event
            unsafe lows[kept] = slot
            visible &+= isVisible
            kept &+= unsafe event >= loaded[lane] ? isVisible : 0
        }
        return (kept, visible)
    }

    private mutating func decide(_ candidates: Int) {
        let rows = unsafe scratch.rows
        let slots = unsafe scratch.lows
        let events = unsafe scratch.events
        let heldEvents = unsafe store.events
        for candidate in 0..<candidates {
            let slot = unsafe Int(slots[candidate])
            let event = unsafe events[candidate]
            let row = unsafe rows[candidate]
            let held = unsafe heldEvents[slot]
            if event > held {
                unsafe win(slot, row, event, marks: 0)
            } else if event == held {
                if unsafe store.flags(slot) & SlotLayout.occupiedFlag == 0 {
                    unsafe win(slot, row, event, marks: 0)
                } else {
                    unsafe contest(slot, row, event)
                }
            }
        }
    }

    /// Decides between the present row and another of the same event time.
    private mutating func contest(_ slot: Int, _ row: Int, _ event: Int64) {
        let layout = unsafe store.layout
        let record = unsafe store.base + slot &* layout.stride
        if let offset = layout.cutOffset {
            let cut = unsafe chunk.cutNanoseconds?[row] ?? 0
            let held = unsafe record.load(fromByteOffset: offset, as: Int32.self)
            if cut < held { return }
            if cut > held { return unsafe win(slot, row, event, marks: 0) }
        }
        if let knownTimes = unsafe chunk.knownTimes {
            let known = unsafe max(event, knownTimes[row])
            let held = unsafe store.known(slot)
            if known < held { return }
            if known > held { return unsafe win(slot, row, event, marks: 0) }
        }
        if let sequences = unsafe chunk.sequences, let offset = layout.sequenceOffset {
            let held = unsafe record.load(fromByteOffset: offset, as: Int64.self)
            if unsafe sequences[row] < held { return }
            if unsafe sequences[row] > held { return unsafe win(slot, row, event, marks: 0) }
        }
        // The held row may have won in this very batch: its payload must be in the record before it is compared.
        unsafe copyPayload()
        let (order, isDistinct) = unsafe PayloadOrder(store: store, columns: chunk.columns).compare(row, record)
        let flags = unsafe store.flags(slot)
        let tied = isDistinct ? SlotLayout.tiedFlag : flags & SlotLayout.tiedFlag
        let marks = tied | SlotLayout.repeatedFlag
        if order > 0 {
            unsafe win(slot, row, event, marks: marks)
        } else {
            unsafe record.storeBytes(of: flags | marks, toByteOffset: layout.flagsOffset, as: UInt64.self)
        }
    }

    /// Writes the head of a record and queues the payload.
    @inline(__always)
    private mutating func win(_ slot: Int, _ row: Int, _ event: Int64, marks: UInt64) {
        let layout = unsafe store.layout
        let record = unsafe store.base + slot &* layout.stride
        unsafe store.events[slot] = event
        for word in 0..<layout.stateWords {
            unsafe record.storeBytes(of: freshState[word], toByteOffset: 8 * word, as: UInt64.self)
        }
        if marks != 0 {
            let flags = unsafe freshState[layout.stateWords - 1] | marks
            unsafe record.storeBytes(of: flags, toByteOffset: layout.flagsOffset, as: UInt64.self)
        }
        if let knownTimes = unsafe chunk.knownTimes, let offset = layout.knownOffset {
            let known = unsafe max(event, knownTimes[row])
            unsafe record.storeBytes(of: known, toByteOffset: offset, as: Int64.self)
        }
        if let sequences = unsafe chunk.sequences, let offset = layout.sequenceOffset {
            unsafe record.storeBytes(of: sequences[row], toByteOffset: offset, as: Int64.self)
        }
        if let offset = layout.cutOffset {
            let cut = unsafe chunk.cutNanoseconds?[row] ?? 0
            unsafe record.storeBytes(of: cut, toByteOffset: offset, as: Int32.self)
        }
        unsafe scratch.wonSlots[wins] = slot
        unsafe scratch.wonRows[wins] = row
        unsafe wins &+= 1
    }

    private mutating func copyPayload() {
        guard unsafe wins > 0 else { return }
        let writer = unsafe PayloadWriter(store: store, slots: scratch.wonSlots, rows: scratch.wonRows, count: wins)
        for column in unsafe chunk.columns.indices { unsafe writer.write(column, chunk.columns[column]) }
        unsafe wins = 0
    }
}
