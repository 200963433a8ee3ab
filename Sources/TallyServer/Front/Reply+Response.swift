// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

extension Reply {
    /// Returns the answer as HTTP; `isHead` leaves out the body and gives its length.
    ///
    /// What `stay` holds is given back at the latest when the answer is dropped.
    func response(id: String, date: String, isHead: Bool, _ stay: Stay) -> Response {
        var headers = HTTPFields()
        headers.reserveCapacity(5 + fields.count)
        if let contentType { headers.append(HTTPField(name: .contentType, value: contentType)) }
        headers.append(HTTPField(name: .contentLength, value: String(body.readableBytes)))
        headers.append(HTTPField(name: .date, value: date))
        headers.append(HTTPField(name: RequestIdentifier.field, value: id))
        for (name, value) in fields { headers.append(HTTPField(name: name, value: value)) }
        return Response(
            status: HTTPResponse.Status(code: status), headers: headers,
            body: isHead || body.readableBytes == 0 ? ResponseBody() : Self.body(body, stay))
    }

    private static func body(_ body: ByteBuffer, _ stay: Stay) -> ResponseBody {
        ResponseBody(contentLength: body.readableBytes) { writer in
            try await writer.write(body)
            try await writer.finish(nil)
            withExtendedLifetime(stay) {}
        }
    }
}
