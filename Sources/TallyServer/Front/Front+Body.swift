// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

extension Front {
    /// The whole body of a request that says it is JSON, within the limit and before the deadline.
    func body(of request: Request) async throws(Refusal) -> [UInt8] {
        guard let type = request.headers[.contentType], Self.isJSON(type) else { throw .contentType }
        let limit = settings.longestBodyBytes
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw .tooLarge(limit: limit)
        }
        let start = ContinuousClock.now
        var bytes: [UInt8] = []
        do {
            for try await part in request.body {
                guard bytes.count + part.readableBytes <= limit else { throw Refusal.tooLarge(limit: limit) }
                if bytes.isEmpty { bytes = Array(buffer: part) } else { bytes += Array(buffer: part) }
                guard start.duration(to: .now) <= settings.deadline else { throw Refusal.bodyMissing }
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw .bodyMissing
        }
        return bytes
    }

    /// Whether a content type is `application/json` or ends in `+json`, whatever its parameters.
    private static func isJSON(_ type: String) -> Bool {
        if type == Reply.jsonType { return true }
        let media = type.prefix { $0 != ";" && $0 != " " }.lowercased()
        return media == Reply.jsonType || media.hasPrefix("application/") && media.hasSuffix("+json")
    }
}
