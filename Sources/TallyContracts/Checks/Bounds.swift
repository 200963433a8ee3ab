// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The bounds of a `range` promise, and the test they are for a column of some type.
///
/// A bound is read in the type of the column: the nearest float32 for float32, exact digits for integers and decimals, an
/// instant for timestamps (a day is its midnight in UTC), a day for dates.
struct Bounds: Sendable {
    /// One written bound.
    struct End: Sendable {
        let value: JSON
        let isOpen: Bool

        var words: String { value.stringValue ?? value.compactText }
    }

    /// The lower end; nil for none.
    let lower: End?
    /// The upper end; nil for none.
    let upper: End?

    /// Returns the bounds in a promise's arguments; two when one side has both an open and a closed end.
    static func all(_ arguments: [String: JSON]) -> [Bounds] {
        func end(_ name: String, isOpen: Bool) -> End? { arguments[name].map { End(value: $0, isOpen: isOpen) } }
        let closed = Bounds(lower: end("minimum", isOpen: false), upper: end("maximum", isOpen: false))
        let open = Bounds(lower: end("exclusiveMinimum", isOpen: true), upper: end("exclusiveMaximum", isOpen: true))
        if closed.lower == nil || open.lower == nil, closed.upper == nil || open.upper == nil {
            return [Bounds(lower: open.lower ?? closed.lower, upper: open.upper ?? closed.upper)]
        }
        return [closed, open]
    }

    /// The bounds in words: `from 0 to 150`, `above 0 and at most 1`.
    var words: String {
        switch (lower, upper) {
        case (nil, nil): "any value"
        case (let lower?, nil): (lower.isOpen ? "above " : "at least ") + lower.words
        case (nil, let upper?): (upper.isOpen ? "below " : "at most ") + upper.words
        case (let lower?, let upper?):
            !lower.isOpen && !upper.isOpen
                ? "from \(lower.words) to \(upper.words)"
                : (lower.isOpen ? "above " : "at least ") + lower.words
                    + (upper.isOpen ? " and below " : " and at most ") + upper.words
        }
    }

    /// The test for a column; nil when a bound cannot be read in its type.
    func test(for column: TableContext.Found) -> RowTest.Kind? {
        switch column.type {
        case .int32, .int64: return integers { end, isLower in Self.integer(end, isLower: isLower) }
        case .timestamp:
            return integers { end, isLower in
                Self.instant(end.value).flatMap { Self.closed($0.microseconds, end, isLower) }
            }
        case .date:
            return integers { end, isLower in
                CalendarDate(end.words).flatMap { Self.closed(Int64($0.days), end, isLower) }
            }
        case .float32: return floats { Float($0).map(Double.init) }
        case .float64: return floats { Double($0) }
        case .string where column.isDecimal: return decimals()
        case .string, .bool, .bytes, .array: return nil
        }
    }

    private func integers(_ read: (End, Bool) -> Int64?) -> RowTest.Kind? {
        var (low, high) = (Int64.min, Int64.max)
        if let lower {
            guard let value = read(lower, true) else { return nil }
            low = value
        }
        if let upper {
            guard let value = read(upper, false) else { return nil }
            high = value
        }
        // No whole number lies between: an empty range is one that nothing is in.
        return low <= high ? .integers(low...high) : .among([])
    }

    /// The first whole number inside an end, clamped to 64 bits.
    private static func integer(_ end: End, isLower: Bool) -> Int64? {
        guard let number = number(end.value) else { return nil }
        guard let (floor, isWhole) = number.floor else { return number.isNegative ? .min : .max }
        if isWhole { return closed(floor, end, isLower) }
        guard isLower else { return floor }
        return floor == .max ? .max : floor + 1
    }

    private static func closed(_ value: Int64, _ end: End, _ isLower: Bool) -> Int64? {
        guard end.isOpen else { return value }
        let (moved, overflow) =
            isLower ? value.addingReportingOverflow(1) : value.subtractingReportingOverflow(1)
        return overflow ? nil : moved
    }

    private func floats(_ read: (String) -> Double?) -> RowTest.Kind? {
        var (low, high) = (-Double.infinity, Double.infinity)
        if let lower {
            guard let number = Self.number(lower.value), let value = read(number.description) else { return nil }
            low = value
        }
        if let upper {
            guard let number = Self.number(upper.value), let value = read(number.description) else { return nil }
            high = value
        }
        return .floats(
            RowTest.Interval(
                lower: low, isLowerOpen: lower?.isOpen ?? false, upper: high, isUpperOpen: upper?.isOpen ?? false))
    }

    private func decimals() -> RowTest.Kind? {
        let low = lower.flatMap { Self.number($0.value) }
        let high = upper.flatMap { Self.number($0.value) }
        guard (lower == nil) == (low == nil), (upper == nil) == (high == nil) else { return nil }
        return .decimals(
            RowTest.DecimalInterval(
                lower: low, isLowerOpen: lower?.isOpen ?? false, upper: high, isUpperOpen: upper?.isOpen ?? false))
    }

    /// The decimal number that was written.
    static func number(_ value: JSON) -> DecimalNumber? {
        switch value {
        case .int, .double: DecimalNumber(value.compactText)
        case .string(let text): DecimalNumber(text)
        case .null, .bool, .array, .members: nil
        }
    }

    private static func instant(_ value: JSON) -> Timestamp? {
        guard let text = value.stringValue else { return nil }
        return Timestamp(text) ?? CalendarDate(text).map { Timestamp(microseconds: Int64($0.days) * 86_400_000_000) }
    }
}

extension DecimalNumber {
    /// The largest whole number not above this one, and whether it is this one; nil beyond 64 bits.
    var floor: (value: Int64, isWhole: Bool)? {
        guard exponent > 0 else { return isZero ? (0, true) : (isNegative ? -1 : 0, false) }
        guard exponent <= 19 else { return nil }
        var whole = digits.prefix(exponent).map { Character(Unicode.Scalar($0 + 0x30)) }
        while whole.count < exponent { whole.append("0") }
        let isWhole = digits.count <= exponent
        guard let value = Int64((isNegative ? "-" : "") + String(whole)) else { return nil }
        guard isNegative, !isWhole else { return (value, isWhole) }
        return value == .min ? nil : (value - 1, false)
    }
}
