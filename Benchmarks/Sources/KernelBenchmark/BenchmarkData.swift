// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import BenchmarkKit

/// A source and a spine in memory, made from a seed.
@safe final class BenchmarkData {
    static let span = 60 * 86_400 * 1_000_000
    let sourceRows: Int
    let spineRows: Int
    let keys: UnsafeMutablePointer<Int64>
    let times: UnsafeMutablePointer<Int64>
    let known: UnsafeMutablePointer<Int64>?
    let sequences: UnsafeMutablePointer<Int64>?
    let floats: [UnsafeMutablePointer<Double>]
    let views: UnsafeMutableRawPointer?
    let heap: UnsafeMutablePointer<UInt8>
    let spineKeys: UnsafeMutablePointer<Int64>
    let spineTimes: UnsafeMutablePointer<Int64>
    let keyViews: UnsafeMutableRawPointer?
    let spineKeyViews: UnsafeMutableRawPointer?

    init(_ variant: Variant, sourceRows: Int, spineRows: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        self.sourceRows = sourceRows
        self.spineRows = spineRows
        unsafe keys = .allocate(capacity: sourceRows)
        unsafe times = .allocate(capacity: sourceRows)
        unsafe spineKeys = .allocate(capacity: spineRows)
        unsafe spineTimes = .allocate(capacity: spineRows)
        for row in 0..<sourceRows {
            unsafe keys[row] = Self.key(random.below(variant.entityCount))
            switch variant {
            case .sorted: unsafe times[row] = Int64(Self.span / sourceRows * row)
            case .tied: unsafe times[row] = Int64(random.below(60) * 86_400_000_000)
            case .unsorted, .hot, .wide, .strings, .known, .stringKeys, .longKeys:
                unsafe times[row] = Int64(random.below(Self.span))
            }
        }
        for row in 0..<spineRows {
            unsafe spineKeys[row] = Self.key(random.below(variant.entityCount))
            unsafe spineTimes[row] = Int64(random.below(Self.span))
        }
        unsafe floats = (0..<variant.floatColumns).map { _ in
            let column = UnsafeMutablePointer<Double>.allocate(capacity: sourceRows)
            for row in 0..<sourceRows { unsafe column[row] = Double(random.below(1_000_000)) / 16 }
            return unsafe column
        }
        let isKnown = variant == .known
        unsafe known = isKnown ? .allocate(capacity: sourceRows) : nil
        unsafe sequences = isKnown ? .allocate(capacity: sourceRows) : nil
        if let known = unsafe known, let sequences = unsafe sequences {
            for row in 0..<sourceRows {
                unsafe known[row] = times[row] + Int64(random.below(3_600_000_000))
                unsafe sequences[row] = Int64(row)
            }
        }
        unsafe heap = .allocate(capacity: 1 << 20)
        for index in 0..<(1 << 20) { unsafe heap[index] = UInt8(97 + random.below(26)) }
        let heap = unsafe self.heap
        unsafe views =
            variant == .strings
            ? Self.views(sourceRows) { _, view in
                let length = 5 + random.below(36)
                unsafe Self.write(view, heap + random.below(1 << 20 - 64), length)
            } : nil
        switch variant {
        case .stringKeys:
            unsafe keyViews = Self.keyViews(keys, sourceRows)
            unsafe spineKeyViews = Self.keyViews(spineKeys, spineRows)
        case .longKeys:
            unsafe keyViews = Self.longKeyViews(keys, sourceRows)
            unsafe spineKeyViews = Self.longKeyViews(spineKeys, spineRows)
        case .unsorted, .sorted, .hot, .wide, .strings, .tied, .known:
            unsafe keyViews = nil
            unsafe spineKeyViews = nil
        }
    }

    /// Keys are scattered over the integers: a dictionary must not count on small ones.
    private static func key(_ entity: Int) -> Int64 { Int64(entity) &* 7_919_000_003 &- 1_000_000_007 }

    private static func views(_ count: Int, _ fill: (Int, UnsafeMutableRawPointer) -> Void) -> UnsafeMutableRawPointer {
        let views = UnsafeMutableRawPointer.allocate(byteCount: 16 * count, alignment: 16)
        for row in 0..<count { unsafe fill(row, views + 16 * row) }
        return unsafe views
    }

    private static func keyViews(_ keys: UnsafeMutablePointer<Int64>, _ count: Int) -> UnsafeMutableRawPointer {
        unsafe views(count) { row, view in
            // Eleven letters, inline.
            var rest = UInt64(bitPattern: unsafe keys[row])
            unsafe view.storeBytes(of: 11, as: UInt64.self)
            unsafe view.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
            for index in 0..<11 {
                unsafe view.storeBytes(of: UInt8(97 + rest % 26), toByteOffset: 4 + index, as: UInt8.self)
                rest /= 26
            }
        }
    }

    /// Views of keys that lie one behind the other, as in a vector of long strings.
    private static func longKeyViews(
        _ keys: UnsafeMutablePointer<Int64>, _ count: Int
    ) -> UnsafeMutableRawPointer {
        let heap = UnsafeMutablePointer<UInt8>.allocate(capacity: 24 * count)
        return unsafe views(count) { row, view in
            var rest = UInt64(bitPattern: unsafe keys[row])
            let length = 13 + Int(rest % 11)
            for index in 0..<length {
                unsafe heap[24 * row + index] = UInt8(97 + rest % 26)
                rest = rest / 26 &+ UInt64(index < 11 ? 0 : length)
            }
            unsafe write(view, heap + 24 * row, length)
        }
    }

    private static func write(_ view: UnsafeMutableRawPointer, _ bytes: UnsafeMutablePointer<UInt8>, _ length: Int) {
        unsafe view.storeBytes(of: UInt64(length), as: UInt64.self)
        unsafe view.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
        unsafe (view + 4).copyMemory(from: bytes, byteCount: min(length, length <= 12 ? 12 : 4))
        if length > 12 {
            unsafe view.storeBytes(of: UnsafeRawPointer(bytes), toByteOffset: 8, as: UnsafeRawPointer.self)
        }
    }
}
