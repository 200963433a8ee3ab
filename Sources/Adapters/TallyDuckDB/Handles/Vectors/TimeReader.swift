// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Turns the numbers of a time column into microseconds since 1970-01-01T00:00:00Z.
///
/// Finer units are rounded, wall times are read in a zone, and infinite times become null; nanoseconds are never infinite.
struct TimeReader {
    let unit: TimeUnit
    /// The zone of wall times; nil for UTC.
    let zone: ZoneTable?
    /// Whether infinite times stay as DuckDB's numbers, for columns that are only carried along.
    var keepsInfinity = false
    /// Where times finer than microseconds go.
    var rounding = Timestamp.Rounding.down

    /// Whether there may be nanoseconds to cut.
    var cutsNanoseconds: Bool { unit.scale == .nanoseconds }

    /// Whether the numbers are used as they are, if none of them is infinite.
    var readsInPlace: Bool { unit.scale == .microseconds && (unit.isZoned || zone == nil) }

    /// Whether the vector can be used in place: finite microseconds in UTC.
    func isDirect(_ vector: Vector, count: Int) -> Bool {
        guard readsInPlace else { return false }
        if keepsInfinity { return true }
        let values = unsafe vector.values(as: Int64.self)
        var infinite = 0
        for row in 0..<count { infinite &+= unsafe unit.isInfinite(values[row]) ? 1 : 0 }
        return infinite == 0
    }

    /// Writes instants and their validity, and into `cuts` the nanoseconds that are cut; a null or infinite time is null.
    ///
    /// A wall time is rounded as an instant: what comes after the last nanosecond before a clock is put on is the instant
    /// at which it is, not the hour that is skipped. Returns the number of irregular wall times from row `start` on.
    func read(
        _ vector: Vector, count: Int, into instants: UnsafeMutablePointer<Int64>,
        validity: UnsafeMutablePointer<UInt64>, cuts: UnsafeMutablePointer<Int32>? = nil,
        countingFrom start: Int = 0
    ) -> Int {
        let values = unsafe vector.values(as: Int64.self)
        for word in 0..<(count + 63) / 64 { unsafe validity[word] = vector.validity?[word] ?? .max }
        let zone = unit.isZoned ? nil : zone
        var irregular = 0
        for row in 0..<count {
            let bit: UInt64 = 1 << UInt64(row & 63)
            let raw = unsafe values[row]
            if let cuts = unsafe cuts { unsafe cuts[row] = cut(of: vector, row) }
            if unsafe validity[row >> 6] & bit == 0 {
                unsafe instants[row] = 0
            } else if unit.isInfinite(raw) {
                if !keepsInfinity { unsafe validity[row >> 6] &= ~bit }
                unsafe instants[row] = keepsInfinity ? raw : 0
            } else if let zone {
                let (wall, nanoseconds) = unit.floored(raw)
                let instant = zone.instant(ofWall: wall)
                unsafe instants[row] = instant.microseconds + rounding.rounding(nanoseconds).carry
                if !instant.isRegular, row >= start { irregular += 1 }
            } else {
                let (microseconds, nanoseconds) = unit.floored(raw)
                unsafe instants[row] = microseconds + rounding.rounding(nanoseconds).carry
            }
        }
        return irregular
    }

    /// The nanoseconds that rounding cuts from a time; 0 for null and infinite ones.
    @inline(__always)
    private func cut(of vector: Vector, _ row: Int) -> Int32 {
        guard vector.isValid(row) else { return 0 }
        let raw = unsafe vector.values(as: Int64.self)[row]
        return unit.isInfinite(raw) ? 0 : rounding.rounding(unit.floored(raw).nanoseconds).cut
    }

    /// The nanoseconds that rounding cuts from a value of a type that holds times: of a list the sum of its elements'.
    func cut(of vector: Vector, _ row: Int, as type: DataType) -> Int32 {
        guard case .array(let element) = type else { return cut(of: vector, row) }
        guard vector.isValid(row) else { return 0 }
        let entry = unsafe vector.values(as: (offset: UInt64, length: UInt64).self)[row]
        let elements = vector.elements.vector
        return (entry.offset..<entry.offset + entry.length).reduce(0) {
            $0 &+ cut(of: elements, Int($1), as: element)
        }
    }
}
