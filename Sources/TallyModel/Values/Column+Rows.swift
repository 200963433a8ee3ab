// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Column {
    /// The value at a row; null when absent.
    ///
    /// For tests, messages and single rows: loops use the storage.
    public subscript(row: Int) -> Value {
        guard validity[row] else { return .null }
        switch storage {
        case .bool(let values): return .bool(values[row] != 0)
        case .int32(let values): return type == .date ? .date(CalendarDate(days: values[row])) : .int32(values[row])
        case .int64(let values):
            return type == .timestamp ? .timestamp(Timestamp(microseconds: values[row])) : .int64(values[row])
        case .float32(let values): return .float32(values[row])
        case .float64(let values): return .float64(values[row])
        case .bytes(let offsets, let bytes):
            let slice = bytes[offsets[row]..<offsets[row + 1]]
            return type == .string ? .string(String(decoding: slice, as: UTF8.self)) : .bytes(Array(slice))
        case .array(let offsets, let elements):
            return .array((offsets[row]..<offsets[row + 1]).map { elements[$0] })
        }
    }

    /// All values as an array.
    public var values: [Value] { (0..<count).map { self[$0] } }

    /// Builds a column from values; a value of another type is a programmer's error.
    public init(type: DataType, values: [Value]) {
        let validity = Validity(count: values.count) { !values[$0].isNull }
        let storage: Storage
        switch type {
        case .bool: storage = .bool(values.map { if case .bool(let value) = $0 { value ? 1 : 0 } else { 0 } })
        case .int32: storage = .int32(values.map { if case .int32(let value) = $0 { value } else { 0 } })
        case .date: storage = .int32(values.map { if case .date(let value) = $0 { value.days } else { 0 } })
        case .int64: storage = .int64(values.map { if case .int64(let value) = $0 { value } else { 0 } })
        case .timestamp:
            storage = .int64(values.map { if case .timestamp(let value) = $0 { value.microseconds } else { 0 } })
        case .float32: storage = .float32(values.map { if case .float32(let value) = $0 { value } else { 0 } })
        case .float64: storage = .float64(values.map { if case .float64(let value) = $0 { value } else { 0 } })
        case .string, .bytes:
            var offsets = [0]
            var bytes: [UInt8] = []
            for value in values {
                if case .string(let text) = value { bytes += Array(text.utf8) }
                if case .bytes(let raw) = value { bytes += raw }
                offsets.append(bytes.count)
            }
            storage = .bytes(offsets: offsets, bytes: bytes)
        case .array(let element):
            var offsets = [0]
            var flat: [Value] = []
            for value in values {
                if case .array(let elements) = value { flat += elements }
                offsets.append(flat.count)
            }
            storage = .array(offsets: offsets, elements: Column(type: element, values: flat))
        }
        for value in values {
            precondition(value.fits(type), "a \(type) column was given a value of another type")
        }
        self.init(type: type, storage: storage, validity: validity)
    }

    /// A column of nulls.
    public static func nulls(type: DataType, count: Int) -> Column {
        Column(type: type, values: [Value](repeating: .null, count: count))
    }

    /// The rows of `range` as a column of their own.
    public func slice(_ range: Range<Int>) -> Column {
        if range == 0..<count { return self }
        let part: Storage
        switch storage {
        case .bool(let values): part = .bool(Array(values[range]))
        case .int32(let values): part = .int32(Array(values[range]))
        case .int64(let values): part = .int64(Array(values[range]))
        case .float32(let values): part = .float32(Array(values[range]))
        case .float64(let values): part = .float64(Array(values[range]))
        case .bytes(let offsets, let bytes):
            let start = offsets[range.lowerBound]
            part = .bytes(
                offsets: offsets[range.lowerBound...range.upperBound].map { $0 - start },
                bytes: Array(bytes[start..<offsets[range.upperBound]]))
        case .array(let offsets, let elements):
            let start = offsets[range.lowerBound]
            part = .array(
                offsets: offsets[range.lowerBound...range.upperBound].map { $0 - start },
                elements: elements.slice(start..<offsets[range.upperBound]))
        }
        return Column(type: type, storage: part, validity: validity.slice(range))
    }
}

extension Value {
    /// Whether the value is null or of the type.
    public func fits(_ type: DataType) -> Bool {
        switch (self, type) {
        case (.null, _), (.bool, .bool), (.int32, .int32), (.int64, .int64), (.float32, .float32),
            (.float64, .float64), (.string, .string), (.bytes, .bytes), (.timestamp, .timestamp), (.date, .date):
            true
        case (.array(let values), .array(let element)): values.allSatisfy { $0.fits(element) }
        default: false
        }
    }
}
