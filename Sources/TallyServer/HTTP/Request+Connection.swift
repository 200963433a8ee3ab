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
        headers[.upgrade] != nil || method == .connect
            || headers[.connection].map { ConnectionField.saysClose($0) } ?? false
    }

    /// Whether a body comes with it, or may come.
    var hasBody: Bool {
        headers[.transferEncoding] != nil || headers[.contentLength].map { $0 != "0" } ?? false
    }
}
