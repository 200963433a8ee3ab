// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Whether bit `index` of a validity bitmap is set; a bitmap that is not there is all ones.
@inline(__always)
func isValid(_ bitmap: UnsafePointer<UInt64>?, _ index: Int) -> Bool {
    guard let bitmap = unsafe bitmap else { return true }
    return unsafe (bitmap[index &>> 6] &>> UInt64(truncatingIfNeeded: index & 63)) & 1 != 0
}
