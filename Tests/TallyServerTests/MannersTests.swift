// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import TallyServer

/// What one connection keeps to, and which one has to leave.
@Suite struct MannersTests {
    /// A connection with manners that no socket leads to.
    private struct Line {
        let channel: EmbeddedChannel
        let connection: Connection

        init(_ connections: Connections, longestRest: Int = 100) throws {
            connections.noteOpened()
            try self.init(accepted: connections, longestRest: longestRest)
        }

        /// A connection that was counted already.
        init(accepted connections: Connections, longestRest: Int = 100) throws {
            channel = EmbeddedChannel()
            channel.closeFuture.whenComplete { _ in connections.noteClosed() }
            connection = connections.add(channel)
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(LingeringClose(longestRest: 1 << 20))
            let gate = RequestGate(
                Departure(), budget: MemoryBudget(limit: 1 << 20, largeBytes: .max),
                rounds: LoopRounds(channel.eventLoop),
                longestRest: longestRest)
            try pipeline.addHandler(gate)
            try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
            try pipeline.addHandler(Manners(connection, longestRest: longestRest, gate: gate))
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            connections.makeRoom(for: connection)
        }

        func receive(_ text: String) throws {
            channel.read()
            try channel.writeInbound(ByteBuffer(string: text))
            turn()
        }

        /// Lets the loop have a round.
        func turn() { channel.embeddedEventLoop.advanceTime(by: LoopRounds.shortestPause) }

        /// The head of a request whose body comes in chunks.
        func head() throws { try receive("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n") }

        func body(_ count: Int) throws {
            try receive(String(count, radix: 16) + "\r\n" + String(repeating: " ", count: count) + "\r\n")
        }

        func end() throws { try receive("0\r\n\r\n") }

