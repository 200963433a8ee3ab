// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyPointInTime

/// The rows that `ViewLaw.latestRow` keeps of each entity, in arrays for the one row that most entities have.
///
/// Rows known by the horizon are compared here without a cell: the kernel of `ViewLaw.take`, which decides everything
/// else.
struct LatestRows {
    /// A row's event time, the nanoseconds cut from it, and its known time.
    typealias Times = (event: Int64, cut: Int32, known: Int64)

    /// The law; its time to live does not matter here, since it does not change which rows are kept.
    private let law = ViewLaw.latestRow()
    private let horizon: Int64
    private let isTimeless: Bool
    private let numbers = EntityDictionary(.bytes)
    /// The position of each key's row and its times, side by side, since rows are written in key order at random
    /// positions.
    private var slots: [Slot] = []
    /// For each slot its key and then its row.
    private var stored: [UInt8] = []
    /// The keys with more rows than one.
    private var cells: [Int: OnlineCell] = [:]
    /// Rows so far that another row of their key outdated.
    private(set) var older = 0
    /// Bytes taken, near enough for a budget.
    private(set) var bytes = 0

    /// The bytes that a key costs beyond its own and its row's: numbers, and its entry in the dictionary.
    private static let overhead = 100

    init(horizon: Timestamp, isTimeless: Bool) {
        self.horizon = horizon.microseconds
        self.isTimeless = isTimeless
    }

    /// The number of keys.
    var count: Int { slots.count }

    /// Offers rows: row `i` of `rows` to key `i` of `keys`, with the times at `i`.
    mutating func offer(keys: EncodedRows, rows: EncodedRows, times: [Times]) {
        let ids = numbers.insert(bytes: keys.bytes, offsets: keys.offsets)
        for (index, id) in ids.enumerated() {
            let range = rows.range(index)
            guard Int(id) == slots.count else {
                offer(rows.bytes[range], times: times[index], to: Int(id))
                continue
            }
            slots.append(store(rows.bytes[range], times: times[index], under: keys.bytes[keys.range(index)]))
            bytes += keys.range(index).count + range.count + Self.overhead
        }
    }

    private mutating func offer(_ row: ArraySlice<UInt8>, times: Times, to id: Int) {
        let present = slots[id].times
        guard times.known <= horizon, present.known <= horizon, cells[id] == nil else {
            offerLater(row, times: times, to: id)
            return
        }
        older += 1
        let isLater: Bool
        if present.event != times.event {
            isLater = present.event < times.event
        } else if present.cut != times.cut {
            isLater = present.cut < times.cut
        } else if present.known != times.known {
            isLater = present.known < times.known
        } else {
            isLater = stored[slots[id].row].lexicographicallyPrecedes(row)
        }
        if isLater { set(row, times: times, of: id) }
    }

    /// A row that is known after the horizon, of this row or of the key's others: the law decides.
    private mutating func offerLater(_ row: ArraySlice<UInt8>, times: Times, to id: Int) {
        var cell = cell(id)
        let before = cell.rows.count
        law.take(onlineRow(times, Array(row)), into: &cell, horizon: Timestamp(microseconds: horizon))
        older += before + 1 - cell.rows.count
        bytes += (cell.rows.count - before) * (row.count + Self.overhead)
        if cell.rows.count > 1 {
            cells[id] = cell
        } else if let only = cell.rows.first {
            cells[id] = nil
            let times = (
                (only.eventTime ?? .distantPast).microseconds, only.cutNanoseconds, only.knownTime.microseconds
            )
            set(only.values[...], times: times, of: id)
        }
    }

    private mutating func set(_ row: ArraySlice<UInt8>, times: Times, of id: Int) {
        if slots[id].row.count == row.count {
            stored.replaceSubrange(slots[id].row, with: row)
            slots[id].times = times
        } else {
            slots[id] = store(row, times: times, under: Array(key(id))[...])
            bytes += slots[id].key.count + row.count
        }
    }

    private mutating func store(_ row: ArraySlice<UInt8>, times: Times, under key: ArraySlice<UInt8>) -> Slot {
        let start = stored.count
        stored += key
        let middle = stored.count
        stored += row
        return Slot(start: start, middle: middle, end: stored.count, times)
    }

    private func onlineRow(_ times: Times, _ values: [UInt8]) -> OnlineRow {
        OnlineRow(
            eventTime: isTimeless ? nil : Timestamp(microseconds: times.event), cutNanoseconds: times.cut,
            knownTime: Timestamp(microseconds: times.known), values: values)
    }

    private func cell(_ id: Int) -> OnlineCell {
        cells[id] ?? OnlineCell(onlineRow(slots[id].times, Array(stored[slots[id].row])))
    }

    private func key(_ id: Int) -> ArraySlice<UInt8> { stored[slots[id].key] }

    /// The entries in the order of their stored keys.
    struct Sorted {
        private let rows: LatestRows
        private let order: [UInt32]
        private var place = 0

        fileprivate init(_ rows: LatestRows) {
            self.rows = rows
            // Most keys differ in their first sixteen bytes, which compare as two numbers.
            var places: [Place] = []
            places.reserveCapacity(rows.count)
            for id in 0..<rows.count { places.append(Place(rows.storedKey(id), id: UInt32(id))) }
            places.sort { left, right in
                if left.first != right.first { return left.first < right.first }
                if left.second != right.second { return left.second < right.second }
                return rows.storedKey(Int(left.id)).lexicographicallyPrecedes(rows.storedKey(Int(right.id)))
            }
            order = places.map(\.id)
        }

        /// The next entry; nil after the last.
        mutating func next() -> OnlineEntry? {
            guard place < order.count else { return nil }
            defer { place += 1 }
            let id = Int(order[place])
            return OnlineEntry(key: OnlineKey(EntityKey(encoded: Array(rows.key(id)))), cell: rows.cell(id))
        }
    }

    private struct Slot {
        private let start: Int
        private var event: Int64
        private var known: Int64
        /// Lengths in 32 bits leave room for the nanoseconds: a slot takes 40 bytes.
        private let keyCount: UInt32
        private let rowCount: UInt32
        private var cut: Int32

        init(start: Int, middle: Int, end: Int, _ times: Times) {
            self.start = start
            (event, cut, known) = times
            keyCount = UInt32(middle - start)
            rowCount = UInt32(end - middle)
        }

        var key: Range<Int> { start..<start + Int(keyCount) }
        var row: Range<Int> { key.upperBound..<key.upperBound + Int(rowCount) }
        var times: Times {
            get { (event, cut, known) }
            set { (event, cut, known) = newValue }
        }
    }

    private struct Place {
        let first: UInt64
        let second: UInt64
        let id: UInt32

        init(_ key: ArraySlice<UInt8>, id: UInt32) {
            var (first, second): (UInt64, UInt64) = (0, 0)
            for (index, byte) in key.prefix(16).enumerated() {
                if index < 8 {
                    first |= UInt64(byte) << UInt64(56 - 8 * index)
                } else {
                    second |= UInt64(byte) << UInt64(120 - 8 * index)
                }
            }
            self.first = first
            self.second = second
            self.id = id
        }
    }

    /// Returns the bytes by which a store sorts: the key, or the digest of a long one.
    private func storedKey(_ id: Int) -> ArraySlice<UInt8> {
        StateLayout.filed(key(id))
    }

    /// The entries in the order of their stored keys.
    var sorted: Sorted { Sorted(self) }
}
