// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import TallyServer

/// One request of a connection is read at a time, and what waits behind it is bytes that are paid for.
@Suite struct RequestGateTests {
    private static let tiny = "GET / HTTP/1.1\r\nHost:a\r\n\r\n"
    private static let chunked = "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

    /// Requests of all kinds of framing, one behind the other.
    private static let mixed = [
        tiny, "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nG\r\n\r\n",
        chunked + "5;x=\"y\"\r\n\r\n\r\nG\r\n00A\r\nGET / HTTP\r\n000\r\nt: 1\r\nu:\r\n\r\n", "\r\n\r\n" + tiny,
        "GET /b HTTP/1.1\r\nhost: a\r\nContent-Length: 0\r\n\r\n", chunked + "0\r\n\r\n", tiny,
    ].joined()

    /// What was read, with the parts of each body as one.
    private func told(_ parts: [HTTPServerRequestPart]) -> [String] {
        var told: [String] = []
        for part in parts {
            switch part {
            case .head(let head): told.append("\(head.method) \(head.uri) ")
            case .body(let bytes): told[told.count - 1] += String(buffer: bytes)
            case .end(let trailers): told[told.count - 1] += " \(trailers?.count ?? 0)"
            }
        }
        return told
    }

    private func isEnd(_ part: HTTPServerRequestPart?) -> Bool {
        if case .end = part { true } else { false }
    }

    @Test func `of many requests in one piece one is read, and the next once the answer was sent`() throws {
        let line = try GateLine()
        try line.receive(String(repeating: Self.tiny, count: 2_500))
        for _ in 0..<3 { line.turn() }
        #expect(try line.taken().count == 2)
        line.channel.write(HTTPServerResponsePart.end(nil), promise: nil)
        line.turn()
        #expect(try line.taken().isEmpty)
        line.channel.flush()
        line.turn()
        #expect(try line.taken().count == 2)
        // An answer that comes before the request's end does not let the next one in, and neither does the end alone.
        let early = try GateLine()
        try early.receive(Self.chunked)
        try early.answer(.notFound)
        try early.receive("1\r\nx\r\n")
        #expect(try early.taken().count == 2)
        try early.receive("0\r\n\r\n" + Self.tiny + Self.tiny)
        early.channel.read()
        early.turn()
        early.channel.read()
        early.turn()
        #expect(try early.taken().count == 3)
        line.close()
        early.close()
    }

