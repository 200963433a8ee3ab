// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTP1
internal import TallyModel

extension Front {
    /// Reads the whole body of a request that declares JSON, within the limits and before the deadline.
    func body(of request: Request, _ stay: Stay) async throws(Refusal) -> [UInt8] {
        guard let type = request.headers[.contentType], Self.isJSON(type) else { throw .contentType }
        // A body that is packed is taken for what it is not, and one that only says so is none of ours either.
        guard request.headers[values: .contentEncoding].allSatisfy({ $0.lowercased() == "identity" }) else {
            throw .misuse("the body is coded, and is read as it is", help: "send it without `Content-Encoding`")
        }
        guard !declaresTooMuch(request) else { throw .tooLarge(limit: settings.longestBodyBytes) }
        let ticket = stay.channel.map { bodies.begin($0) }
        defer { if let ticket { bodies.end(ticket) } }
        let start = ContinuousClock.now
        var bytes: [UInt8] = []
        var length = 0
        do {
            for try await part in request.body {
                length += part.readableBytes
                if length <= settings.longestBodyBytes {
                    try stay.memory.take(part.readableBytes)
                    if bytes.isEmpty { bytes = Array(buffer: part) } else { bytes += Array(buffer: part) }
                } else if length > settings.longestBodyBytes * Self.toleratedExcess {
                    break
                }
                guard start.duration(to: .now) <= settings.deadline else { throw Refusal.bodyMissing }
            }
        } catch {
            // A body that broke off is missing; one of which the next byte cannot be is no body.
            if let problem = error as? HTTPParserError, problem != .invalidEOFState { throw .bodyMalformed }
            throw error as? Refusal ?? .bodyMissing
        }
        guard length <= settings.longestBodyBytes else { throw .tooLarge(limit: settings.longestBodyBytes) }
        return bytes
    }

    /// Whether a request says of itself that its body is longer than any that is taken: nobody has to wait for it.
    func declaresTooMuch(_ request: Request) -> Bool {
        guard let length = request.headers[.contentLength] else { return false }
        return Int(length).map { $0 > settings.longestBodyBytes } ?? true
    }

    /// A body that is too long is read on up to so many times the limit, so that its sender gets to read the answer: a
    /// connection that is closed with bytes unread takes the answer down with it.
    static let toleratedExcess = 4

    /// Whether a content type is `application/json` or ends in `+json`, whatever its parameters.
    private static func isJSON(_ type: String) -> Bool {
        if type == Reply.jsonType { return true }
        let media = type.prefix { $0 != ";" && $0 != " " }.lowercased()
        return media == Reply.jsonType || media.utf8.starts(with: "application/".utf8) && media.hasSuffix("+json")
    }
}
