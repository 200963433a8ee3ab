// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Open addressing from byte keys to dense ids: hashes in the table, the bytes of all keys in one buffer.
@safe final class ByteKeyTable {
    private struct Place {
        var hash: UInt64
        var id: UInt32
        var length: UInt32
    }

    private(set) var count = 0
    private var mask: Int
    private var places: UnsafeMutablePointer<Place>
    /// Where each key starts in `bytes`, by id.
    private var starts: [Int] = []
    private var bytes: UnsafeMutableRawPointer
    private var byteCapacity: Int
    private var byteCount = 0
    private let hashes: UnsafeMutablePointer<UInt64>
    private static let block = 256

    init(minimumCapacity: Int) {
        var capacity = 16
        while capacity < minimumCapacity * 2 { capacity *= 2 }
        mask = capacity - 1
        unsafe places = Self.emptyPlaces(capacity)
        byteCapacity = max(256, minimumCapacity * 16)
        unsafe bytes = .allocate(byteCount: byteCapacity, alignment: 16)
        unsafe hashes = .allocate(capacity: Self.block)
        starts.reserveCapacity(minimumCapacity)
    }

    deinit {
        unsafe places.deallocate()
        unsafe bytes.deallocate()
        unsafe hashes.deallocate()
    }

    /// Writes the id of each key; a key not seen before gets the next id if `isGrowing`, else `noEntity`.
    @inline(__always)
    func resolve(
        _ validity: UnsafePointer<UInt64>?, _ count: Int, _ ids: UnsafeMutablePointer<UInt32>, isGrowing: Bool,
        key: (Int) -> ByteRun
    ) {
        var start = 0
        while start < count {
            let end = min(start + Self.block, count)
            // First all hashes, then all probes: the misses of the second loop overlap.
            for row in start..<end where unsafe isValid(validity, row) {
                unsafe hashes[row - start] = unsafe KeyHash.hash(key(row))
            }
            for row in start..<end {
                guard unsafe isValid(validity, row) else {
                    unsafe ids[row] = SpineIndex.noEntity
                    continue
                }
                let hash = unsafe hashes[row - start]
                unsafe ids[row] = isGrowing ? insert(key(row), hash) : unsafe places[place(of: key(row), hash)].id
            }
            start = end
        }
    }

    private func insert(_ run: ByteRun, _ hash: UInt64) -> UInt32 {
        var index = unsafe place(of: run, hash)
        let id = unsafe places[index].id
        guard id == SpineIndex.noEntity else { return id }
        if (count + 1) * 2 > mask + 1 {
            grow()
            unsafe index = place(of: run, hash)
        }
        precondition(count < Int(UInt32.max), "more than \(count) entities")
        let fresh = UInt32(truncatingIfNeeded: count)
        unsafe places[index] = Place(hash: hash, id: fresh, length: UInt32(run.count))
        unsafe append(run)
        count += 1
        return fresh
    }

    private func append(_ run: ByteRun) {
        let needed = unsafe byteCount + run.count
        if needed > byteCapacity {
            let capacity = max(needed, byteCapacity * 2)
            let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
            unsafe larger.copyMemory(from: bytes, byteCount: byteCount)
            unsafe bytes.deallocate()
            unsafe bytes = larger
            byteCapacity = capacity
        }
        unsafe (bytes + byteCount).copyMemory(from: run.start, byteCount: run.count)
        starts.append(byteCount)
        byteCount = needed
    }

    /// The place that holds the key, or the free one where it belongs.
    private func place(of run: ByteRun, _ hash: UInt64) -> Int {
        var index = Int(truncatingIfNeeded: hash) & mask
        while true {
            let place = unsafe places[index]
            if place.id == SpineIndex.noEntity { return index }
            if place.hash == hash, unsafe Int(place.length) == run.count,
                unsafe compareBytes(bytes + starts[Int(place.id)], run.start, count: run.count) == 0
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
            var index = unsafe Int(truncatingIfNeeded: old[oldIndex].hash) & mask
            while unsafe places[index].id != SpineIndex.noEntity { index = (index &+ 1) & mask }
            unsafe places[index] = unsafe old[oldIndex]
        }
        unsafe old.deallocate()
    }

    private static func emptyPlaces(_ capacity: Int) -> UnsafeMutablePointer<Place> {
        let places = UnsafeMutablePointer<Place>.allocate(capacity: capacity)
        unsafe places.initialize(repeating: Place(hash: 0, id: SpineIndex.noEntity, length: 0), count: capacity)
        return unsafe places
    }

    /// The longest run of places any key is away from its own; for tests of the hash.
    var longestProbe: Int {
        var longest = 0
        for index in 0...mask where unsafe places[index].id != SpineIndex.noEntity {
            let home = unsafe Int(truncatingIfNeeded: places[index].hash) & mask
            longest = max(longest, (index - home) & mask)
        }
        return longest
    }
}
