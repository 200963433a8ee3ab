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

    private var saysClose: Bool {
        headers[.connection]?.lowercased().utf8.split(separator: UInt8(ascii: ",")).contains { word in
            let blanks: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\t")]
            let bare = word.drop(while: blanks.contains).reversed().drop(while: blanks.contains)
            return bare.reversed().elementsEqual("close".utf8)
        } ?? false
    }

    /// Whether a body comes with it, or may come.
    var hasBody: Bool {
        headers[.transferEncoding] != nil || headers[.contentLength].map { $0 != "0" } ?? false
    }
}
