// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Turns the numbers of a time column into microseconds since 1970-01-01T00:00:00Z.
///
/// Finer units are floored, wall times are read in a zone, and infinite times become null.
struct TimeReader {
    let unit: TimeUnit
    /// The zone of wall times; nil for UTC.
    let zone: ZoneTable?
    /// Whether infinite times stay as DuckDB's numbers, for columns that are only carried along.
    var keepsInfinity = false

    /// Whether the numbers are used as they are, if none of them is infinite.
    var readsInPlace: Bool { unit.scale == .microseconds && (unit.isZoned || zone == nil) }

    /// Whether the vector can be used in place: finite microseconds in UTC.
    func isDirect(_ vector: Vector, count: Int) -> Bool {
        guard readsInPlace else { return false }
        if keepsInfinity { return true }
        let values = unsafe vector.values(as: Int64.self)
        var infinite = 0
        for row in 0..<count { infinite &+= unsafe TimeUnit.isInfinite(values[row]) ? 1 : 0 }
        return infinite == 0
    }

    /// Writes instants and their validity; a null or infinite time is null.
    ///
    /// Returns the number of irregular wall times from row `start` on.
    func read(
        _ vector: Vector, count: Int, into instants: UnsafeMutablePointer<Int64>,
        validity: UnsafeMutablePointer<UInt64>, countingFrom start: Int = 0
    ) -> Int {
        let values = unsafe vector.values(as: Int64.self)
        for word in 0..<(count + 63) / 64 { unsafe validity[word] = vector.validity?[word] ?? .max }
        let zone = unit.isZoned ? nil : zone
        var irregular = 0
        for row in 0..<count {
            let bit: UInt64 = 1 << UInt64(row & 63)
            let raw = unsafe values[row]
            if unsafe validity[row >> 6] & bit == 0 {
                unsafe instants[row] = 0
            } else if TimeUnit.isInfinite(raw) {
                if !keepsInfinity { unsafe validity[row >> 6] &= ~bit }
                unsafe instants[row] = keepsInfinity ? raw : 0
            } else if let zone {
                let instant = zone.instant(ofWall: unit.microseconds(raw))
                unsafe instants[row] = instant.microseconds
                if !instant.isRegular, row >= start { irregular += 1 }
            } else {
                unsafe instants[row] = unit.microseconds(raw)
            }
        }
        return irregular
    }
}
