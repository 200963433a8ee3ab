// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CTally
internal import TallyModel

/// A text that a caller passes as a pointer and a length.
enum TextArgument {
    /// The text was read.
    case text(String)
    /// The bytes are no UTF-8.
    case malformed
    /// There is no pointer, or the length cannot be.
    case absent

    /// Copies a text; NULL is the empty text if its length is 0.
    init(_ start: UnsafePointer<CChar>?, _ length: Int) {
        guard length > 0 || length == 0 else {
            self = .absent
            return
        }
        guard length <= Int(TALLY_MOST_BYTES) else {
            self = .absent
            return
        }
        guard let start = unsafe start else {
            self = length == 0 ? .text("") : .absent
            return
        }
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: length)
        if let text = unsafe String(validating: bytes, as: UTF8.self) {
            self = .text(text)
        } else {
            self = .malformed
        }
    }
}
