// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Values as `Value.json` has them, which is the slow twin, without a tree.
extension JSONText {
    /// Appends a value.
    public mutating func value(_ value: Value) {
        switch value {
        case .null: raw(Self.null)
        case .bool(let flag): bool(flag)
        case .int32(let number): integer(Int64(number))
        case .int64(let number): exact(number)
        case .float32(let number): number.isFinite ? self.number(Double(number)) : string(value.text)
        case .float64(let number): float(number)
        case .string(let text): string(text)
        case .bytes, .date: string(value.text)
        case .timestamp(let moment): time(moment)
        case .array(let values):
            raw("[")
            for (index, element) in values.enumerated() {
                if index > 0 { comma() }
                self.value(element)
            }
            raw("]")
        }
    }

    /// Appends the values of a column, commas between them.
    public mutating func values(_ column: Column) {
        switch column.storage {
        case .float64(let values): list(values.indices, column.validity) { $0.float(values[$1]) }
        case .int64(let values) where column.type == .int64:
            list(values.indices, column.validity) { $0.exact(values[$1]) }
        case .int32(let values) where column.type == .int32:
            list(values.indices, column.validity) { $0.integer(Int64(values[$1])) }
        case .bool(let values): list(values.indices, column.validity) { $0.bool(values[$1] != 0) }
        case .bytes(let offsets, let bytes) where column.type == .string:
            list(0..<column.count, column.validity) { $0.string(utf8: bytes[offsets[$1]..<offsets[$1 + 1]]) }
        case .int32, .int64, .float32, .bytes, .array:
            list(0..<column.count, column.validity) { $0.value(column[$1]) }
        }
    }

    /// Appends an instant in quotes: RFC 3339 in UTC, as its description.
    public mutating func time(_ time: Timestamp) {
        let (days, inDay) = time.microseconds.flooredDivision(by: 86_400_000_000)
        let (year, month, day) = CalendarDate(days: Int32(clamping: days)).components
        guard (0...9_999).contains(year) else { return string(time.description) }
        let (seconds, fraction) = UInt64(inDay).quotientAndRemainder(dividingBy: 1_000_000)
        for (mark, number, width) in [
            ("\"", UInt64(year), 4), ("-", UInt64(month), 2), ("-", UInt64(day), 2), ("T", seconds / 3_600, 2),
            (":", seconds / 60 % 60, 2), (":", seconds % 60, 2),
        ] {
            raw(mark)
            append(digits: number, count: width)
        }
        if fraction != 0 {
            raw(".")
            if fraction % 1_000 == 0 {
                append(digits: fraction / 1_000, count: 3)
            } else {
                append(digits: fraction, count: 6)
            }
        }
        raw("Z\"")
    }

    /// Appends nulls and what `write` makes of the other places, commas between them.
    @inline(__always)
    private mutating func list(_ places: Range<Int>, _ validity: Validity, _ write: (inout JSONText, Int) -> Void) {
        for place in places {
            if place > 0 { comma() }
            if validity[place] { write(&self, place) } else { raw(Self.null) }
        }
    }

    private mutating func float(_ number: Double) {
        if number.isFinite { self.number(number) } else { string(number.description) }
    }

    /// An integer that stays exact in every reader, as `JSON.exact`.
    private mutating func exact(_ number: Int64) {
        if number.magnitude <= 1 << 53 { integer(number) } else { string(String(number)) }
    }

    private static let null = Array("null".utf8)
}
