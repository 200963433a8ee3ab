// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// What the field `Connection` of a request says.
enum ConnectionField {
    private static let close = [UInt8]("close".utf8)

    /// Whether one of the words between commas is `close` in any case, with blanks around it or none.
    ///
    /// One pass without a copy: a client pays as much for this field as for any other.
    static func saysClose(_ field: String) -> Bool {
        // The letters of `close` that the word has so far; nil for another word.
        var letters: Int? = 0
        var hasEnded = false
        for byte in field.utf8 {
            switch byte {
            case UInt8(ascii: ","):
                if letters == close.count { return true }
                (letters, hasEnded) = (0, false)
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                hasEnded = letters.map { $0 > 0 } ?? true
            default:
                letters = letters.flatMap { count in
                    !hasEnded && count < close.count && byte | 0x20 == close[count] ? count + 1 : nil
                }
            }
        }
        return letters == close.count
    }
}
