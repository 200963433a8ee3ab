// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes
internal import HummingbirdCore

extension Request {
    /// Whether the connection ends behind the answer: the client wants that, or asks to go on in another protocol.
    ///
    /// The word may be written in any case. What follows a request for another protocol is not read as HTTP any more, and
    /// this server knows no other (RFC 9110, section 7.8): its client goes on with a new connection.
    var wantsClose: Bool {
        headers[.upgrade] != nil || method == .connect || saysClose
    }

    /// Whether one of the words between commas is `close`, with blanks around it or none.
    ///
    /// One pass without a copy: a client pays as much for this field as for any other.
    private var saysClose: Bool {
        guard let field = headers[.connection] else { return false }
        let close = [UInt8]("close".utf8)
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

    /// Whether a body comes with it, or may come.
    var hasBody: Bool {
        headers[.transferEncoding] != nil || headers[.contentLength].map { $0 != "0" } ?? false
    }
}
