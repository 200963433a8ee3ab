// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Writes whole columns of an answer: what is done for every value of every entity.
extension JSONWriter {
    /// Appends the values of a column, commas between them.
    mutating func values(_ column: Column) {
        switch column.storage {
        case .float64(let values): numbers(values, column.validity) { $0.append(float: $1) }
        case .int64(let values) where column.type == .int64:
            numbers(values, column.validity) { $0.append(integer: $1) }
        case .int32(let values) where column.type == .int32:
            numbers(values, column.validity) { $0.append(integer: Int64($1)) }
        case .bool, .int32, .int64, .float32, .bytes, .array:
            for row in 0..<column.count {
                if row > 0 { comma() }
                value(column[row])
            }
        }
    }

    /// Appends nulls and what `write` makes of other values; each needs no more room than the longest number.
    @inline(__always)
    private mutating func numbers<Number>(
        _ values: [Number], _ validity: Validity, _ write: (inout OutputRawSpan, Number) -> Void
    ) {
        append(room: values.count * (OutputRawSpan.longestNumber + 1)) { output in
            for row in values.indices {
                if row > 0 { output.append(character: ",") }
                if validity[row] { write(&output, values[row]) } else { output.append(word: "null") }
            }
        }
    }

    /// Appends the words of statuses, commas between them, and counts them.
    mutating func statuses(_ statuses: ArraySlice<ValueStatus>, _ words: StatusWords) -> StatusNumbers {
        var numbers = StatusNumbers(repeating: 0)
        for status in statuses { numbers[Int(status.rawValue)] += 1 }
        if let only = statuses.first, numbers[Int(only.rawValue)] == statuses.count {
            repeated(words.many[Int(only.rawValue)], words.words[Int(only.rawValue)], count: statuses.count)
            return numbers
        }
        var isFirst = true
        for status in statuses {
            if !isFirst { comma() }
            isFirst = false
            raw(words.words[Int(status.rawValue)])
        }
        return numbers
    }

    /// Appends one text again and again, commas between; `many` holds it often, each with a comma behind.
    mutating func repeated(_ many: [UInt8], _ one: [UInt8], count: Int) {
        guard count > 0 else { return }
        var left = count - 1
        let perRound = many.count / (one.count + 1)
        while left > 0 {
            let now = min(left, perRound)
            raw(many[..<(now * (one.count + 1))])
            left -= now
        }
        raw(one)
    }
}

/// The quoted words of one API for the statuses, by number.
struct StatusWords {
    let words: [[UInt8]]
    /// Each word many times, with a comma behind each.
    let many: [[UInt8]]

    init(_ name: (ValueStatus) -> String) {
        words = ValueStatus.allCases.map { Array("\"\(name($0))\"".utf8) }
        many = words.map { word in [[UInt8]](repeating: word + [UInt8(ascii: ",")], count: 128).flatMap(\.self) }
    }
}
