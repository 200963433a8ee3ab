// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// An input that is taken apart from its front: what a target chooses by, then what it reads.
struct FuzzInput {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isEmpty: Bool { rest.isEmpty }

    /// The next byte; 0 behind the end.
    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// One of the elements, of which there is at least one.
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int(byte()) % elements.count] }

    /// A number below 2^24.
    mutating func number() -> Int { Int(byte()) << 16 | Int(byte()) << 8 | Int(byte()) }

    /// The next bytes, as many as a byte says.
    mutating func piece() -> [UInt8] {
        let count = min(Int(byte()), rest.count)
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// What is left up to the first of a byte, which is taken too; all that is left where there is none.
    mutating func line() -> [UInt8] {
        let line = rest.prefix { $0 != 0x0A }
        rest = rest.dropFirst(line.count + 1)
        return Array(line)
    }
}

/// Changes to the bytes of a file: an input is a list of them, so that what is not changed stays whole.
struct FuzzEdits {
    /// Bytes of one change in an input: three of place, one of kind, one of value.
    static let size = 5

    /// The bytes with the changes of an input.
    ///
    /// Places of odd kind count from the start of the file; those of even kind lie among the first bytes of a page.
    static func apply(_ input: [UInt8], to original: [UInt8], pageSize: Int) -> [UInt8] {
        var bytes = original
        var input = FuzzInput(input)
        while !input.isEmpty, !bytes.isEmpty {
            let (number, kind, value) = (input.number(), input.byte(), input.byte())
            let pages = max(1, bytes.count / pageSize)
            let place =
                kind & 1 == 1
                ? number % bytes.count : min(bytes.count - 1, (number >> 8) % pages * pageSize + number % 256)
            switch kind >> 1 % 8 {
            case 0: bytes[place] = value
            case 1, 2: bytes[place] ^= 1 << (value & 7)
            case 3: bytes[place] &+= value & 1 == 0 ? 1 : 0xFF
            case 4:
                for index in place..<min(bytes.count, place + Int(value % 16)) {
                    bytes[index] = value & 128 == 0 ? 0 : 0xFF
                }
            case 5:
                // One place takes what stands at another one.
                let from = Int(value) * pageSize % bytes.count
                for index in 0..<8 where max(from, place) + index < bytes.count {
                    bytes[place + index] = bytes[from + index]
                }
            case 6: bytes.removeSubrange(place...)
            default:
                let (page, other) = (place / pageSize * pageSize, Int(value) % pages * pageSize)
                for index in 0..<pageSize where max(page, other) + index < bytes.count {
                    bytes[page + index] = bytes[other + index]
                }
            }
        }
        return bytes
    }
}
