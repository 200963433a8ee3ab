// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
public import TallyModel

extension RowRule {
    /// Whether a row fails the test; the same verdict as `failures(in:)`, value by value.
    ///
    /// `value` gives the value of an input column, null for one that is not there.
    public func fails(_ value: (String) -> Value) -> Bool {
        if let expression { return expression.evaluate(value).value == .bool(false) }
        guard let name = test.column else { return false }
        let own = value(name)
        switch (test.kind, own) {
        case (.required, _): return own.isNull
        case (_, .null): return false
        case (.notLaterThan(let other, let span), .timestamp(let time)):
            guard case .timestamp(let limit) = value(other) else { return false }
            return Self.isLater(time.microseconds, than: limit.microseconds, span)
        case (_, .array(let elements)):
            guard case .array(let element) = type else { preconditionFailure("a list for a rule of \(test.kind)") }
            let column = Column(type: element, values: elements)
            return !passes(items: 0..<elements.count, of: column)
        default: return !passes(own)
        }
    }

    /// Whether a value that is there passes a test of single values.
    func passes(_ value: Value) -> Bool {
        switch test.kind {
        case .integers(let range): return value.integer.map { range.contains($0) } ?? true
        case .floats(let interval): return value.float.map { interval.contains($0) } ?? true
        case .finite(let refusesNaN, let refusesInfinity):
            guard let number = value.float else { return true }
            return !(refusesNaN && number.isNaN || refusesInfinity && number.isInfinite)
        case .whole: return value.float.map { $0.isFinite && $0 == $0.rounded(.towardZero) } ?? true
        case .decimals(let interval):
            guard case .string(let text) = value, let number = DecimalNumber(text) else { return false }
            return interval.contains(number)
        case .multipleOf(let divisor):
            if value.float?.isNaN == true { return true }
            return DecimalNumber(value.text)?.isMultiple(of: divisor) ?? false
        case .length(let range):
            guard case .string(let text) = value else { return true }
            return range.contains(text.unicodeScalars.count)
        case .pattern:
            guard case .string(let text) = value else { return true }
            return pattern?.matches(text) ?? false
        case .among(let values): return value.float?.isNaN == true || values.contains(value.canonical)
        case .notAmong(let values): return !values.contains(value.canonical)
        case .required, .items, .distinctItems, .fullItems, .unitLength, .notLaterThan, .expression: return true
        }
    }

    /// Whether a list that is there passes; its elements are a range of a column.
    func passes(items range: Range<Int>, of elements: Column) -> Bool {
        switch test.kind {
        case .items(let counts): return counts.contains(range.count)
        case .fullItems: return range.allSatisfy { elements.validity[$0] }
        case .distinctItems: return Set(range.map { elements[$0].canonical }).count == range.count
        case .finite(let refusesNaN, let refusesInfinity):
            return range.allSatisfy { index in
                guard let number = elements[index].float else { return true }
                return !(refusesNaN && number.isNaN || refusesInfinity && number.isInfinite)
            }
        case .unitLength(let tolerance):
            var squares = 0.0
            for index in range {
                let number = elements[index].float ?? elements[index].integer.map { Double($0) } ?? .nan
                squares += number * number
            }
            return (squares.squareRoot() - 1).magnitude <= tolerance
        case .among(let values): return values.contains(.array(range.map { elements[$0].canonical }))
        case .notAmong(let values): return !values.contains(.array(range.map { elements[$0].canonical }))
        case .required, .integers, .floats, .decimals, .whole, .multipleOf, .length, .pattern, .notLaterThan,
            .expression:
            return true
        }
    }
}

extension Value {
    /// The number of a float; nil for other values.
    fileprivate var float: Double? {
        switch self {
        case .float32(let number): Double(number)
        case .float64(let number): number
        case .null, .bool, .int32, .int64, .string, .bytes, .timestamp, .date, .array: nil
        }
    }

    /// The number of an integer, the days of a date, the microseconds of a timestamp; nil for other values.
    fileprivate var integer: Int64? {
        switch self {
        case .int32(let number): Int64(number)
        case .int64(let number): number
        case .timestamp(let time): time.microseconds
        case .date(let date): Int64(date.days)
        case .null, .bool, .float32, .float64, .string, .bytes, .array: nil
        }
    }
}
