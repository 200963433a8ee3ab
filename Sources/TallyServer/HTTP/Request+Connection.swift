// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes
internal import HummingbirdCore

extension Request {
    /// Whether the client wants the connection to end; the word may be written in any case.
    var wantsClose: Bool {
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
