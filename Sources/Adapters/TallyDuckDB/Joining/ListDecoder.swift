// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Collects lists that `ListEncoding` encoded as a column again.
struct ListDecoder {
    private let type: DataType
    private let element: DataType
    private var offsets = [0]
    private var present: [Bool] = []
    // The elements so far: those of the element's type, the others stay empty. No enumeration holds them, since values
    // that are taken out of one to grow would be copied.
    private var elementPresent: [Bool] = []
    private var bytes: [UInt8] = []
    private var runs = [0]
    private var words32: [UInt32] = []
    private var words64: [UInt64] = []
    private var lists: [ListDecoder] = []

    /// Starts an empty column of lists.
    init(_ type: DataType) {
        guard case .array(let element) = type else { preconditionFailure("\(type) is no type of lists") }
        self.type = type
        self.element = element
        if case .array = element { lists = [ListDecoder(element)] }
    }

    /// Appends one encoded list; nil appends null.
    @unsafe mutating func append(_ bytes: UnsafeRawBufferPointer?) {
        if let bytes = unsafe bytes {
            var cursor = unsafe Cursor(bytes: bytes)
            unsafe append(&cursor)
        } else {
            appendNull()
        }
    }

    private mutating func appendNull() {
        present.append(false)
        offsets.append(offsets[offsets.count - 1])
    }

    private mutating func append(_ cursor: inout Cursor) {
        let count = unsafe Int(cursor.take(UInt32.self))
        present.append(true)
        offsets.append(offsets[offsets.count - 1] + count)
        switch element {
        case .bool:
            for _ in 0..<count {
                let isPresent = unsafe mark(&cursor)
                unsafe bytes.append(isPresent ? cursor.take(UInt8.self) : 0)
            }
        case .int32, .date, .float32:
            for _ in 0..<count {
                let isPresent = unsafe mark(&cursor)
                unsafe words32.append(isPresent ? cursor.take(UInt32.self) : 0)
            }
        case .int64, .timestamp, .float64:
            for _ in 0..<count {
                let isPresent = unsafe mark(&cursor)
                unsafe words64.append(isPresent ? cursor.take(UInt64.self) : 0)
            }
        case .string, .bytes:
            for _ in 0..<count {
                if unsafe mark(&cursor) {
                    let length = unsafe Int(cursor.take(UInt32.self))
                    unsafe bytes.append(contentsOf: cursor.take(count: length))
                }
                runs.append(bytes.count)
            }
        case .array:
            for _ in 0..<count {
                if unsafe mark(&cursor) { unsafe lists[0].append(&cursor) } else { lists[0].appendNull() }
            }
        }
    }

    private mutating func mark(_ cursor: inout Cursor) -> Bool {
        let isPresent = unsafe cursor.take(UInt8.self) == 1
        elementPresent.append(isPresent)
        return isPresent
    }

    /// The column of all lists so far.
    func finish() -> Column {
        let storage: Column.Storage
        switch element {
        case .bool: storage = .bool(bytes)
        case .int32, .date: storage = .int32(words32.map { Int32(bitPattern: $0) })
        case .float32: storage = .float32(words32.map { Float(bitPattern: $0) })
        case .int64, .timestamp: storage = .int64(words64.map { Int64(bitPattern: $0) })
        case .float64: storage = .float64(words64.map { Double(bitPattern: $0) })
        case .string, .bytes: storage = .bytes(offsets: runs, bytes: bytes)
        case .array: return Self.column(type, .array(offsets: offsets, elements: lists[0].finish()), present)
        }
        return Self.column(
            type, .array(offsets: offsets, elements: Self.column(element, storage, elementPresent)), present)
    }

    private static func column(_ type: DataType, _ storage: Column.Storage, _ present: [Bool]) -> Column {
        Column(
            type: type, storage: storage,
            validity: present.allSatisfy { $0 } ? nil : Validity(count: present.count) { present[$0] })
    }
}

/// A place in encoded bytes.
@unsafe private struct Cursor {
    let bytes: UnsafeRawBufferPointer
    var place = 0

    init(bytes: UnsafeRawBufferPointer) { unsafe self.bytes = unsafe bytes }

    /// The next number, most significant byte first.
    @inline(__always)
    mutating func take<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type) -> Number {
        defer { unsafe place += MemoryLayout<Number>.size }
        return unsafe Number(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: Number.self))
    }

    /// The next bytes.
    mutating func take(count: Int) -> Slice<UnsafeRawBufferPointer> {
        defer { unsafe place += count }
        return unsafe bytes[place..<place + count]
    }
}
