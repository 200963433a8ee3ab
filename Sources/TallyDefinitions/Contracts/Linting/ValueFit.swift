// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The rules of the standard's logical types for single values of a contract: enum values, bounds, defaults.
enum ValueFit {
    /// Whether a value fits a column of a logical type; every value fits an unknown type.
    static func fits(_ value: JSON, _ type: String?) -> Bool {
        switch type {
        case "string": value.stringValue != nil
        case "boolean": value.boolValue != nil
        case "number": value.numberValue != nil
        case "integer": value.numberValue.map { $0.rounded() == $0 } ?? false
        case "date", "timestamp", "time": value.stringValue.map { instant($0, type) != nil } ?? false
        case "object", "map": value.objectValue != nil
        case "array", "vector": value.arrayValue != nil
        default: true
        }
    }

    /// A number in the order of values: itself, or the place in time of a text; nil for what is neither.
    static func rank(_ value: JSON, _ type: String?) -> Double? {
        if let number = value.numberValue { return number }
        return value.stringValue.flatMap { instant($0, type) }
    }

    /// Microseconds of a date, a timestamp (UTC without an offset) or a time of day; in 3.0 a date is a timestamp too.
    private static func instant(_ text: String, _ type: String?) -> Double? {
        if type == "time" {
            return Timestamp("1970-01-01T\(text)Z").map { Double($0.microseconds) }
                ?? Timestamp("1970-01-01T\(text)").map { Double($0.microseconds) }
        }
        if let date = CalendarDate(text) { return Double(date.days) * 86_400_000_000 }
        guard type == "timestamp" || type == "date" else { return nil }
        return (Timestamp(text) ?? Timestamp(text + "Z")).map { Double($0.microseconds) }
    }

    /// The interval that bounds leave; nil where none is written.
    struct Interval {
        var lower = -Double.infinity
        var isLowerOpen = false
        var upper = Double.infinity
        var isUpperOpen = false

        /// Narrows it by a bound of the standard's name.
        mutating func narrow(_ name: String, _ value: Double) {
            switch name {
            case "minimum" where value > lower: (lower, isLowerOpen) = (value, false)
            case "exclusiveMinimum" where value >= lower: (lower, isLowerOpen) = (value, true)
            case "maximum" where value < upper: (upper, isUpperOpen) = (value, false)
            case "exclusiveMaximum" where value <= upper: (upper, isUpperOpen) = (value, true)
            default: break
            }
        }

        /// Whether no value lies inside; of whole numbers, if asked.
        func isEmpty(isWhole: Bool) -> Bool {
            guard isWhole, lower.isFinite, upper.isFinite else {
                return lower > upper || (lower == upper && (isLowerOpen || isUpperOpen))
            }
            let first = isLowerOpen ? lower.rounded(.down) + 1 : lower.rounded(.up)
            let last = isUpperOpen ? upper.rounded(.up) - 1 : upper.rounded(.down)
            return first > last
        }

        /// Whether a multiple of a step lies inside of two ends.
        ///
        /// A float that is next to a multiple counts as one: 0.3 is three times 0.1.
        func holdsMultiple(of step: Double) -> Bool {
            let (first, last) = ((lower / step).rounded(), (upper / step).rounded())
            // Floats of this size have no neighbours at a distance of one, so that nothing can be counted.
            guard first.magnitude < 0x1p53, last.magnitude < 0x1p53, last - first <= 2 else { return true }
            let near = step * 1e-9
            return stride(from: first - 1, through: last + 1, by: 1).contains { count in
                let value = count * step
                let isAbove = isLowerOpen ? value > lower + near : value >= lower - near
                return isAbove && (isUpperOpen ? value < upper - near : value <= upper + near)
            }
        }

        /// Whether a number lies inside.
        func contains(_ value: Double) -> Bool {
            (isLowerOpen ? value > lower : value >= lower) && (isUpperOpen ? value < upper : value <= upper)
        }
    }

    /// The interval of an integer format such as `u8`.
    static func width(_ format: String) -> Interval? {
        guard let bits = Int(format.dropFirst()), (1...1_024).contains(bits), let kind = format.first else {
            return nil
        }
        var interval = Interval()
        switch kind {
        case "i":
            interval.lower = -Double(sign: .plus, exponent: bits - 1, significand: 1)
            interval.upper = -interval.lower
        case "u":
            interval.lower = 0
            interval.upper = Double(sign: .plus, exponent: bits, significand: 1)
        default: return nil
        }
        interval.isUpperOpen = true
        return interval
    }
}
