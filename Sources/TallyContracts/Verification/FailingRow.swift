// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A row that breaks a promise, with its values in the columns that the promise is about.
public struct FailingRow: Sendable, Hashable {
    /// The value in one column.
    public struct Cell: Sendable, Hashable {
        /// The column's name in the data.
        public let column: String
        /// The value; an exact decimal number is its text.
        public let value: Value
        /// Whether the text is that of a number.
        public let isNumber: Bool

        /// The value as a person reads it: text in quotes, numbers without, and at most 80 characters.
        public var text: String { value.quoted(isNumber: isNumber) }
    }

    /// The row's place, from 0 in the order of the table.
    public let row: Int
    /// The columns that the promise reads, in its order.
    public let cells: [Cell]
}

extension Value {
    /// The value as a person reads it: text in quotes, numbers without, and at most 80 characters.
    func quoted(isNumber: Bool) -> String {
        let text: String
        switch self {
        case .string(let string):
            text = isNumber && DecimalNumber(string) != nil ? string : JSON.string(string).compactText
        case .null, .bool, .int32, .int64, .float32, .float64, .bytes, .timestamp, .date, .array: text = self.text
        }
        return text.count <= 80 ? text : "\(text.prefix(60))... (\(text.count) characters)"
    }
}
