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

    /// Copies a text, given as UTF-8.
    init(_ text: [UInt8]) {
        count = text.count
        let copy = UnsafeMutableRawPointer.allocate(byteCount: text.count + 1, alignment: 1)
        unsafe UnsafeMutableRawBufferPointer(start: copy, count: text.count).copyBytes(from: text)
        unsafe copy.storeBytes(of: 0, toByteOffset: text.count, as: UInt8.self)
        unsafe bytes = UnsafePointer(copy.bindMemory(to: CChar.self, capacity: text.count + 1))
    }

    deinit { unsafe bytes.deallocate() }
}
