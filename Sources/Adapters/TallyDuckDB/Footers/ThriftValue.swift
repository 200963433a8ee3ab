// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A value of Thrift's compact protocol, in which footers of Parquet files are written.
enum ThriftValue {
    /// A truth value of a structure; `place` is the byte that holds it, together with the number of its field.
    case bool(Bool, place: Int)
    case integer(Int64)
    /// Where the bytes of a binary or text are.
    case bytes(Range<Int>)
    case list([ThriftValue])
    case fields([(id: Int64, value: ThriftValue)])
    /// A kind of value that nothing here needs: a float, a map, a truth value of a list.
    case other

    /// The value of a field of a structure; nil when it is not there.
    subscript(id: Int64) -> ThriftValue? {
        guard case .fields(let fields) = self else { return nil }
        return fields.first { $0.id == id }?.value
    }

    var elements: [ThriftValue] { if case .list(let elements) = self { elements } else { [] } }
    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
}

/// Reads values of Thrift's compact protocol; nil where the bytes are none.
struct ThriftReader {
    let bytes: [UInt8]
    private var offset = 0

    /// Footers nest a few levels deep; other bytes must not exhaust the stack.
    private static let deepest = 32

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads a structure, field by field up to the stop.
    mutating func structure(depth: Int = 0) -> ThriftValue? {
        guard depth < Self.deepest else { return nil }
        var fields: [(id: Int64, value: ThriftValue)] = []
        var last: Int64 = 0
        while true {
            let place = offset
            guard let head = byte() else { return nil }
            if head == 0 { return .fields(fields) }
            if head >> 4 == 0 {
                guard let id = signed() else { return nil }
                last = id
            } else {
                last &+= Int64(head >> 4)
            }
            guard let value = value(head & 15, place: place, depth: depth) else { return nil }
            fields.append((last, value))
        }
    }

    private mutating func value(_ type: UInt8, place: Int, depth: Int) -> ThriftValue? {
        switch type {
        case 1: return .bool(true, place: place)
        case 2: return .bool(false, place: place)
        case 3: return byte().map { _ in .other }
        case 4, 5, 6: return signed().map { .integer($0) }
        case 7: return skip(8).map { _ in .other }
        case 8: return unsigned().flatMap { Int(exactly: $0) }.flatMap { skip($0) }.map { .bytes($0) }
        case 9, 10: return list(depth: depth + 1)
        case 11: return map(depth: depth + 1)
        case 12: return structure(depth: depth + 1)
        default: return nil
        }
    }

    private mutating func list(depth: Int) -> ThriftValue? {
        guard depth < Self.deepest, let head = byte() else { return nil }
        guard let count = head >> 4 == 15 ? unsigned() : UInt64(head >> 4) else { return nil }
        var elements: [ThriftValue] = []
        for _ in 0..<count {
            guard let element = element(head & 15, depth: depth) else { return nil }
            elements.append(element)
        }
        return .list(elements)
    }

    private mutating func map(depth: Int) -> ThriftValue? {
        guard depth < Self.deepest, let count = unsigned() else { return nil }
        guard count > 0 else { return .other }
        guard let types = byte() else { return nil }
        for _ in 0..<count {
            guard element(types >> 4, depth: depth) != nil, element(types & 15, depth: depth) != nil else { return nil }
        }
        return .other
    }

    /// A value in a list or map, where a truth value takes a byte of its own.
    private mutating func element(_ type: UInt8, depth: Int) -> ThriftValue? {
        type == 1 || type == 2 ? byte().map { _ in .other } : value(type, place: offset, depth: depth)
    }

    private mutating func byte() -> UInt8? {
        guard offset < bytes.count else { return nil }
        defer { offset += 1 }
        return bytes[offset]
    }

    private mutating func skip(_ count: Int) -> Range<Int>? {
        guard count >= 0, count <= bytes.count - offset else { return nil }
        defer { offset += count }
        return offset..<offset + count
    }

    private mutating func unsigned() -> UInt64? {
        var (value, shift): (UInt64, UInt64) = (0, 0)
        while shift < 64, let next = byte() {
            value |= UInt64(next & 127) << shift
            if next < 128 { return value }
            shift += 7
        }
        return nil
    }

    private mutating func signed() -> Int64? {
        unsigned().map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
    }
}
