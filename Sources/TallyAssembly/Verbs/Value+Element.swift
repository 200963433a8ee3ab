// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Value {
    /// The value of a type that a JSON element is, in the forms that `json` gives; nil when it is none.
    ///
    /// Nothing is cast: 1.0 is no int64. Texts stand for times, dates, bytes, large integers and what JSON lacks.
    init?(_ element: JSON, as type: DataType) {
        switch (element, type) {
        case (.null, _): self = .null
        case (.string(let text), .string): self = .string(text)
        case (.string(let text), _):
            guard text != "null", let value = Value(parsing: text, as: type) else { return nil }
            self = value
        case (.bool(let flag), .bool): self = .bool(flag)
        case (.int(let number), .int64): self = .int64(number)
        case (.int(let number), .int32):
            guard let small = Int32(exactly: number) else { return nil }
            self = .int32(small)
        case (.int, .float32), (.double, .float32), (.int, .float64), (.double, .float64):
            guard let value = Value(parsing: element.compactText, as: type) else { return nil }
            self = value
        case (.array(let elements), .array(let inner)):
            let values = elements.compactMap { Value($0, as: inner) }
            guard values.count == elements.count else { return nil }
            self = .array(values)
        case (.bool, _), (.int, _), (.double, _), (.array, _), (.members, _): return nil
        }
    }
}
