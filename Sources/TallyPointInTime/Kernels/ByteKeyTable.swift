// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Open addressing from byte keys to dense ids, twenty-four bytes a place, at most half full.
///
/// A short key lies in its place; of a long one the place has the hash, and where its bytes lie in one buffer for all.
@safe final class ByteKeyTable {
    struct Place {
        var words: KeyWords
        var id: UInt32
        /// The start of a long key's bytes, in units of eight bytes.
        var unit: UInt32
    }

    private(set) var count = 0
    private var mask: Int
    private var places: UnsafeMutablePointer<Place>
    private var bytes: UnsafeMutableRawPointer
    private var unitCapacity: Int
    private var unitCount = 0
    private let scratch = ByteKeyScratch()

    init(minimumCapacity: Int) {
        var capacity = 16
        while capacity < minimumCapacity * 2 { capacity *= 2 }
        mask = capacity - 1
        unsafe places = Self.emptyPlaces(capacity)
        unitCapacity = 32
        unsafe bytes = .allocate(byteCount: 8 * unitCapacity, alignment: 64)
    }

    deinit {
        unsafe places.deallocate()
        unsafe bytes.deallocate()
    }

    /// Writes the id of each key; a key not seen before gets the next id if `isGrowing`, else `noEntity`.
    @inline(__always)
    func resolve(
        _ validity: UnsafePointer<UInt64>?, _ count: Int, _ ids: UnsafeMutablePointer<UInt32>, isGrowing: Bool,
        words: (Int) -> KeyWords, run: (Int) -> ByteRun
    ) {
        var start = 0
        while start < count {
            let size = min(ByteKeyScratch.block, count - start)
            let keys = unsafe scratch.words
            for index in 0..<size {
                // What lies behind a null may be no view at all.
                unsafe keys[index] = unsafe isValid(validity, start &+ index) ? words(start &+ index) : .none
            }
            var (open, long) = unsafe probeFirst(size, ids + start, isGrowing: isGrowing)
            if long > 0, unsafe !verify(long, run: { unsafe run(start &+ $0) }) {
                // Two long keys of one hash: every row is looked at again, in order, as fresh ids go by order.
                for index in 0..<size { unsafe scratch.unsettled[index] = index }
                open = size
            }
            for lane in 0..<open {
                let index = unsafe scratch.unsettled[lane]
                guard unsafe isValid(validity, start &+ index) else { continue }
                let key = unsafe keys[index]
                let bytes = unsafe run(start &+ index)
                unsafe ids[start &+ index] = isGrowing ? insert(key, bytes) : places[place(of: key, bytes)].id
            }
            start += size
        }
        guard unsafe validity != nil else { return }
        for row in 0..<count where unsafe !isValid(validity, row) { unsafe ids[row] = SpineIndex.noEntity }
    }

    /// Looks at the first place of each key without a branch on what is there, so that cache misses overlap.
    ///
    /// Lists the rows that need a second look, and those whose long key has the words of the key in its place.
    private func probeFirst(
        _ size: Int, _ ids: UnsafeMutablePointer<UInt32>, isGrowing: Bool
    ) -> (open: Int, long: Int) {
        let keys = unsafe scratch.words
        let homes = unsafe scratch.homes
        let differences = unsafe scratch.differences
        let unsettled = unsafe scratch.unsettled
        let longs = unsafe scratch.longs
        let places = unsafe self.places
        let mask = self.mask
        for index in 0..<size { unsafe homes[index] = unsafe Int(truncatingIfNeeded: keys[index].home) & mask }
        // Loads by themselves: the shorter the loop, the more of them are under way at once.
        for index in 0..<size {
            let place = unsafe places + homes[index]
            let key = unsafe keys[index]
            unsafe differences[index] =
                unsafe (place.pointee.words.first ^ key.first)
                | (place.pointee.words.second ^ key.second)
            // An empty place says noEntity, which is the answer unless the table grows.
            unsafe ids[index] = place.pointee.id
        }
        var open = 0
        var long = 0
        for index in 0..<size {
            unsafe unsettled[open] = index
            unsafe longs[long] = index
            let differs = unsafe differences[index] == 0 ? 0 : 1
            let isFree = unsafe ids[index] == SpineIndex.noEntity ? 1 : 0
            open &+= isGrowing ? differs | isFree : differs & (1 &- isFree)
            long &+= unsafe (1 &- (differs | isFree)) & (keys[index].isLong ? 1 : 0)
        }
        return (open, long)
    }

