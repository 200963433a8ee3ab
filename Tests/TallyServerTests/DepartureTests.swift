// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import NIOCore
import NIOEmbedded
import Testing

@testable import TallyServer

/// A client that left is found behind what it sent, where somebody waits for that.
@Suite struct DepartureTests {
    /// A connection of which each piece has to be asked for.
    private struct Line {
        let channel: EmbeddedChannel
        let handler = DepartureHandler()
        let reads = Reads()

        init() throws {
            channel = EmbeddedChannel(handlers: [reads, handler])
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }

        func end() throws { _ = try channel.finish(acceptAlreadyClosed: true) }

        func arrive(_ bytes: Int) throws {
            try channel.writeInbound(ByteBuffer(repeating: 0x20, count: bytes))
            channel.pipeline.fireChannelReadComplete()
        }
    }

    private final class Reads: ChannelOutboundHandler {
        typealias OutboundIn = Never

        var count = 0

        func read(context: ChannelHandlerContext) { count += 1 }
    }

    @Test func `what stands behind a request is read only while somebody looks out`() throws {
        let line = try Line()
        let start = line.reads.count
        try line.arrive(10)
        #expect(line.reads.count == start && !line.handler.departure.isAwaited)
        line.handler.departure.begin()
        line.handler.readOn()
        try line.arrive(10)
        #expect(line.reads.count > start + 1 && line.handler.departure.isAwaited)
        line.handler.departure.end()
        let later = line.reads.count
        try line.arrive(10)
        #expect(line.reads.count == later)
        try line.end()
    }

    @Test func `a goodbye behind the encryption counts as one in front of it`() throws {
        let departure = Departure()
        departure.begin()
        let channel = EmbeddedChannel(handler: GoodbyeHandler(departure))
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.outputClosed)
        #expect(departure.isAwaited)
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(!departure.isAwaited)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    @Test func `who sends on and on behind a request does not wait for its answer, and may ask again later`()
        async throws
    {
        let line = try Line()
        let departure = line.handler.departure
        // Nobody waited: that is no sign.
        departure.note(tail: Departure.longestTail * 2)
        departure.note(tail: 0)
        departure.begin()
        departure.note(tail: Departure.longestTail)
        #expect(departure.isAwaited)
        departure.note(tail: Departure.longestTail + 1)
        await departure.wait()
        let reads = line.reads.count
        try line.arrive(1)
        #expect(!departure.isAwaited && line.reads.count == reads)
        departure.end()
        // Most of that was answered meanwhile.
        departure.note(tail: 100)
        departure.begin()
        #expect(departure.isAwaited)
        try line.arrive(1)
        #expect(line.reads.count > reads)
        try line.end()
        #expect(!departure.isAwaited)
    }
}