    @Test(arguments: [1, 2, 3, 7, 64, 10_000])
    func `requests end where the decoder ends them, however they arrive`(size: Int) throws {
        let plain = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder()))
        try plain.writeInbound(ByteBuffer(string: Self.mixed))
        var parts: [HTTPServerRequestPart] = []
        while let part = try plain.readInbound(as: HTTPServerRequestPart.self) { parts.append(part) }
        let expected = told(parts)
        #expect(expected.count == 7)
        _ = try plain.finish()

        let line = try GateLine()
        var (found, bytes) = ([HTTPServerRequestPart](), ByteBuffer(string: Self.mixed))
        func take() throws {
            line.turn()
            found += try line.taken()
            while isEnd(found.last), found.count(where: isEnd) > answered {
                answered += 1
                try line.answer()
                found += try line.taken()
            }
        }
        var answered = 0
        while let piece = bytes.readSlice(length: min(size, bytes.readableBytes)), piece.readableBytes > 0 {
            try line.receive(String(buffer: piece))
            try take()
        }
        try take()
        #expect(told(found) == expected)
        line.close()
    }

    @Test func `whatever arrives, at most one request is read before its answer`() throws {
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        var generator = SplitMix(state: seed)
        let words = ["\r\n", "\n", "\r", "0", "5", " ", ";", ":", "GET / HTTP/1.1", "Host: a", "Content-Length: 3"]
        for _ in 0..<300 {
            var bytes = Array(Self.mixed.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes.insert(contentsOf: Array(words.randomElement(using: &generator)?.utf8 ?? "".utf8), at: place)
            }
            let line = try GateLine()
            // What is refused is refused; nothing else may be thrown.
            do { try line.receive(String(decoding: bytes, as: UTF8.self)) } catch is HTTPParserError {}
            for _ in 0..<20 {
                let parts = try line.taken()
                let heads = parts.count { if case .head = $0 { true } else { false } }
                #expect(heads <= 1, "seed \(seed)")
                do { try line.channel.throwIfErrorCaught() } catch is HTTPParserError {}
                if isEnd(parts.last) { try line.answer() } else { line.channel.read() }
                line.turn()
            }
            line.close()
        }
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
    }

    @Test(arguments: ["RTSP/1.0", "ICE/1.0"])
    func `protocols that are written like HTTP are refused, wherever their line is cut`(name: String) throws {
        let text = "GET / \(name)\r\n"
        for cut in 0...text.utf8.count {
            let line = try GateLine()
            try line.receive(Self.tiny)
            try line.answer()
            #expect(throws: HTTPParserError.self) {
                try line.receive(String(text.prefix(cut)))
                try line.receive(String(text.dropFirst(cut)))
            }
            line.close()
        }
    }

    @Test(arguments: [
        "zz\r\n", "5\nabcde\r\n", ";x\r\n", "-1\r\n", "ffffffffffffffff\r\n", "2\r\nabX\r\n", "2\r\nab\rX",
        "1;" + String(repeating: "x", count: 2_000) + "\r\n",
    ])
    func `chunks that are none are refused`(chunk: String) throws {
        let line = try GateLine()
        try line.receive(Self.chunked)
        #expect(throws: HTTPParserError.invalidChunkSize) { try line.receive(chunk) }
        line.close()
    }

    @Test func `of a body in tiny chunks each turn of the loop has a little`() throws {
        let line = try GateLine()
        try line.receive(Self.chunked + String(repeating: "1\r\nx\r\n", count: 1_000) + "0\r\n\r\n")
        var (turns, most, count) = (0, 0, 0)
        while !isEnd(try line.taken(into: &most, &count)) {
            turns += 1
            line.channel.read()
            line.turn()
        }
        #expect(most <= RequestFraming.mostChunksAtOnce + 1 && turns >= 1_000 / RequestFraming.mostChunksAtOnce)
        #expect(count == 1_002)
        line.close()
    }

    @Test func `nothing is passed on before more is asked for`() throws {
        let line = try GateLine()
        try line.channel.writeInbound(ByteBuffer(string: Self.tiny))
        line.turn()
        #expect(try line.taken().isEmpty)
        line.channel.read()
        line.turn()
        #expect(try line.taken().count == 2)
        line.close()
    }

    @Test func `what a client sent before it closed its side is answered first`() throws {
        let line = try GateLine()
        try line.receive(Self.tiny + Self.tiny + Self.tiny)
        line.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        for number in 1...3 {
            #expect(try line.taken().count == 2)
            #expect(line.ends.count == (number == 3 ? 1 : 0))
            try line.answer()
        }
        #expect(try line.taken().isEmpty && line.ends.count == 1)
        line.close()
    }

    @Test func `what waits and what is half read is paid for, and who finds no room leaves`() throws {
        let budget = MemoryBudget(limit: 100_000, largeBytes: .max)
        let lines = try (0..<4).map { _ in try GateLine(budget: budget) }
        let half = "GET / HTTP/1.1\r\nHost: a\r\nx: " + String(repeating: "a", count: 10_000)
        // A little is for nothing.
        try lines[0].receive(half)
        #expect(budget.used == 0)
        try lines[0].receive(String(repeating: "a", count: 20_000))
        #expect(budget.used > 30_000 && budget.used < 31_000)
        // Requests that wait behind one count as well.
        try lines[1].receive(String(repeating: Self.tiny, count: 2_000))
        #expect(budget.used > 80_000)
        try lines[2].receive(half)
        // The decoder says that a head broke off.
        #expect(throws: HTTPParserError.invalidEOFState) {
            try lines[2].receive(String(repeating: "a", count: 20_000))
        }
        #expect(!lines[2].channel.isActive && lines[0].channel.isActive && lines[1].channel.isActive)
        // A head that is read, requests that were answered, and who leaves, give back what they held.
        try lines[0].receive("\r\n\r\n")
        #expect(budget.used < 53_000)
        while try !lines[1].taken().isEmpty { try lines[1].answer() }
        #expect(budget.used == 0)
        try lines[3].receive(half)
        try lines[3].receive(String(repeating: "a", count: 20_000))
        #expect(budget.used > 30_000)
        lines[3].close()
        #expect(budget.used == 0)
        // So it is with what follows a body in chunks.
        try lines[0].answer()
        try lines[0].receive(Self.chunked + "0\r\nx: " + String(repeating: "a", count: 20_000))
        #expect(budget.used > 20_000)
        try lines[0].receive("\r\n\r\n")
        #expect(budget.used == 0)
        for line in lines { line.close() }
    }

    @Test func `behind what is refused is read so much that the client sees its answer, and dropped`() throws {
        let line = try GateLine(longestRest: 1_000)
        #expect(throws: HTTPParserError.self) { try line.receive("garbage\r\n\r\n") }
        for _ in 0..<20 { try line.receive(Self.tiny) }
        #expect(try line.taken().isEmpty)
        line.close()
    }
}

extension GateLine {
    /// Takes what was read; the last part, how many came at once at most, and how many came.
    fileprivate func taken(into most: inout Int, _ count: inout Int) throws -> HTTPServerRequestPart? {
        let parts = try taken()
        most = max(most, parts.count)
        count += parts.count
        return parts.last
    }
}
