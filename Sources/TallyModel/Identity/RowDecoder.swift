// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Reads back rows of stored values as `CanonicalEncoding.row` wrote them.
public struct RowDecoder: Sendable {
    /// The types of the stored values in declared order.
    public let types: [DataType]
    /// Whether every value has eight bytes.
    let isWide: Bool

    /// Reads rows of these types.
    public init(types: [DataType]) {
        self.types = types
        isWide = types.allSatisfy { [.int64, .float64, .timestamp].contains($0) }
    }

    /// Returns the start of the values in a row that has all of them, eight bytes each; nil for any other row.
    @inline(__always)
    func startOfWords(_ row: RawSpan) -> Int? {
        let start = (types.count + 7) / 8
        guard isWide, row.byteCount == start + 8 * types.count else { return nil }
        var cursor = ByteCursor()
        for byte in 0..<start {
            let all: UInt8 = byte == start - 1 && types.count % 8 != 0 ? 1 << UInt8(types.count % 8) - 1 : 0xFF
            guard let bits: UInt8 = cursor.integer(row), bits == all else { return nil }
        }
        return start
    }

    /// Hands over the values of the row in `range` of `bytes` one by one, in order; nulls too.
    ///
    /// False when the bytes are not exactly one row of these types; some values may have been handed over by then.
    public func decode(_ bytes: RawSpan, _ range: Range<Int>, _ sink: (_ index: Int, _ value: Value) -> Void) -> Bool {
        let row = bytes.extracting(range)
        var presence = ByteCursor()
        var cursor = ByteCursor()
        guard cursor.skip(row, (types.count + 7) / 8) != nil else { return false }
        var bits: UInt8 = 0
        for index in types.indices {
            if index % 8 == 0 {
                guard let next: UInt8 = presence.integer(row) else { return false }
                bits = next
            }
            if bits >> UInt8(index % 8) & 1 == 0 {
                sink(index, .null)
            } else {
                guard let value = Self.value(of: types[index], row, &cursor) else { return false }
                sink(index, value)
            }
        }
        return cursor.offset == row.byteCount
    }

    /// The values of one row; nil when the bytes are not exactly one row of these types.
    public func decode(_ bytes: [UInt8]) -> [Value]? {
        var values: [Value] = []
        values.reserveCapacity(types.count)
        let isWhole = unsafe decode(bytes.span.bytes, 0..<bytes.count) { values.append($1) }
        return isWhole ? values : nil
    }

    /// The next stored value as its bits, as `VectorValues` keeps them; nil, and nothing read, where its type has no fixed
    /// width or no such value is there.
    @inline(__always)
    func word(_ index: Int, _ row: RawSpan, _ cursor: inout ByteCursor) -> UInt64? {
        switch types[index] {
        case .int64, .float64, .timestamp: return cursor.integer(row)
        case .float32: return cursor.integer(row, as: UInt32.self).map { UInt64($0) }
        case .int32, .date: return cursor.integer(row, as: Int32.self).map { UInt64(bitPattern: Int64($0)) }
        case .bool:
            var next = cursor
            guard let byte: UInt8 = next.integer(row), byte <= 1 else { return nil }
            cursor = next
            return UInt64(byte)
        case .string, .bytes, .array: return nil
        }
    }

    /// The next stored value; nil when it is not there.
    func value(_ index: Int, _ row: RawSpan, _ cursor: inout ByteCursor) -> Value? {
        Self.value(of: types[index], row, &cursor)
    }

    private static func value(of type: DataType, _ row: RawSpan, _ cursor: inout ByteCursor) -> Value? {
        switch type {
        case .bool:
            guard let byte: UInt8 = cursor.integer(row), byte <= 1 else { return nil }
            return .bool(byte == 1)
        case .int32: return cursor.integer(row).map { .int32($0) }
        case .date: return cursor.integer(row).map { .date(CalendarDate(days: $0)) }
        case .int64: return cursor.integer(row).map { .int64($0) }
        case .timestamp: return cursor.integer(row).map { .timestamp(Timestamp(microseconds: $0)) }
        case .float32: return cursor.integer(row).map { .float32(Float(bitPattern: $0)) }
        case .float64: return cursor.integer(row).map { .float64(Double(bitPattern: $0)) }
        case .string:
            guard let length: UInt32 = cursor.integer(row) else { return nil }
            return cursor.text(row, Int(length)).map { .string($0) }
        case .bytes:
            guard let length: UInt32 = cursor.integer(row) else { return nil }
            return cursor.array(row, Int(length)).map { .bytes($0) }
        case .array(let element):
            guard let count: UInt32 = cursor.integer(row), Int(count) <= row.byteCount else { return nil }
            var values: [Value] = []
            for _ in 0..<count {
                guard let presence: UInt8 = cursor.integer(row), presence <= 1 else { return nil }
                guard presence == 1 else {
                    values.append(.null)
                    continue
                }
                guard let value = value(of: element, row, &cursor) else { return nil }
                values.append(value)
            }
            return .array(values)
        }
    }
}
