// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import TallyServer

/// A connection from its bytes to the parts of requests, that no socket leads to.
struct GateLine {
    let channel = EmbeddedChannel()
    let departure = Departure()
    let ends = InputEnds()

    /// Notes the end of what a client sends.
    final class InputEnds: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart

        private(set) var count = 0

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if let event = event as? ChannelEvent, event == .inputClosed { count += 1 }
        }
    }

    /// Without a decoder the bytes come out that it would be given.
    init(
        budget: MemoryBudget = MemoryBudget(limit: 1 << 20, largeBytes: .max), longestRest: Int = 1 << 30,
        isDecoded: Bool = true
    ) throws {
        let connections = Connections(limit: 10)
        connections.noteOpened()
        let pipeline = channel.pipeline.syncOperations
        let gate = RequestGate(
            departure, budget: budget, rounds: LoopRounds(channel.eventLoop), longestRest: longestRest)
        try pipeline.addHandlers([LingeringClose(longestRest: 1 << 20), gate])
        if isDecoded {
            try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
            try pipeline.addHandler(Manners(connections.add(channel), longestRest: longestRest, gate: gate))
        }
        try pipeline.addHandler(ends)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// Takes bytes in, as often as more is asked for.
    func receive(_ text: String) throws {
        channel.read()
        try channel.writeInbound(ByteBuffer(string: text))
    }

    /// Lets the loop have a round.
    func turn() { channel.embeddedEventLoop.advanceTime(by: LoopRounds.shortestPause) }

    /// Gives the present request its answer, which the client takes.
    func answer(_ status: HTTPResponseStatus = .ok) throws {
        channel.write(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: status)), promise: nil)
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        while try channel.readOutbound(as: HTTPServerResponsePart.self) != nil {}
        turn()
    }

    /// What was read since the last time.
    func taken() throws -> [HTTPServerRequestPart] {
        var parts: [HTTPServerRequestPart] = []
        while let part = try channel.readInbound(as: HTTPServerRequestPart.self) { parts.append(part) }
        return parts
    }

    /// Ends the connection, wherever a request is cut off.
    func close() {
        channel.close(promise: nil)
        channel.embeddedEventLoop.advanceTime(by: LingeringClose.longest)
    }
}
