// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Open addressing from 64-bit integer keys to dense ids, sixteen bytes a place, at most half full.
@safe final class IntegerKeyTable {
    private struct Place {
        var key: Int64
        var id: UInt32
    }

    private(set) var count = 0
    private var mask: Int
    private var places: UnsafeMutablePointer<Place>
    /// The rows of a block that the first probe did not settle.
    private let unsettled: UnsafeMutablePointer<Int>
    /// The first place of each key of a block, and the key that is there.
    private let homes: UnsafeMutablePointer<Int>
    private let found: UnsafeMutablePointer<Int64>
    private static let block = 256

    init(minimumCapacity: Int) {
        var capacity = 16
        while capacity < minimumCapacity * 2 { capacity *= 2 }
        mask = capacity - 1
        unsafe places = Self.emptyPlaces(capacity)
        unsafe unsettled = .allocate(capacity: Self.block)
        unsafe homes = .allocate(capacity: Self.block)
        unsafe found = .allocate(capacity: Self.block)
    }

    deinit {
        unsafe places.deallocate()
        unsafe unsettled.deallocate()
        unsafe homes.deallocate()
        unsafe found.deallocate()
    }

    /// Writes the id of each key; a key not seen before gets the next id if `isGrowing`, else `noEntity`.
    func resolve(
        _ keys: UnsafePointer<Int64>, _ validity: UnsafePointer<UInt64>?, _ count: Int,
        _ ids: UnsafeMutablePointer<UInt32>, isGrowing: Bool
    ) {
        var start = 0
        while start < count {
            let end = min(start + Self.block, count)
            let open = unsafe probeFirst(keys, start, end, ids, isGrowing: isGrowing)
            for index in 0..<open {
                let row = unsafe unsettled[index]
                guard unsafe isValid(validity, row) else { continue }
                unsafe ids[row] = isGrowing ? insert(keys[row]) : find(keys[row])
            }
            start = end
        }
        guard unsafe validity != nil else { return }
        for row in 0..<count where unsafe !isValid(validity, row) { unsafe ids[row] = SpineIndex.noEntity }
    }

    /// Looks at the first place of each key without a branch on what is there, so that cache misses overlap.
    @inline(__always)
    private func probeFirst(
        _ keys: UnsafePointer<Int64>, _ start: Int, _ end: Int, _ ids: UnsafeMutablePointer<UInt32>, isGrowing: Bool
    ) -> Int {
        let places = unsafe self.places
        let unsettled = unsafe self.unsettled
        let homes = unsafe self.homes
        let found = unsafe self.found
        let mask = self.mask
        let count = end &- start
        for index in 0..<count {
            unsafe homes[index] = unsafe Int(truncatingIfNeeded: KeyHash.hash(keys[start &+ index])) & mask
        }
        // Loads by themselves: the shorter the loop, the more of them are under way at once.
        for index in 0..<count {
            let home = unsafe homes[index]
            unsafe found[index] = unsafe places[home].key
            // An empty place says noEntity, which is the answer unless the table grows.
            unsafe ids[start &+ index] = unsafe places[home].id
        }
        var open = 0
        for index in 0..<count {
            let row = start &+ index
            unsafe unsettled[open] = row
            let differs = unsafe found[index] == keys[row] ? 0 : 1
            let isFree = unsafe ids[row] == SpineIndex.noEntity ? 1 : 0
            open &+= isGrowing ? differs | isFree : differs & (1 &- isFree)
        }
        return open
    }

    private func find(_ key: Int64) -> UInt32 {
        unsafe places[place(of: key)].id
    }

    private func insert(_ key: Int64) -> UInt32 {
        var index = place(of: key)
        let id = unsafe places[index].id
        guard id == SpineIndex.noEntity else { return id }
        if (count + 1) * 2 > mask + 1 {
            grow()
            index = place(of: key)
        }
        precondition(count < Int(UInt32.max), "more than \(count) entities")
        let fresh = UInt32(truncatingIfNeeded: count)
        unsafe places[index] = Place(key: key, id: fresh)
        count += 1
        return fresh
    }

    /// The place that holds the key, or the free one where it belongs.
    @inline(__always)
    private func place(of key: Int64) -> Int {
        var index = Int(truncatingIfNeeded: KeyHash.hash(key)) & mask
        while unsafe places[index].id != SpineIndex.noEntity, unsafe places[index].key != key {
            index = (index &+ 1) & mask
        }
        return index
    }

    private func grow() {
        let old = unsafe places
        let oldCapacity = mask + 1
        unsafe places = Self.emptyPlaces(oldCapacity * 2)
        mask = oldCapacity * 2 - 1
        for index in 0..<oldCapacity where unsafe old[index].id != SpineIndex.noEntity {
            unsafe places[place(of: old[index].key)] = unsafe old[index]
        }
        unsafe old.deallocate()
    }

    private static func emptyPlaces(_ capacity: Int) -> UnsafeMutablePointer<Place> {
        let places = UnsafeMutablePointer<Place>.allocate(capacity: capacity)
        unsafe places.initialize(repeating: Place(key: 0, id: SpineIndex.noEntity), count: capacity)
        return unsafe places
    }

    /// The longest run of places any key is away from its own; for tests of the hash.
    var longestProbe: Int {
        var longest = 0
        for index in 0...mask where unsafe places[index].id != SpineIndex.noEntity {
            let home = unsafe Int(truncatingIfNeeded: KeyHash.hash(places[index].key)) & mask
            longest = max(longest, (index - home) & mask)
        }
        return longest
    }
}