        func answer(_ status: HTTPResponseStatus = .ok) throws {
            try channel.writeOutbound(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: status)))
            try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        }

        /// Begins to swallow; what is told is whether the request came to its end, nil while that is open.
        func swallow() -> () -> Bool? {
            var ended: Bool?
            let promise = channel.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenComplete { result in ended = (try? result.get()) != nil }
            channel.pipeline.triggerUserOutboundEvent(Manners.Swallow(), promise: promise)
            return { ended }
        }

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

    @Test func `past the limit the one leaves that waited longest, and nobody whose request is answered`() throws {
        let connections = Connections(limit: 4)
        var lines: [Line] = []
        for _ in 0..<4 { lines.append(try Line(connections)) }
        // The first works, the second asked since, the third is half through its head, the fourth is idle.
        try lines[0].head()
        try lines[0].end()
        try lines[1].head()
        try lines[1].end()
        try lines[1].answer()
        #expect(!lines[0].connection.isWaiting && lines[1].connection.isWaiting)
        lines.append(try Line(connections))
        #expect(lines.map(\.channel.isActive) == [true, true, false, true, true])
        lines.append(try Line(connections))
        #expect(lines.map(\.channel.isActive) == [true, true, false, false, true, true])
        lines.append(try Line(connections))
        #expect(lines.map(\.channel.isActive) == [true, false, false, false, true, true, true])
        try lines[0].answer()
        #expect(lines[0].connection.isWaiting)
        for line in lines { line.close() }
    }

    @Test func `accepted at once, they make room for each other as soon as they can`() throws {
        let connections = Connections(limit: 4)
        for _ in 0..<20 { connections.noteOpened() }
        #expect(!connections.haveRoom)
        var lines: [Line] = []
        func settle() { for line in lines { line.turn() } }
        for _ in 0..<20 { lines.append(try Line(accepted: connections)) }
        settle()
        #expect(connections.count == 4 && connections.haveRoom)
        #expect(lines.map(\.channel.isActive) == Array(repeating: false, count: 16) + Array(repeating: true, count: 4))
        // Those that left before leave nobody else.
        lines.append(try Line(connections))
        settle()
        #expect(connections.count == 4 && lines[17].channel.isActive && !lines[16].channel.isActive)
        for line in lines { line.close() }
        settle()
        #expect(connections.count == 0)
    }

    @Test func `who was accepted first leaves first, whichever loop was held up`() throws {
        let connections = Connections(limit: 2)
        let channels = (0..<4).map { _ in EmbeddedChannel() }
        for channel in channels {
            connections.noteOpened()
            connections.noteAccepted(channel)
        }
        // The last one asked already when the loop of the others comes to them.
        for index in [3, 0, 1, 2] {
            let connection = connections.add(channels[index])
            let pipeline = channels[index].pipeline.syncOperations
            try pipeline.addHandler(LingeringClose(longestRest: 1 << 20))
            try channels[index].connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            connections.makeRoom(for: connection)
        }
        #expect(channels.map(\.isActive) == [false, false, true, true])
        for channel in channels { channel.close(promise: nil) }
    }

    @Test func `who still reads an answer leaves only where nobody else can`() throws {
        let connections = Connections(limit: 2)
        let (reader, idle) = (try Line(connections), try Line(connections))
        reader.channel.isWritable = false
        let third = try Line(connections)
        #expect(reader.channel.isActive && !idle.channel.isActive && third.channel.isActive)
        third.connection.work()
        let fourth = try Line(connections)
        #expect(!reader.channel.isActive && third.channel.isActive && fourth.channel.isActive)
        for line in [reader, idle, third, fourth] { line.close() }
    }

    @Test func `a request is nothing to work on before the client has taken the answer in front of it`() throws {
        let line = try Line(Connections(limit: 10))
        for _ in 0..<2 {
            try line.head()
            try line.end()
        }
        #expect(!line.connection.isWaiting)
        #expect(try line.taken().count == 2)
        line.channel.write(HTTPServerResponsePart.end(nil), promise: nil)
        line.turn()
        // It is written, and not sent.
        #expect(line.connection.isWaiting)
        #expect(try line.taken().isEmpty)
        line.channel.flush()
        line.turn()
        #expect(try line.taken().count == 2)
        #expect(!line.connection.isWaiting)
        line.close()
    }

    @Test func `behind the last answer nothing is read, and who worked waits`() throws {
        let line = try Line(Connections(limit: 10))
        try line.head()
        try line.end()
        try line.channel.writeOutbound(
            HTTPServerResponsePart.head(
                HTTPResponseHead(version: .http1_1, status: .ok, headers: ["connection": "close"])))
        try line.channel.writeOutbound(HTTPServerResponsePart.end(nil))
        #expect(try line.taken().count == 2)
        try line.head()
        #expect(try line.taken().isEmpty && line.connection.isWaiting)
        line.close()
        let working = try Line(Connections(limit: 10))
        try working.head()
        try working.end()
        #expect(!working.connection.isWaiting)
        working.channel.close(promise: nil)
        #expect(working.connection.isWaiting)
        working.close()
    }

    @Test func `behind what is no HTTP nothing is looked for, and the client gets a second to see its answer`() throws {
        let line = try Line(Connections(limit: 10))
        try line.head()
        line.channel.pipeline.fireErrorCaught(HTTPParserError.invalidChunkSize)
        #expect(throws: HTTPParserError.self) { try line.channel.throwIfErrorCaught() }
        try line.answer()
        let isRead = line.swallow()
        #expect(isRead() == nil)
        line.channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        #expect(isRead() == nil)
        line.channel.embeddedEventLoop.advanceTime(by: .milliseconds(2))
        #expect(isRead() == false)
        line.close()
    }

    @Test func `trickling half a request makes nobody younger`() throws {
        let connections = Connections(limit: 10)
        let line = try Line(connections)
        try line.head()
        let since = line.connection.since
        for _ in 0..<3 {
            try line.body(1)
            #expect(line.connection.since == since)
        }
        try line.answer(.requestTimeout)
        #expect(line.connection.isWaiting)
        // The end of a request that has its answer is nothing to work on.
        try line.end()
        #expect(line.connection.isWaiting)
        try line.head()
        try line.end()
        #expect(!line.connection.isWaiting)
        try line.channel.writeOutbound(
            HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .continue)))
        #expect(!line.connection.isWaiting)
        try line.answer()
        #expect(line.connection.isWaiting)
        line.close()
    }

    @Test func `a request of HTTP 1.0 says close, waits for no 100, and need not name a host`() throws {
        let line = try Line(Connections(limit: 10))
        try line.receive("POST / HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n\r\n")
        guard case .head(let head)? = try line.taken().first else {
            Issue.record("no head")
            return
        }
        #expect(head.version == .http1_1 && head.headers["connection"] == ["close"])
        #expect(head.headers["expect"].isEmpty && head.headers["host"] == [RequestHead.nobody])
        line.close()
    }

    @Test(arguments: [(1, 2), (0, 9), (2, 0), (3, 0)])
    func `other versions are refused, and so is what follows`(_ version: (major: Int, minor: Int)) throws {
        let line = try Line(Connections(limit: 10))
        #expect(throws: HTTPParserError.invalidVersion) {
            try line.receive("POST / HTTP/\(version.major).\(version.minor)\r\nHost: a\r\n\r\n")
        }
        try line.head()
        #expect(try line.taken().isEmpty)
        line.close()
        let twice = try Line(Connections(limit: 10))
        #expect(throws: HTTPParserError.invalidHeaderToken) {
            try twice.receive("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n")
        }
        twice.close()
    }

    @Test func `what nobody reads is swallowed to its end, to its limit, or to the end of the connection`() throws {
        let connections = Connections(limit: 10)
        let whole = try Line(connections)
        try whole.head()
        try whole.body(10)
        try whole.answer()
        let isWhole = whole.swallow()
        for _ in 0..<10 { try whole.body(10) }
        #expect(isWhole() == nil)
        try whole.end()
        #expect(isWhole() == true)
        #expect(try whole.taken().count == 2)
        #expect(whole.swallow()() == true)
        // One that comes late finds the next request, and takes nothing of it.
        try whole.head()
        #expect(whole.swallow()() == true)
        try whole.body(10)
        try whole.end()
        #expect(try whole.taken().count == 3)
        whole.close()

        let long = try Line(connections)
        try long.head()
        try long.answer()
        let isLong = long.swallow()
        for _ in 0..<11 { try long.body(10) }
        #expect(isLong() == false)
        long.close()

        let closed = try Line(connections)
        try closed.head()
        try closed.answer()
        let isClosed = closed.swallow()
        closed.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(isClosed() == false)
        #expect(closed.swallow()() == false)
        closed.close()
        let gone = try Line(connections)
        try gone.head()
        try gone.answer()
        let isGone = gone.swallow()
        gone.close()
        #expect(isGone() == false)
    }

    @Test func `who takes longest over an answer leaves when others want what it holds`() throws {
        let connections = Connections(limit: 10, patience: .zero)
        let (slow, slower, quick) = (try Line(connections), try Line(connections), try Line(connections))
        for line in [slower, slow, quick] {
            try line.head()
            try line.end()
        }
        // Whoever is being answered stays, and whoever has taken its answer.
        for line in [slower, slow, quick] { line.channel.isWritable = false }
        connections.closeSlowest()
        #expect([slow, slower, quick].allSatisfy { $0.channel.isActive })
        for line in [slower, slow, quick] { try line.answer() }
        quick.channel.isWritable = true
        connections.closeSlowest()
        #expect(!slower.channel.isActive && slow.channel.isActive && quick.channel.isActive)
        connections.closeSlowest()
        connections.closeSlowest()
        #expect(!slow.channel.isActive && quick.channel.isActive)
        let patient = Connections(limit: 10)
        let line = try Line(patient)
        line.channel.isWritable = false
        patient.closeSlowest()
        #expect(line.channel.isActive)
        for line in [slow, slower, quick, line] { line.close() }
    }

    @Test func `a client that closes its side is gone, and whoever asks later is told at once`() async throws {
        let (half, whole) = (DepartureHandler(), DepartureHandler())
        for (handler, isWhole) in [(half, false), (whole, true)] {
            let channel = EmbeddedChannel(handler: handler)
            try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
            let waiting = Task { [departure = handler.departure] in await departure.wait() }
            if isWhole {
                try await channel.close().get()
            } else {
                channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            }
            await waiting.value
            await handler.departure.wait()
        }
        let stays = DepartureHandler()
        let cancelled = Task { [departure = stays.departure] in await departure.wait() }
        cancelled.cancel()
        await cancelled.value
    }
}
