// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Written values as values of a column.
public enum ValueList {
    /// A test for membership; nil when a listed value cannot be one of the column.
    static func among(_ values: [JSON], _ column: TableContext.Found) -> RowTest.Kind? {
        let read = values.map { value($0, as: column.type) }
        guard !column.isDecimal, read.allSatisfy({ $0 != nil }) else { return nil }
        return .among(Set(read.compactMap(\.?.canonical)))
    }

    /// A written value in a type; nil when it is none, so that nothing is rounded or cast.
    public static func value(_ written: JSON, as type: DataType) -> Value? {
        switch (written, type) {
        case (.bool(let flag), .bool): return .bool(flag)
        case (.string(let text), .string): return .string(text)
        case (.string(let text), .timestamp), (.string(let text), .date), (.string(let text), .bytes):
            return Value(parsing: text, as: type)
        case (.int, .int32), (.int, .int64), (.int, .float32), (.int, .float64), (.double, .float32),
            (.double, .float64):
            return Value(parsing: written.compactText, as: type)
        case (.double(let number), .int32), (.double(let number), .int64):
            // 1.0 is how some writers spell 1.
            return Int64(exactly: number).flatMap { Value(parsing: String($0), as: type) }
        case (.int, .string), (.double, .string): return .string(written.compactText)
        case (.array(let items), .array(let element)):
            let read = items.compactMap { value($0, as: element) }
            return read.count == items.count ? .array(read) : nil
        case (_, _): return nil
        }
    }
}
