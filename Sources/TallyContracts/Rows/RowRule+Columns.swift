// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
public import TallyModel

extension RowRule {
    /// The rows of a batch that fail the test; the batch has the rule's input columns with the types compiled for.
    ///
    /// Linear in the rows; a null fails `required` and nothing else.
    public func failures(in batch: Batch) -> RowMask {
        if let expression {
            let result = expression.evaluate(batch).column
            guard case .bool(let flags) = result.storage else { preconditionFailure("a condition of \(result.type)") }
            return masked(result.validity, batch.count) { flags[$0] == 0 }
        }
        guard let name = test.column, let column = batch[name] else {
            preconditionFailure("the batch has no column \(test.column ?? "")")
        }
        precondition(column.type == type, "column \(name) is \(column.type), not the type compiled for")
        if case .required = test.kind { return .nulls(column.validity) }
        if case .notLaterThan(let other, let span) = test.kind {
            guard case .int64(let times) = column.storage, let limit = batch[other],
                case .int64(let limits) = limit.storage
            else { preconditionFailure("the batch has no column \(other)") }
            var mask = masked(column.validity, batch.count) { Self.isLater(times[$0], than: limits[$0], span) }
            mask.removeNulls(limit.validity)
            return mask
        }
        switch column.storage {
        case .bool(let values): return masked(column.validity, batch.count) { !passes(.bool(values[$0] != 0)) }
        case .int32(let values): return integers(values, column)
        case .int64(let values): return integers(values, column)
        case .float32(let values): return floats(values, column)
        case .float64(let values): return floats(values, column)
        case .bytes(let offsets, let bytes): return texts(offsets, bytes, column)
        case .array(let offsets, let elements):
            return masked(column.validity, batch.count) { row in
                !passes(items: offsets[row]..<offsets[row + 1], of: elements)
            }
        }
    }

    @inline(__always)
    private func masked(_ validity: Validity, _ count: Int, _ breaks: (Int) -> Bool) -> RowMask {
        var mask = RowMask(count: count, where: breaks)
        mask.removeNulls(validity)
        return mask
    }

    @inline(__always)
    private func integers<Number: FixedWidthInteger>(_ values: [Number], _ column: Column) -> RowMask {
        if case .integers(let range) = test.kind {
            let (lower, upper) = (Number(clamping: range.lowerBound), Number(clamping: range.upperBound))
            guard range.lowerBound <= Int64(Number.max), range.upperBound >= Int64(Number.min) else {
                return masked(column.validity, values.count) { _ in true }
            }
            return masked(column.validity, values.count) { values[$0] < lower || values[$0] > upper }
        }
        return masked(column.validity, values.count) { !passes(column[$0]) }
    }

    @inline(__always)
    private func floats<Number: BinaryFloatingPoint>(_ values: [Number], _ column: Column) -> RowMask {
        switch test.kind {
        case .floats(let interval):
            let (lower, upper) = (interval.lower, interval.upper)
            if !interval.isLowerOpen, !interval.isUpperOpen {
                return masked(column.validity, values.count) {
                    let value = Double(values[$0])
                    return !(value >= lower && value <= upper)
                }
            }
            return masked(column.validity, values.count) { !interval.contains(Double(values[$0])) }
        case .finite(let refusesNaN, let refusesInfinity):
            return masked(column.validity, values.count) {
                refusesNaN && values[$0].isNaN || refusesInfinity && values[$0].isInfinite
            }
        case .required, .integers, .decimals, .whole, .multipleOf, .length, .pattern, .among, .notAmong, .items,
            .distinctItems, .fullItems, .unitLength, .notLaterThan, .expression:
            return masked(column.validity, values.count) { !passes(column[$0]) }
        }
    }

    private func texts(_ offsets: [Int], _ bytes: [UInt8], _ column: Column) -> RowMask {
        let count = offsets.count - 1
        switch test.kind {
        case .pattern:
            guard var matcher = pattern?.matcher() else { preconditionFailure("a pattern rule without a pattern") }
            var mask = RowMask(count: count) { row in
                column.validity[row] && !matcher.matches(bytes, from: offsets[row], to: offsets[row + 1])
            }
            mask.removeNulls(column.validity)
            return mask
        case .length(let range):
            return masked(column.validity, count) { row in
                // Every scalar has one byte that is no continuation.
                let length = bytes[offsets[row]..<offsets[row + 1]].count { $0 & 0xC0 != 0x80 }
                return !range.contains(length)
            }
        case .required, .finite, .integers, .floats, .decimals, .whole, .multipleOf, .among, .notAmong, .items,
            .distinctItems, .fullItems, .unitLength, .notLaterThan, .expression:
            return masked(column.validity, count) { row in column.validity[row] && !passes(column[row]) }
        }
    }

    /// Whether a time is later than a limit plus a span; a sum beyond the last instant is later than any time.
    static func isLater(_ time: Int64, than limit: Int64, _ span: TimeSpan) -> Bool {
        let (sum, overflow) = limit.addingReportingOverflow(span.microseconds)
        return !overflow && time > sum
    }
}
