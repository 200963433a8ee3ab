// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Value {
    /// Reads a value as people type it, the form that `text` prints; nil when it is no value of the type.
    ///
    /// Nothing is rounded or cast: `1.5` is no int64. A timestamp needs an offset, bytes are `0x` and hexadecimal digits, an
    /// array is a JSON array of such values. `null` is a null, but for a string.
    public init?(parsing text: String, as type: DataType) {
        if text == "null", type != .string {
            self = .null
            return
        }
        let value: Value?
        switch type {
        case .bool: value = text == "true" ? .bool(true) : text == "false" ? .bool(false) : nil
        case .int32: value = Int32(text).map { .int32($0) }
        case .int64: value = Int64(text).map { .int64($0) }
        case .float32: value = Float(text).map { .float32($0) }
        case .float64: value = Double(text).map { .float64($0) }
        case .string: value = .string(text)
        case .bytes: value = Self.bytes(text).map { .bytes($0) }
        case .timestamp: value = Timestamp(text).map { .timestamp($0) }
        case .date: value = CalendarDate(text).map { .date($0) }
        case .array(let element): value = Self.array(text, of: element).map { .array($0) }
        }
        guard let value else { return nil }
        self = value
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.dropFirst(2).compactMap(\.hexDigitValue)
        guard text.hasPrefix("0x"), digits.count == text.count - 2, digits.count % 2 == 0 else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private static func array(_ text: String, of element: DataType) -> [Value]? {
        guard let elements = (try? JSON(parsing: text))?.arrayValue else { return nil }
        let values = elements.compactMap { item in
            item == .null ? .null : Value(parsing: item.stringValue ?? item.compactText, as: element)
        }
        return values.count == elements.count ? values : nil
    }
}
