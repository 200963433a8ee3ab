// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// All ones when `left` is below `right`, else 0, without a comparison (Warren: "Hacker's Delight", 2-12).
///
/// The optimiser turns a conditional move whose condition waits for memory into a branch. In a binary search the
/// processor guesses that branch right half of the time, and each wrong guess ends the overlap of cache misses.
@inline(__always)
func onesIfLess(_ left: Int64, _ right: Int64) -> UInt32 {
    let sign = (left & ~right) | (~(left ^ right) & (left &- right))
    return UInt32(truncatingIfNeeded: sign &>> 63)
}
