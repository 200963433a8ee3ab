// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The rows of a spine grouped by entity and sorted by time within each group; several joins share one.
///
/// Rows whose entity or time is null stay in the spine but cannot be joined: their status is `notFound`.
/// Building is a counting sort by entity and an in-place sort by time: O(n log n) at worst, 12 bytes a row.
public struct SpineIndex: Sendable {
    /// The dense id of a row that has no entity: its key is null.
    public static let noEntity: UInt32 = .max

    /// All rows of the spine, joinable or not.
    public let rowCount: Int

    /// The number of dense entity ids: valid ids are below it.
    public let entityCount: Int

    /// Group `x` is the slots from `starts[x]` up to `starts[x + 1]`; one element more keeps an empty index readable.
    let starts: [UInt32]

    /// Times by slot, one element late: `times[0]` is a sentinel that lets a search of no step read in bounds.
    let times: [Int64]

    /// The spine row of each slot.
    let rows: [UInt32]

    /// Groups `count` rows of dense ids and times (microseconds since 1970 UTC); nothing is kept of the pointers.
    ///
    /// An id that is neither below `entityCount` nor `noEntity` is a programming error.
    public init(
        entities: UnsafePointer<UInt32>, times instants: UnsafePointer<Int64>,
        timeValidity: UnsafePointer<UInt64>? = nil, count: Int, entityCount: Int
    ) {
        precondition(count >= 0 && count < Int(UInt32.max), "a spine of \(count) rows")
        precondition(entityCount >= 0 && entityCount < Int(UInt32.max), "a spine of \(entityCount) entities")
        rowCount = count
        self.entityCount = entityCount
        // One place beyond the end: the scatter below turns the start of a group into its end, one place earlier.
        var starts = [UInt32](repeating: 0, count: entityCount + 2)
        var joinable = 0
        unsafe starts.withUnsafeMutableBufferPointer { starts in
            for row in 0..<count {
                let entity = unsafe entities[row]
                guard entity != Self.noEntity, unsafe isValid(timeValidity, row) else { continue }
                precondition(entity < entityCount, "entity \(entity) of \(entityCount) in spine row \(row)")
                unsafe starts[Int(entity) + 1] &+= 1
                joinable += 1
            }
            var sum: UInt32 = 0
            for entity in 0..<(entityCount + 2) {
                let size = unsafe starts[entity]
                unsafe starts[entity] = sum
                sum &+= size
            }
        }
        var sortedTimes = [Int64](repeating: .min, count: joinable + 2)
        var sortedRows = [UInt32](repeating: 0, count: joinable)
        unsafe starts.withUnsafeMutableBufferPointer { starts in
            unsafe sortedTimes.withUnsafeMutableBufferPointer { sortedTimes in
                unsafe sortedRows.withUnsafeMutableBufferPointer { sortedRows in
                    guard let times = sortedTimes.baseAddress, let rows = sortedRows.baseAddress,
                        let starts = starts.baseAddress
                    else { return }
                    let scatter = unsafe SpineScatter(starts: starts, times: times + 1, rows: rows)
                    unsafe scatter.fill(entities, instants, timeValidity, count)
                    unsafe scatter.sortGroups(entityCount)
                }
            }
        }
        self.starts = starts
        times = sortedTimes
        rows = sortedRows
    }

    /// The rows that have an entity and a time.
    public var joinableCount: Int { rows.count }

    /// Returns the approximate memory of an index of a number of rows and entities.
    public static func estimatedBytes(rows: Int, entities: Int) -> Int { 12 * rows + 4 * entities }
}

/// The half-built vectors of an index.
@unsafe private struct SpineScatter {
    let starts: UnsafeMutablePointer<UInt32>
    let times: UnsafeMutablePointer<Int64>
    let rows: UnsafeMutablePointer<UInt32>

    /// Puts each row in its group; `starts[x + 1]` begins as the start of group x and ends as its end.
    func fill(
        _ entities: UnsafePointer<UInt32>, _ instants: UnsafePointer<Int64>, _ validity: UnsafePointer<UInt64>?,
        _ count: Int
    ) {
        for row in 0..<count {
            let entity = unsafe entities[row]
            guard entity != SpineIndex.noEntity, unsafe isValid(validity, row) else { continue }
            let slot = unsafe Int(starts[Int(entity) + 1])
            unsafe starts[Int(entity) + 1] &+= 1
            unsafe times[slot] = unsafe instants[row]
            unsafe rows[slot] = UInt32(truncatingIfNeeded: row)
        }
    }

    func sortGroups(_ entityCount: Int) {
        let sorter = unsafe GroupSort(times: times, rows: rows)
        for entity in 0..<entityCount {
            unsafe sorter.sort(Int(starts[entity]), Int(starts[entity + 1]))
        }
    }
}
