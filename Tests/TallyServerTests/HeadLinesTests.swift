// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import TallyServer

/// Many heads in one piece, bodies in tiny parts, and requests for other protocols.
@Suite struct HeadLinesTests {
    /// Asks for each of many heads in one piece whether it is foreign; the seconds that took.
    private func seconds(_ count: Int, _ line: String) throws -> Double {
        let lines = RequestLines()
        let channel = EmbeddedChannel(handler: lines)
        try channel.writeInbound(ByteBuffer(string: String(repeating: line + "\r\nHost: a\r\n\r\n", count: count)))
        let parts = line.split(separator: " ")
        let minor = line.hasSuffix("1.0") ? 0 : 1
        let head = HTTPRequestHead(
            version: HTTPVersion(major: 1, minor: minor), method: .GET, uri: String(parts[1]), headers: ["host": "a"])
        let start = ContinuousClock.now
        var foreign = 0
        for _ in 0..<count where lines.isForeign(head) { foreign += 1 }
        let took = (ContinuousClock.now - start) / .seconds(1)
        #expect(foreign == 0)
        _ = try channel.finish()
        return took
    }

    @Test(arguments: ["GET /livez?SP/ HTTP/1.1", "GET /livez HTTP/1.0"])
    func `the work on heads in one piece grows with their bytes`(line: String) throws {
        _ = try seconds(500, line)
        let (some, many) = (try seconds(2_000, line), try seconds(16_000, line))
        // Eight times the heads; the square of that would be sixty-four times the work.
        #expect(many < 24 * some + 0.05, "\(some) s, \(many) s")
    }

    @Test func `a body in tiny parts is refused, one in parts of some size is not`() throws {
        func refused(_ parts: Int, of bytes: Int) throws -> Bool {
            let connections = Connections(limit: 10)
            connections.noteOpened()
            let channel = EmbeddedChannel()
            let manners = Manners(connections.add(channel), longestRest: 1 << 30, lines: RequestLines())
            try channel.pipeline.syncOperations.addHandler(manners)
            try channel.writeInbound(
                HTTPServerRequestPart.head(
                    HTTPRequestHead(version: .http1_1, method: .POST, uri: "/", headers: ["host": "a"])))
            let part = HTTPServerRequestPart.body(ByteBuffer(repeating: 0x20, count: bytes))
            do {
                for _ in 0..<parts { try channel.writeInbound(part) }
            } catch {
                #expect(error as? HTTPParserError == .invalidChunkSize)
                return true
            }
            return false
        }
        #expect(try !refused(Manners.mostSmallParts, of: 1))
        #expect(try refused(Manners.mostSmallParts * 2, of: 1))
        #expect(try !refused(Manners.mostSmallParts * 4, of: Manners.bytesOfPart))
    }

    @Test func `a request for another protocol ends its connection behind its answer`() {
        func ends(_ method: HTTPRequest.Method, _ fields: HTTPFields) -> Bool {
            Request(
                head: HTTPRequest(method: method, scheme: "http", authority: "a", path: "/", headerFields: fields),
                body: RequestBody(buffer: ByteBuffer())
            ).wantsClose
        }
        #expect(!ends(.get, [:]) && !ends(.get, [.connection: "keep-alive"]))
        #expect(ends(.get, [.upgrade: "h2c", .connection: "Upgrade, HTTP2-Settings"]))
        #expect(ends(.get, [.connection: "keep-alive, Close"]) && ends(.connect, [:]))
    }
}
