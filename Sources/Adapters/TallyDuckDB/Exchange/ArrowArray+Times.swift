// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB

extension ArrowArray {
    /// How many times of an array that was looked at are beyond what files of microseconds hold.
    ///
    /// Parquet has no seconds, and the greatest number of microseconds and its negative are infinite to DuckDB, which are no
    /// instants: all of them would come back as nulls, or end the statement without a word of the column. Nanoseconds and
    /// times of day reach no such number.
    func farTimes(_ field: ArrowField, from start: Int64 = 0, count: Int64? = nil) -> Int {
        var found = 0
        for (index, child) in field.children.enumerated() {
            guard let array = unsafe children?[index] else { continue }
            found += unsafe array.pointee.farTimes(child)
        }
        if let values = field.dictionary.first, let array = unsafe dictionary {
            found += unsafe array.pointee.farTimes(values)
        }
        let count = unsafe count ?? length
        guard count > 0, field.dictionary.isEmpty, let limit = field.farthestTime,
            let values = unsafe buffers[1]?.assumingMemoryBound(to: Int64.self)
        else { return found }
        let bits = unsafe buffers[0]?.assumingMemoryBound(to: UInt8.self)
        let first = unsafe Int(offset + start)
        for row in first..<first + Int(count) where unsafe values[row].magnitude > limit {
            // The least number of all is a time to DuckDB where it counts microseconds.
            if unsafe limit == UInt64(Int64.max) - 1 && values[row] == .min { continue }
            if let bits = unsafe bits, unsafe bits[row >> 3] & (1 << UInt8(row & 7)) == 0 { continue }
            found += 1
        }
        return found
    }
}

extension ArrowField {
    /// The greatest number of its unit that is a time of microseconds too; nil for what is no time, and for nanoseconds.
    fileprivate var farthestTime: UInt64? {
        switch format.prefix(4) {
        case "tss:": UInt64(Int64.max / 1_000_000)
        case "tsm:": UInt64(Int64.max / 1_000)
        case "tsu:": UInt64(Int64.max) - 1
        default: nil
        }
    }
}
