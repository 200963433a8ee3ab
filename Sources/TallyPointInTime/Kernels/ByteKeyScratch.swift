// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Room for one block of rows on their way through the stages of a look-up of byte keys.
@safe final class ByteKeyScratch {
    static let block = 256

    let words = UnsafeMutablePointer<KeyWords>.allocate(capacity: block)
    /// The first place of each key.
    let homes = UnsafeMutablePointer<Int>.allocate(capacity: block)
    /// Zero where the first place has the words of the key.
    let differences = UnsafeMutablePointer<UInt64>.allocate(capacity: block)
    /// The rows that the first probe did not settle.
    let unsettled = UnsafeMutablePointer<Int>.allocate(capacity: block)
    /// The rows of long keys whose first place has the same words, the bytes of those places, and the first eight.
    let longs = UnsafeMutablePointer<Int>.allocate(capacity: block)
    let stored = UnsafeMutablePointer<UnsafeRawPointer>.allocate(capacity: block)
    let heads = UnsafeMutablePointer<UInt64>.allocate(capacity: block)

    deinit {
        unsafe words.deallocate()
        unsafe homes.deallocate()
        unsafe differences.deallocate()
        unsafe unsettled.deallocate()
        unsafe longs.deallocate()
        unsafe stored.deallocate()
        unsafe heads.deallocate()
    }
}
