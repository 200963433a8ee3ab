// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A column of values of one type: dense storage plus validity, as it crosses from room to room.
///
/// The slot of a null holds zero (or an empty value), so that equal columns have equal storage.
public struct Column: Sendable, Hashable {
    /// The values behind the validity; the case follows from the type.
    public indirect enum Storage: Sendable, Hashable {
        /// bool: 0 or 1.
        case bool([UInt8])
        /// int32 and date (days since 1970-01-01).
        case int32([Int32])
        /// int64 and timestamp (microseconds since 1970-01-01T00:00:00Z).
        case int64([Int64])
        case float32([Float])
        case float64([Double])
        /// string (UTF-8) and bytes: value `i` is `bytes[offsets[i]..<offsets[i + 1]]`.
        case bytes(offsets: [Int], bytes: [UInt8])
        /// array: value `i` is elements `offsets[i]..<offsets[i + 1]`.
        case array(offsets: [Int], elements: Column)
    }

    /// The type of every value.
    public let type: DataType
    /// The validity: which values are present.
    public let validity: Validity
    /// The values.
    public let storage: Storage

    /// Takes storage that fits the type; the counts must agree.
    public init(type: DataType, storage: Storage, validity: Validity? = nil) {
        let count = storage.count
        self.type = type
        self.storage = storage
        self.validity = validity ?? Validity(allPresent: count)
        precondition(self.validity.count == count, "validity of \(self.validity.count) for \(count) values")
        precondition(storage.fits(type), "storage does not hold values of type \(type)")
    }

    /// The number of values, nulls included.
    public var count: Int { validity.count }
}

extension Column.Storage {
    /// The number of values.
    public var count: Int {
        switch self {
        case .bool(let values): values.count
        case .int32(let values): values.count
        case .int64(let values): values.count
        case .float32(let values): values.count
        case .float64(let values): values.count
        case .bytes(let offsets, _): offsets.count - 1
        case .array(let offsets, _): offsets.count - 1
        }
    }

    /// Whether the storage can hold values of the type.
    func fits(_ type: DataType) -> Bool {
        switch (self, type) {
        case (.bool, .bool), (.int32, .int32), (.int32, .date), (.int64, .int64), (.int64, .timestamp),
            (.float32, .float32), (.float64, .float64), (.bytes, .string), (.bytes, .bytes):
            true
        case (.array(_, let elements), .array(let element)): elements.type == element
        default: false
        }
    }
}
