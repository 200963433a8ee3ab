// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB
internal import TallyModel

/// The types of DuckDB's vectors that are read and written here.
indirect enum VectorType: Hashable, Sendable {
    case bool
    case int32
    case int64
    case float32
    case float64
    case text
    case bytes
    case date
    /// Times; DuckDB has none of nanoseconds in UTC.
    case time(TimeUnit)
    case list(VectorType)
    /// A type that is never looked into, by DuckDB's number.
    case other(UInt32)

    /// How a column of a type of ours comes from DuckDB; `time` says what its times count, and microseconds in UTC without.
    init(_ type: DataType, _ time: TimeReader? = nil) {
        switch type {
        case .bool: self = .bool
        case .int32: self = .int32
        case .int64: self = .int64
        case .float32: self = .float32
        case .float64: self = .float64
        case .string: self = .text
        case .bytes: self = .bytes
        case .date: self = .date
        case .timestamp: self = .time(time?.unit.inDuckDB ?? TimeUnit(scale: .microseconds, isZoned: true))
        case .array(let element): self = .list(VectorType(element, time))
        }
    }

    /// What DuckDB says of a vector.
    init(of vector: duckdb_vector?) {
        var type = unsafe duckdb_vector_get_column_type(vector)
        defer { unsafe duckdb_destroy_logical_type(&type) }
        unsafe self.init(type)
    }

    private init(_ type: duckdb_logical_type?) {
        let id = unsafe duckdb_get_type_id(type)
        switch id {
        case DUCKDB_TYPE_BOOLEAN: self = .bool
        case DUCKDB_TYPE_INTEGER: self = .int32
        case DUCKDB_TYPE_BIGINT: self = .int64
        case DUCKDB_TYPE_FLOAT: self = .float32
        case DUCKDB_TYPE_DOUBLE: self = .float64
        case DUCKDB_TYPE_VARCHAR: self = .text
        case DUCKDB_TYPE_BLOB: self = .bytes
        case DUCKDB_TYPE_DATE: self = .date
        case DUCKDB_TYPE_TIMESTAMP: self = .time(TimeUnit(scale: .microseconds, isZoned: false))
        case DUCKDB_TYPE_TIMESTAMP_TZ: self = .time(TimeUnit(scale: .microseconds, isZoned: true))
        case DUCKDB_TYPE_TIMESTAMP_S: self = .time(TimeUnit(scale: .seconds, isZoned: false))
        case DUCKDB_TYPE_TIMESTAMP_MS: self = .time(TimeUnit(scale: .milliseconds, isZoned: false))
        case DUCKDB_TYPE_TIMESTAMP_NS: self = .time(TimeUnit(scale: .nanoseconds, isZoned: false))
        case DUCKDB_TYPE_LIST:
            var element = unsafe duckdb_list_type_child_type(type)
            defer { unsafe duckdb_destroy_logical_type(&element) }
            self = unsafe .list(VectorType(element))
        default: self = .other(id.rawValue)
        }
    }

    /// Whether values lie in memory as elements of a type of ours.
    func holds<Element>(_ type: Element.Type) -> Bool {
        switch self {
        case .bool: type == UInt8.self
        case .int32, .date: type == Int32.self
        case .int64, .time: type == Int64.self
        case .float32: type == Float.self
        case .float64: type == Double.self
        case .list: type == (offset: UInt64, length: UInt64).self
        case .text, .bytes, .other: false
        }
    }

    /// Whether values of a column are written to such a vector as they are.
    func takes(_ storage: Column.Storage) -> Bool {
        switch (self, storage) {
        case (.bool, .bool), (.int32, .int32), (.date, .int32), (.int64, .int64), (.time, .int64), (.float32, .float32),
            (.float64, .float64), (.text, .bytes), (.bytes, .bytes):
            true
        case (.list(let type), .array(_, let elements)): type.takes(elements.storage)
        case (_, _): false
        }
    }
}

extension TimeUnit {
    /// The unit of the numbers where they come from DuckDB, which knows no nanoseconds in UTC.
    fileprivate var inDuckDB: TimeUnit { scale == .nanoseconds ? TimeUnit(scale: scale, isZoned: false) : self }
}
