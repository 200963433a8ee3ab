// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Writes tables of FlatBuffers, front to back: each table before what it points to, as offsets count forward.
///
/// Source: "FlatBuffers Internals", https://flatbuffers.dev/internals/. A table is an offset back to its vtable, and its
/// fields; the vtable holds its own size, the table's, and where each field is. All numbers are little-endian and lie at
/// multiples of their size.
struct FlatBuffer {
    private(set) var bytes: [UInt8] = [0, 0, 0, 0]

    /// Writes a table and all that hangs on it.
    init(root: FlatTable) {
        let place = write(root)
        point(from: 0, to: place)
    }

    /// Writes a table behind what there is, and returns its place.
    private mutating func write(_ table: FlatTable) -> Int {
        var offsets = [Int](repeating: 0, count: table.fields.count)
        var size = 4
        for width in [4, 8, 2, 1] {
            for (index, field) in table.fields.enumerated() where field?.inlineBytes == width {
                size = Self.rounded(size, to: width)
                offsets[index] = size
                size += width
            }
        }
        align(to: 2)
        let vtable = bytes.count
        for number in [4 + 2 * offsets.count, size] + offsets { append(Int64(number), bytes: 2) }
        align(to: 8)
        let start = bytes.count
        append(Int64(start - vtable), bytes: 4)
        bytes.append(contentsOf: repeatElement(0, count: size - 4))
        for (field, offset) in zip(table.fields, offsets) {
            guard let field else { continue }
            if case .number(let number, let width) = field {
                put(number, bytes: width, at: start + offset)
            } else {
                let place = write(field)
                point(from: start + offset, to: place)
            }
        }
        return start
    }

    /// Writes what a field points to, and returns its place.
    private mutating func write(_ field: FlatTable.Field) -> Int {
        switch field {
        case .number(let number, let width):
            align(to: width)
            append(number, bytes: width)
            return bytes.count - width
        case .text(let text):
            align(to: 4)
            let start = bytes.count
            append(Int64(text.utf8.count), bytes: 4)
            bytes.append(contentsOf: text.utf8)
            bytes.append(0)
            return start
        case .table(let table): return write(table)
        case .tables(let tables):
            align(to: 4)
            let start = bytes.count
            append(Int64(tables.count), bytes: 4)
            bytes.append(contentsOf: repeatElement(0, count: 4 * tables.count))
            for (index, table) in tables.enumerated() {
                let place = write(table)
                point(from: start + 4 + 4 * index, to: place)
            }
            return start
        case .structs(let numbers, let each):
            // The numbers lie at multiples of eight, and the count before them.
            align(to: 8)
            append(0, bytes: 4)
            let start = bytes.count
            append(Int64(numbers.count / each), bytes: 4)
            for number in numbers { append(number, bytes: 8) }
            return start
        }
    }

    /// Writes at a place how far it is from there to another one behind it.
    private mutating func point(from place: Int, to target: Int) { put(Int64(target - place), bytes: 4, at: place) }

    private mutating func put(_ number: Int64, bytes width: Int, at place: Int) {
        for index in 0..<width { bytes[place + index] = UInt8(truncatingIfNeeded: number >> Int64(8 * index)) }
    }

    private mutating func append(_ number: Int64, bytes width: Int) {
        bytes.append(contentsOf: repeatElement(0, count: width))
        put(number, bytes: width, at: bytes.count - width)
    }

    private mutating func align(to width: Int) {
        bytes.append(contentsOf: repeatElement(0, count: Self.rounded(bytes.count, to: width) - bytes.count))
    }

    /// The next multiple of a width that is no less than a number.
    static func rounded(_ number: Int, to width: Int) -> Int { (number + width - 1) / width * width }
}
