// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Numbers as they are stored: most significant byte first.
enum StoredWords {
    static func append(_ word: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: word >> shift))
        }
    }

    static func append(_ half: UInt32, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt32(24), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: half >> shift))
        }
    }

    static func word(_ bytes: [UInt8], _ start: Int) -> UInt64 {
        var word: UInt64 = 0
        for place in start..<start + 8 { word = word << 8 | UInt64(bytes[place]) }
        return word
    }

    static func half(_ bytes: [UInt8], _ start: Int) -> UInt32 {
        var half: UInt32 = 0
        for place in start..<start + 4 { half = half << 8 | UInt32(bytes[place]) }
        return half
    }
}
