// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
internal import TallyModel

/// The columns of a record batch: what its header says of them, and their buffers, which are the columns' own storage.
struct ArrowColumns {
    /// A buffer of the body.
    enum Buffer {
        /// Bits of places that hold a value, least significant first; nothing where all do.
        case mask([UInt64], count: Int)
        case bits([UInt8])
        case int8([UInt8])
        case int32([Int32])
        case int64([Int64])
        case float32([Float])
        case float64([Double])
        /// Offsets, written as 32 bits.
        case offsets([Int])
        case bytes([UInt8])
    }

    /// The number of rows.
    let count: Int
    /// The length of each column and the number of its nulls, children after their column.
    private(set) var nodes: [Int64] = []
    private(set) var buffers: [Buffer] = []
    /// Whether an offset needs more than 32 bits.
    private(set) var isTooLong = false

    init(count: Int) { self.count = count }

    /// Adds a column.
    mutating func add(_ column: Column) {
        add(count: column.count, column.validity)
        switch column.storage {
        case .bool(let values): buffers.append(.bits(values))
        case .int32(let values): buffers.append(.int32(values))
        case .int64(let values): buffers.append(.int64(values))
        case .float32(let values): buffers.append(.float32(values))
        case .float64(let values): buffers.append(.float64(values))
        case .bytes(let offsets, let bytes):
            add(offsets)
            buffers.append(.bytes(bytes))
        case .array(let offsets, let elements):
            add(offsets)
            add(elements)
        }
    }

    /// Adds a column of numbers of words, none of them null.
    mutating func add(words: [UInt8]) {
        add(count: words.count, Validity(allPresent: words.count))
        buffers.append(.int8(words))
    }

    private mutating func add(count: Int, _ validity: Validity) {
        nodes += [Int64(count), Int64(validity.nullCount)]
        buffers.append(.mask(validity.words ?? [], count: validity.words == nil ? 0 : count))
    }

    private mutating func add(_ offsets: [Int]) {
        isTooLong = isTooLong || offsets.last ?? 0 > Int(Int32.max)
        buffers.append(.offsets(offsets))
    }

    /// Where each buffer begins in the body, and its length.
    var places: [Int64] {
        var places: [Int64] = []
        var offset = 0
        for buffer in buffers {
            places += [Int64(offset), Int64(buffer.byteCount)]
            offset += FlatBuffer.rounded(buffer.byteCount, to: Self.alignment)
        }
        return places
    }

    /// The bytes of the body.
    var byteCount: Int { buffers.reduce(0) { $0 + FlatBuffer.rounded($1.byteCount, to: Self.alignment) } }

    /// Buffers begin at multiples of so many bytes, so that they are read where they lie.
    private static let alignment = 8

    /// Writes the body.
    func write(to output: inout ByteBuffer) {
        for buffer in buffers {
            buffer.write(to: &output)
            let length = buffer.byteCount
            output.writeRepeatingByte(0, count: FlatBuffer.rounded(length, to: Self.alignment) - length)
        }
    }
}

extension ArrowColumns.Buffer {
    /// The bytes that it takes, without what fills up to the next one.
    var byteCount: Int {
        switch self {
        case .mask(_, let count): (count + 7) / 8
        case .bits(let values): (values.count + 7) / 8
        case .int8(let values), .bytes(let values): values.count
        case .int32(let values): 4 * values.count
        case .int64(let values): 8 * values.count
        case .float32(let values): 4 * values.count
        case .float64(let values): 8 * values.count
        case .offsets(let offsets): 4 * offsets.count
        }
    }

    /// Writes it as the machine has it: little-endian, as the stream's schema says.
    func write(to output: inout ByteBuffer) {
        switch self {
        case .mask(let words, let count):
            for place in 0..<(count + 7) / 8 {
                output.writeInteger(UInt8(truncatingIfNeeded: words[place >> 3] >> UInt64(8 * (place & 7))))
            }
        case .bits(let values):
            for start in stride(from: 0, to: values.count, by: 8) {
                var byte: UInt8 = 0
                for place in start..<min(start + 8, values.count) where values[place] != 0 {
                    byte |= 1 << UInt8(place - start)
                }
                output.writeInteger(byte)
            }
        case .int8(let values), .bytes(let values): output.writeBytes(values)
        case .int32(let values): output.write(numbers: values)
        case .int64(let values): output.write(numbers: values)
        case .float32(let values): output.write(numbers: values)
        case .float64(let values): output.write(numbers: values)
        case .offsets(let offsets):
            for offset in offsets { output.writeInteger(Int32(truncatingIfNeeded: offset), endianness: .little) }
        }
    }
}
