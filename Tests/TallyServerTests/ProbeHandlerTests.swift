// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import TallyServer

/// Probes are answered on the loop of their connection, and nothing else is.
@Suite struct ProbeHandlerTests {
    private func front() async throws -> Front { try await ServerFixture().server.front }

    private func head(
        _ uri: String, _ method: HTTPMethod = .GET, _ fields: [(String, String)] = [("Host", "a")]
    ) -> HTTPRequestHead {
        HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: HTTPHeaders(fields))
    }

    /// What comes out of a connection at once, and how many parts are left for others.
    private func answers(_ heads: [HTTPRequestHead]) async throws -> (statuses: [UInt], passed: Int, isOpen: Bool) {
        try Self.answers(of: try await front(), heads)
    }

    private static func answers(
        of front: Front, _ heads: [HTTPRequestHead]
    ) throws -> (statuses: [UInt], passed: Int, isOpen: Bool) {
        let channel = EmbeddedChannel(handler: ProbeHandler { front.probed($0) })
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        for head in heads {
            try channel.writeInbound(HTTPServerRequestPart.head(head))
            try channel.writeInbound(HTTPServerRequestPart.end(nil))
        }
        var statuses: [UInt] = []
        while let part = try channel.readOutbound(as: HTTPServerResponsePart.self) {
            if case .head(let head) = part { statuses.append(head.status.code) }
        }
        var passed = 0
        while try channel.readInbound(as: HTTPServerRequestPart.self) != nil { passed += 1 }
        return (statuses, passed, channel.isActive)
    }

    @Test func `a probe is answered before any task had its turn`() async throws {
        for uri in ["/livez", "/livez?x=1"] {
            let (statuses, passed, isOpen) = try await answers([head(uri)])
            #expect(statuses == [200] && passed == 0 && isOpen)
        }
        // Nobody runs this server, so that it is not ready.
        for uri in ["/readyz", "/health"] { #expect(try await answers([head(uri)]).statuses == [503]) }
        let last = try await answers([head("/livez", .HEAD, [("Host", "a"), ("Connection", "keep-alive, Close")])])
        #expect(last.statuses == [200] && last.passed == 0 && !last.isOpen)
    }

    @Test func `what else is asked, or asked in another way, is passed on`() async throws {
        let others = [
            head("/v1/services"), head("/livez/"), head("/livez", .POST), head("/livez", .GET, []),
            head("/livez", .GET, [("Host", "a b")]), head("/livez", .GET, [("Host", "a"), ("Content-Length", "3")]),
            head("/livez", .GET, [("Host", "a"), ("Authorization", "Bearer x")]),
            head("/livez", .GET, [("Host", "a"), ("Upgrade", "h2c")]),
        ]
        for other in others {
            let (statuses, passed, _) = try await answers([other])
            #expect(statuses.isEmpty && passed == 2, "\(other)")
        }
        // No answer overtakes another one.
        let (statuses, passed, _) = try await answers([head("/"), head("/livez")])
        #expect(statuses.isEmpty && passed == 4)
        let first = try await answers([head("/livez"), head("/"), head("/livez")])
        #expect(first.statuses == [200] && first.passed == 4)
    }

    @Test func `where no task has its turn any more a probe waits for one, too`() async throws {
        let watch = BodyWatch(Readiness(), limit: .seconds(10), interval: .milliseconds(1))
        // Nothing ran yet, so nothing is late.
        #expect(!watch.isBehind(at: .distantFuture))
        let task = Task { try await watch.run() }
        while !watch.isBehind(at: .distantFuture) { try await Task.sleep(for: .milliseconds(1), clock: .continuous) }
        #expect(!watch.isBehind())
        task.cancel()
        _ = try? await task.value
    }

    @Test func `it says the same as the route, and is counted with it`() async throws {
        let front = try await front()
        let before = front.metrics.snapshot.latencies.values.flatMap(\.buckets).reduce(0, +)
        let named = head("/livez", .GET, [("Host", "a"), ("x-request-id", "mine")])
        let answer = try #require(front.probed(named))
        #expect(answer.head.headers["x-request-id"] == ["mine"] && answer.head.headers["Content-Length"] == ["0"])
        #expect(answer.head.headers["Date"].count == 1 && !answer.isLast)
        #expect(front.metrics.inFlight == 0)
        #expect(front.metrics.snapshot.latencies.values.flatMap(\.buckets).reduce(0, +) == before + 1)
    }
}
