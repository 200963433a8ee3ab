// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTP1

extension Front {
    /// The paths for probes, which need no token and take no place among the requests.
    enum Probe: String, CaseIterable {
        case health = "/health"
        case live = "/livez"
        case ready = "/readyz"

        /// The route of its requests.
        var route: Route { Route(template: rawValue, neededScope: nil, isLimited: false) }
    }

    /// Returns the answer to a probe.
    func reply(to probe: Probe) -> Reply {
        switch probe {
        case .health, .ready: health
        case .live: .empty(200)
        }
    }

    /// The answer to a request that is nothing but a probe, made at once; nil for what has to be looked at more closely.
    ///
    /// Where no task has its turn any more a probe waits for one as all others do: a server that answers nothing is not live.
    func probed(_ head: HTTPRequestHead) -> ProbeAnswer? {
        let start = ContinuousClock.now
        let path = String(head.uri.prefix { $0 != "?" })
        guard head.method == .GET || head.method == .HEAD, let probe = Probe(rawValue: path), Self.isBare(head) else {
            return nil
        }
        var reply = reply(to: probe)
        guard reply.body.readableBytes < settings.largeBytes, !bodies.isBehind() else { return nil }
        metrics.begin()
        let id = identifiers.identify(head.headers[RequestIdentifier.field.rawName].first)
        let isLast = readiness.isLeaving || head.headers["connection"].contains { ConnectionField.saysClose($0) }
        if isLast { reply.fields.append((.connection, "close")) }
        let duration = start.duration(to: .now)
        metrics.end(probe.route, status: reply.status, duration)
        log(HTTPRequest.Method(head.method.rawValue) ?? .get, probe.route, id, reply, duration, .nobody)
        return reply.answer(id: id, date: DateField.text(of: parts.clock()), to: head, isLast: isLast)
    }

    /// Whether a request has a proper host and neither a body nor anything else to be examined.
    private static func isBare(_ head: HTTPRequestHead) -> Bool {
        let others = ["authorization", "content-length", "transfer-encoding", "expect", "upgrade"]
        return !others.contains { head.headers.contains(name: $0) } && HostName(head.headers["host"].first) != nil
    }
}

extension Reply {
    /// Returns the answer as HTTP for a request's head; without the body for HEAD.
    fileprivate func answer(id: String, date: String, to head: HTTPRequestHead, isLast: Bool) -> ProbeAnswer {
        var headers = HTTPHeaders()
        if let contentType { headers.add(name: "Content-Type", value: contentType) }
        headers.add(name: "Content-Length", value: String(body.readableBytes))
        headers.add(name: "Date", value: date)
        headers.add(name: RequestIdentifier.field.rawName, value: id)
        for (name, value) in fields { headers.add(name: name.rawName, value: value) }
        return ProbeAnswer(
            head: HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: headers),
            body: head.method == .HEAD ? ByteBuffer() : body, isLast: isLast)
    }
}
