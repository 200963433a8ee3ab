// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes
internal import NIOCore
internal import TallyModel

/// The answer of a route, before it is written as HTTP.
struct Reply {
    var status: Int
    var contentType: String?
    var body: ByteBuffer
    /// Further header fields.
    var fields: [(HTTPField.Name, String)] = []

    static let jsonType = "application/json"
    static let htmlType = "text/html; charset=utf-8"

    /// Returns an answer of JSON text.
    static func json(_ status: Int = 200, _ body: ByteBuffer) -> Reply {
        Reply(status: status, contentType: jsonType, body: body)
    }

    /// A JSON value.
    static func json(_ status: Int = 200, _ value: JSON) -> Reply {
        json(status, ByteBuffer(string: value.compactText))
    }

    /// Returns an answer of plain text.
    static func text(_ status: Int, _ text: String) -> Reply {
        Reply(status: status, contentType: "text/plain; charset=utf-8", body: ByteBuffer(string: text))
    }

    /// A status and nothing more.
    static func empty(_ status: Int) -> Reply { Reply(status: status, contentType: nil, body: ByteBuffer()) }
}