    /// Whether the long keys listed have the bytes of the keys in their places.
    @inline(__always)
    private func verify(_ long: Int, run: (Int) -> ByteRun) -> Bool {
        let heads = unsafe scratch.heads
        let stored = unsafe scratch.stored
        for lane in 0..<long {
            let home = unsafe scratch.homes[scratch.longs[lane]]
            unsafe stored[lane] = unsafe start(of: places[home])
        }
        for lane in 0..<long { unsafe heads[lane] = unsafe stored[lane].load(as: UInt64.self) }
        for lane in 0..<long {
            let run = unsafe run(scratch.longs[lane])
            guard unsafe heads[lane] == run.start.loadUnaligned(as: UInt64.self),
                unsafe Self.hasSameRest(stored[lane], run)
            else { return false }
        }
        return true
    }

    /// Whether two keys of one length, nine bytes or more, have the same bytes after the first eight.
    @inline(__always)
    private static func hasSameRest(_ stored: UnsafeRawPointer, _ run: ByteRun) -> Bool {
        let last = unsafe run.count &- 8
        var index = 8
        while index < last {
            let word = unsafe run.start.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if unsafe stored.load(fromByteOffset: index, as: UInt64.self) != word { return false }
            index &+= 8
        }
        return unsafe stored.loadUnaligned(fromByteOffset: last, as: UInt64.self)
            == run.start.loadUnaligned(fromByteOffset: last, as: UInt64.self)
    }

    private func start(of place: Place) -> UnsafeRawPointer {
        unsafe UnsafeRawPointer(bytes + 8 &* Int(place.unit))
    }

    private func insert(_ key: KeyWords, _ run: ByteRun) -> UInt32 {
        var index = unsafe place(of: key, run)
        let id = unsafe places[index].id
        guard id == SpineIndex.noEntity else { return id }
        if (count + 1) * 2 > mask + 1 {
            grow()
            unsafe index = place(of: key, run)
        }
        precondition(count < Int(UInt32.max), "more than \(count) entities")
        let fresh = UInt32(truncatingIfNeeded: count)
        unsafe places[index] = Place(words: key, id: fresh, unit: key.isLong ? append(run) : 0)
        count += 1
        return fresh
    }

    /// Keeps the bytes of a long key, and returns the unit they start at.
    private func append(_ run: ByteRun) -> UInt32 {
        let needed = unsafe unitCount + (run.count + 7) / 8
        precondition(needed <= Int(UInt32.max), "keys of more than \(8 * unitCount) bytes")
        if needed > unitCapacity {
            let capacity = max(needed, unitCapacity * 2)
            let larger = UnsafeMutableRawPointer.allocate(byteCount: 8 * capacity, alignment: 64)
            unsafe larger.copyMemory(from: bytes, byteCount: 8 * unitCount)
            unsafe bytes.deallocate()
            unsafe bytes = larger
            unitCapacity = capacity
        }
        unsafe (bytes + 8 * unitCount).copyMemory(from: run.start, byteCount: run.count)
        let unit = UInt32(unitCount)
        unitCount = needed
        return unit
    }

    /// The place that holds the key, or the free one where it belongs.
    private func place(of key: KeyWords, _ run: ByteRun) -> Int {
        var index = Int(truncatingIfNeeded: key.home) & mask
        while true {
            let place = unsafe places[index]
            if place.id == SpineIndex.noEntity { return index }
            if place.words.first == key.first, place.words.second == key.second,
                unsafe !key.isLong || compareBytes(start(of: place), run.start, count: run.count) == 0
            {
                return index
            }
            index = (index &+ 1) & mask
        }
    }

    private func grow() {
        let old = unsafe places
        let oldCapacity = mask + 1
        unsafe places = Self.emptyPlaces(oldCapacity * 2)
        mask = oldCapacity * 2 - 1
        for oldIndex in 0..<oldCapacity where unsafe old[oldIndex].id != SpineIndex.noEntity {
            var index = unsafe Int(truncatingIfNeeded: old[oldIndex].words.home) & mask
            while unsafe places[index].id != SpineIndex.noEntity { index = (index &+ 1) & mask }
            unsafe places[index] = unsafe old[oldIndex]
        }
        unsafe old.deallocate()
    }

    private static func emptyPlaces(_ capacity: Int) -> UnsafeMutablePointer<Place> {
        let places = UnsafeMutablePointer<Place>.allocate(capacity: capacity)
        unsafe places.initialize(repeating: Place(words: .none, id: SpineIndex.noEntity, unit: 0), count: capacity)
        return unsafe places
    }

    /// The longest run of places any key is away from its own; for tests of the hash.
    var longestProbe: Int {
        var longest = 0
        for index in 0...mask where unsafe places[index].id != SpineIndex.noEntity {
            let home = unsafe Int(truncatingIfNeeded: places[index].words.home) & mask
            longest = max(longest, (index - home) & mask)
        }
        return longest
    }
}
