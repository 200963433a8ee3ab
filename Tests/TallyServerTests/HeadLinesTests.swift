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
    /// Reads and answers many requests that arrive in one piece; the seconds that took.
    private func seconds(_ count: Int, _ line: String) throws -> Double {
        let served = try GateLine()
        let text = String(repeating: line + "\r\nHost: a\r\n\r\n", count: count)
        let start = ContinuousClock.now
        try served.receive(text)
        var answered = 0
        while try !served.taken().isEmpty {
            answered += 1
            try served.answer()
        }
        #expect(answered == count)
        let took = (ContinuousClock.now - start) / .seconds(1)
        served.close()
        return took
    }

    @Test(arguments: ["GET /livez?SP/ HTTP/1.1", "GET /livez HTTP/1.0\r\nConnection: keep-alive"])
    func `the work on heads in one piece grows with their bytes`(line: String) throws {
        _ = try seconds(100, line)
        let (some, many) = (try seconds(500, line), try seconds(4_000, line))
        // Eight times the heads; the square of that would be sixty-four times the work.
        #expect(many < 24 * some + 0.05, "\(some) s, \(many) s")
    }

    @Test func `a body in tiny parts is refused, one in parts of some size is not`() throws {
        func refused(_ parts: Int, of bytes: Int) throws -> Bool {
            let line = try GateLine()
            try line.receive("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let part = String(bytes, radix: 16) + "\r\n" + String(repeating: " ", count: bytes) + "\r\n"
            do {
                for _ in 0..<parts { try line.receive(part) }
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

    @Test(arguments: ["\r\n", "GET /aaaaaaaaaaaaaaaaaaaaaaaaaa", "GET                           "])
    func `a head that does not come to its end is refused, and not kept`(piece: String) throws {
        let line = try GateLine(isDecoded: false)
        let text = String(repeating: piece, count: 1_024)
        var sent = 0
        do {
            while sent <= 4 * RequestFraming.longestHead {
                try line.receive(text)
                sent += text.utf8.count
            }
        } catch {
            #expect(error as? HTTPParserError == .headerOverflow)
        }
        #expect(sent <= RequestFraming.longestHead)
        // What comes then goes nowhere.
        while try line.channel.readInbound(as: ByteBuffer.self) != nil {}
        try line.receive(text)
        #expect(try line.channel.readInbound(as: ByteBuffer.self) == nil)
        line.close()
    }

    @Test func `small parts that arrive together are passed on as one, in their place`() throws {
        let channel = EmbeddedChannel(handler: PartGatherer())
        let large = ByteBuffer(repeating: 0x61, count: PartGatherer.bytesOfLargePart)
        func bodies() throws -> [String] {
            var found: [String] = []
            while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
                switch part {
                case .head: found.append("head")
                case .body(let bytes): found.append(bytes.readableBytes < 100 ? String(buffer: bytes) : "large")
                case .end: found.append("end")
                }
            }
            return found
        }
        // A channel for tests says after each piece that no more arrives, so each is handed on here.
        let context = try channel.pipeline.syncOperations.context(handlerType: PartGatherer.self)
        let gatherer = try channel.pipeline.syncOperations.handler(type: PartGatherer.self)
        func take(_ part: HTTPServerRequestPart) { gatherer.channelRead(context: context, data: NIOAny(part)) }
        take(.head(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")))
        for byte in "abc".utf8 { take(.body(ByteBuffer(bytes: [byte]))) }
        #expect(try bodies() == ["head"])
        take(.body(large))
        for byte in "de".utf8 { take(.body(ByteBuffer(bytes: [byte]))) }
        #expect(try bodies() == ["abc", "large"])
        gatherer.channelReadComplete(context: context)
        #expect(try bodies() == ["de"])
        for byte in "fgh".utf8 { take(.body(ByteBuffer(bytes: [byte]))) }
        take(.end(nil))
        #expect(try bodies() == ["fgh", "end"])
        // No more is kept than some, and nothing is lost at an end.
        for _ in 0..<200_000 { take(.body(ByteBuffer(bytes: [0x62]))) }
        gatherer.channelInactive(context: context)
        var count = 0
        while case .body(let bytes)? = try channel.readInbound(as: HTTPServerRequestPart.self) {
            #expect(bytes.readableBytes <= 64 << 10)
            count += bytes.readableBytes
        }
        #expect(count == 200_000)
        _ = try channel.finish(acceptAlreadyClosed: true)
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
