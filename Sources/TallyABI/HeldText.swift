// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A text that lies still in memory until it is let go, with a zero byte behind it.
///
/// Sendable on our word: the bytes are written once, before anyone else can see them, and freed when nobody holds them.
@safe final class HeldText: @unchecked Sendable {
    /// The bytes, `count` of them and a zero.
    let bytes: UnsafePointer<CChar>
    /// The length without the zero.
    let count: Int

    init(_ text: String) {
        var text = text
        let (start, length) = text.withUTF8 { utf8 in
            let copy = UnsafeMutableRawPointer.allocate(byteCount: utf8.count + 1, alignment: 1)
            unsafe UnsafeMutableRawBufferPointer(start: copy, count: utf8.count).copyBytes(from: utf8)
            unsafe copy.storeBytes(of: 0, toByteOffset: utf8.count, as: UInt8.self)
            return unsafe (copy.bindMemory(to: CChar.self, capacity: utf8.count + 1), utf8.count)
        }
        unsafe bytes = UnsafePointer(start)
        count = length
    }

    deinit { unsafe bytes.deallocate() }
}
