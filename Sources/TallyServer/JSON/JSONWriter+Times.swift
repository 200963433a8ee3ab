// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension JSONWriter {
    /// Appends an instant in quotes, as `Timestamp.description` writes it: RFC 3339, UTC, a fraction of 0, 3 or 6 digits.
    mutating func timestamp(_ time: Timestamp) {
        let (days, inDay) = time.microseconds.flooredDivision(by: 86_400_000_000)
        let (year, month, day) = CalendarDate(days: Int32(clamping: days)).components
        guard (0...9_999).contains(year) else { return string(time.description) }
        let seconds = Int(inDay / 1_000_000)
        let fraction = Int(inDay % 1_000_000)
        byte(UInt8(ascii: "\""))
        digits(year, 4)
        byte(UInt8(ascii: "-"))
        digits(month, 2)
        byte(UInt8(ascii: "-"))
        digits(day, 2)
        byte(UInt8(ascii: "T"))
        digits(seconds / 3_600, 2)
        byte(UInt8(ascii: ":"))
        digits(seconds / 60 % 60, 2)
        byte(UInt8(ascii: ":"))
        digits(seconds % 60, 2)
        if fraction != 0 {
            byte(UInt8(ascii: "."))
            if fraction % 1_000 == 0 { digits(fraction / 1_000, 3) } else { digits(fraction, 6) }
        }
        byte(UInt8(ascii: "Z"))
        byte(UInt8(ascii: "\""))
    }

    private mutating func digits(_ number: Int, _ width: Int) {
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            byte(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }
}
