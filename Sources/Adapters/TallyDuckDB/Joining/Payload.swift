// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyPointInTime

extension DataType {
    /// How values travel through the kernel: lists as their canonical bytes.
    var payloadKind: PayloadKind {
        switch self {
        case .bool: .bool
        case .int32, .date: .int32
        case .int64, .timestamp: .int64
        case .float32: .float32
        case .float64: .float64
        case .string, .bytes: .bytes
        case .array: .encoded
        }
    }
}

/// Lends one stored column of a source's chunks to the kernel: in place where it can, else from memory of its own.
@safe final class PayloadReader {
    private let type: DataType
    private let time: TimeColumnReader?
    private let lists: (any ColumnBuilder)?
    private let fixed = Scratch<UInt64>()
    private let bytes = Scratch<UInt8>()
    private let validity = Scratch<UInt64>(capacity: 32)
    private var encodedOffsets: [Int] = []
    private var encodedBytes: [UInt8] = []

    /// `time` converts the numbers of a time column; nil for columns that a transformation made.
    init(_ type: DataType, _ time: TimeReader?) {
        self.type = type
        if case .array = type { lists = makeBuilder(type, time) } else { lists = nil }
        self.time = lists == nil ? time.map { TimeColumnReader($0) } : nil
    }

    /// Wall times so far that the clock skipped or showed twice.
    var irregular: Int { time?.irregular ?? lists?.irregular ?? 0 }

    /// Lends a vector of DuckDB, valid until the next chunk.
    func lend(_ vector: Vector, count: Int) -> PayloadColumn {
        if let lists {
            lists.append(vector, 0..<count)
            return unsafe lend(lists.take())
        }
        if let time {
            let (values, validity) = unsafe time.read(vector, count: count)
            return unsafe PayloadColumn(values: UnsafeRawPointer(values), validity: validity)
        }
        return unsafe PayloadColumn(
            values: vector.values(of: type), validity: vector.validity.map { unsafe UnsafePointer($0) })
    }

    /// Lends a copy of a column, valid until the next chunk.
    func lend(_ column: Column) -> PayloadColumn {
        let count = column.count
        let words = unsafe withWords(column.validity.words) { words -> UnsafePointer<UInt64>? in
            unsafe words.map { unsafe UnsafePointer(validity.copy($0, count: count)) }
        }
        let values = unsafe UnsafeMutableRawPointer(fixed.room(2 * count))
        switch column.storage {
        case .bool(let source): unsafe copy(source, to: values)
        case .int32(let source): unsafe copy(source, to: values)
        case .int64(let source): unsafe copy(source, to: values)
        case .float32(let source): unsafe copy(source, to: values)
        case .float64(let source): unsafe copy(source, to: values)
        case .bytes(let offsets, let source): unsafe makeViews(offsets, source, values)
        case .array:
            encodedOffsets.removeAll(keepingCapacity: true)
            encodedBytes.removeAll(keepingCapacity: true)
            ListEncoding.encode(column, to: &encodedBytes, offsets: &encodedOffsets)
            unsafe makeViews(encodedOffsets, encodedBytes, values)
        }
        return unsafe PayloadColumn(values: UnsafeRawPointer(values), validity: words)
    }

    private func copy<Element: BitwiseCopyable>(_ source: [Element], to target: UnsafeMutableRawPointer) {
        unsafe source.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe target.copyMemory(from: start, byteCount: source.count)
        }
    }

    /// Writes string views: the length, then up to twelve bytes in place, or four and the address of all.
    private func makeViews(_ offsets: [Int], _ source: [UInt8], _ views: UnsafeMutableRawPointer) {
        let copied = unsafe bytes.room(source.count)
        unsafe copy(source, to: UnsafeMutableRawPointer(copied))
        for row in 0..<max(0, offsets.count - 1) {
            let view = unsafe views + 16 * row
            let start = unsafe UnsafeRawPointer(copied + offsets[row])
            let count = offsets[row + 1] - offsets[row]
            unsafe view.storeBytes(of: UInt32(count), as: UInt32.self)
            unsafe (view + 4).copyMemory(from: start, byteCount: min(count, 12))
            if count > 12 { unsafe (view + 8).storeBytes(of: start, as: UnsafeRawPointer.self) }
        }
    }
}
