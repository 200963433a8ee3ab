// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Joins a source to a spine as of each spine row's time; the source is streamed in any order and never stored.
///
/// A row is visible to spine row `(x, t)` when its entity is `x` and `max(k, e) ≤ t`. The value is the visible row that
/// is last by event time, nanoseconds cut from it, known time, sequence and canonical bytes, unless it is older than the
/// time to live.
/// The result depends on the set of rows alone, not on their order nor on how they are cut into chunks.
/// Memory is in proportion to the spine; time is O(log n) a source row. Not for use by two threads at once.
@safe public final class AsOfJoin {
    private let spine: SpineIndex
    private let layout: SourceLayout
    private let rule: AsOfRule
    let store: SlotStore
    private let scratch = JoinScratch()
    private var counts = SourceCounts()
    private var isFinished = false

    /// Makes a join of one source; a time to live on a source without event time is a programming error.
    public init(spine: SpineIndex, layout: SourceLayout, rule: AsOfRule) {
        precondition(
            layout.hasEventTime || rule.timeToLive == nil,
            "a time to live of \(rule.timeToLive ?? 0) microseconds on a source without event time")
        self.spine = spine
        self.layout = layout
        self.rule = rule
        store = SlotStore(source: layout, slotCount: spine.joinableCount)
    }

    /// Reads some rows of the source; no pointer into the chunk is kept.
    ///
    /// A chunk whose columns are not those of the layout, and a chunk after `finish`, are programming errors.
    public func consume(_ chunk: SourceChunk) {
        unsafe check(chunk)
        var fresh = [UInt64](repeating: 0, count: store.layout.stateWords)
        fresh[store.layout.stateWords - 1] = SlotLayout.occupiedFlag
        for column in unsafe chunk.columns.indices where unsafe chunk.columns[column].validity == nil {
            fresh[column / 64] |= SlotLayout.presenceBit(column)
        }
        unsafe fresh.withUnsafeBufferPointer { fresh in
            unsafe spine.starts.withUnsafeBufferPointer { starts in
                unsafe spine.times.withUnsafeBufferPointer { times in
                    guard let fresh = fresh.baseAddress, let starts = starts.baseAddress, let times = times.baseAddress
                    else { preconditionFailure("an index of \(spine.rowCount) rows without memory") }
                    var pass = unsafe AsOfPass(
                        chunk: chunk, store: store, scratch: scratch, starts: starts, times: times,
                        entityCount: UInt32(spine.entityCount), searchesKnownTime: rule.knownTime == .respected,
                        freshState: fresh, counts: counts)
                    unsafe pass.run()
                    unsafe counts = pass.counts
                }
            }
        }
    }

    /// Ends the source and gives each spine row its match; the join takes no more rows.
    public func finish() -> Matches {
        precondition(!isFinished, "a join is finished once")
        isFinished = true
        return Matches(spine: spine, store: store, rule: rule, source: counts)
    }

    /// Returns the approximate memory of a join, with its matches and without the spine's index.
    ///
    /// A variable value of up to 12 bytes lies in its slot; a longer one counts twice, for the dead space beside it.
    public static func estimatedBytes(
        spineRows: Int, layout: SourceLayout, bytesPerVariableValue: Int = 32
    ) -> Int {
        let variableColumns = layout.payload.count { $0.width == 16 }
        let outside = bytesPerVariableValue > SlotLayout.inlineBytes ? 2 * (bytesPerVariableValue + 8) : 0
        return (spineRows + 1) * SlotLayout(layout).stride + spineRows * (variableColumns * outside + 8 + 5)
    }

    private func check(_ chunk: SourceChunk) {
        precondition(!isFinished, "a chunk for a finished join")
        let columns = unsafe chunk.columns.count
        precondition(columns == layout.payload.count, "\(columns) payload columns, not \(layout.payload.count)")
        unsafe precondition(
            (chunk.eventTimes != nil) == layout.hasEventTime, "event times do not agree with the layout")
        unsafe precondition(
            (chunk.knownTimes != nil) == layout.hasKnownTime, "known times do not agree with the layout")
        unsafe precondition(
            (chunk.sequences != nil) == layout.hasSequence, "sequence numbers do not agree with the layout")
        unsafe precondition(
            chunk.cutNanoseconds == nil || layout.hasCutNanoseconds, "cut nanoseconds that the layout does not have")
    }
}
