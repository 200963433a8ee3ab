// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import NIOCore
import NIOEmbedded
import Testing

@testable import TallyServer

/// How a connection ends, so that its client gets what it was answered.
@Suite struct LingeringCloseTests {
    /// A socket: it can be closed by half, and holds what its client has not taken.
    private final class Socket: ChannelDuplexHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundIn = ByteBuffer

        private(set) var isHalfClosed = false
        private(set) var reads = 0
        var queued = 0

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            guard mode == .output else {
                context.close(mode: mode, promise: promise)
                return
            }
            isHalfClosed = true
            promise?.succeed()
        }

        func read(context: ChannelHandlerContext) { reads += 1 }
    }

    private struct Line {
        let channel = EmbeddedChannel()
        let socket = Socket()

        init(longestRest: Int = 1 << 20) throws {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(socket)
            try pipeline.addHandler(LingeringClose(longestRest: longestRest) { [socket] _ in socket.queued })
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }

        func answer() throws {
            try channel.writeOutbound(ByteBuffer(string: "answer"))
            _ = try channel.readOutbound(as: ByteBuffer.self)
        }

        func receive(_ count: Int) throws { try channel.writeInbound(ByteBuffer(repeating: 0, count: count)) }

        func pass(_ milliseconds: Int64) {
            channel.embeddedEventLoop.advanceTime(by: .milliseconds(milliseconds))
        }

        func evict(patiently: Bool = false) {
            channel.pipeline.fireUserInboundEventTriggered(Eviction(isPatient: patiently))
        }

        /// Whether it is closed by half, and whole.
        var ends: [Bool] { [socket.isHalfClosed, !channel.isActive] }

        func drop() {
            channel.close(promise: nil)
            channel.embeddedEventLoop.advanceTime(by: LingeringClose.longest)
        }
    }

    @Test(arguments: [CloseMode.all, .output])
    func `behind an answer the output ends, and the rest when nothing moved for a second`(mode: CloseMode) throws {
        let line = try Line()
        line.socket.queued = 6
        try line.answer()
        line.channel.close(mode: mode, promise: nil)
        #expect(line.ends == [true, false])
        line.pass(800)
        try line.receive(10)
        #expect(try line.channel.readInbound(as: ByteBuffer.self) == nil)
        line.pass(1_000)
        // That the client's system takes what is on its way counts as well.
        line.socket.queued = 5
        line.pass(200)
        line.socket.queued = 4
        line.pass(1_000)
        #expect(line.ends == [true, false])
        // Nothing more is to be told to who asks for the end again.
        line.channel.close(promise: nil)
        #expect(line.ends == [true, false])
        line.pass(200)
        #expect(line.ends == [true, true])
        line.drop()
    }

    @Test func `the end of the client is the end`() throws {
        let line = try Line()
        try line.answer()
        line.channel.close(promise: nil)
        line.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        line.pass(200)
        #expect(line.ends == [true, true])
        let gone = try Line()
        try gone.answer()
        gone.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        gone.channel.close(promise: nil)
        #expect(gone.ends == [false, true])
        // A client that is not waited for any more is not gone.
        let late = try Line()
        try late.answer()
        late.channel.pipeline.fireUserInboundEventTriggered(InputGivenUp())
        late.channel.close(promise: nil)
        #expect(late.ends == [true, false])
        for line in [line, gone, late] { line.drop() }
    }

    @Test func `who has had its answers for a second is not waited for`() throws {
        let line = try Line()
        try line.answer()
        line.pass(1_000)
        line.channel.close(promise: nil)
        #expect(line.ends == [false, true])
        let silent = try Line()
        silent.channel.close(promise: nil)
        #expect(silent.ends == [false, true])
        for line in [line, silent] { line.drop() }
    }

    @Test func `what a client sends without end is not read without end`() throws {
        let line = try Line(longestRest: 100)
        try line.answer()
        line.channel.close(promise: nil)
        try line.receive(60)
        #expect(line.socket.reads == 2)
        try line.receive(60)
        #expect(line.socket.reads == 2)
        line.channel.read()
        #expect(line.socket.reads == 2)
        line.drop()
        // What came behind the answer before its end counts as well, and nothing from before it.
        let early = try Line(longestRest: 100)
        try early.receive(80)
        early.channel.triggerUserOutboundEvent(AnswerBegun(), promise: nil)
        try early.answer()
        try early.receive(60)
        early.channel.close(promise: nil)
        #expect(early.socket.reads == 1)
        try early.receive(30)
        #expect(early.socket.reads == 2)
        try early.receive(30)
        #expect(early.socket.reads == 2)
        early.drop()
        // Nor for long: a while once its answers were taken, some more while they are.
        for (queued, halves) in [(0, 5), (5, 60)] {
            let slow = try Line()
            slow.socket.queued = queued
            try slow.answer()
            slow.channel.close(promise: nil)
            for _ in 1..<halves {
                try slow.receive(1)
                slow.pass(500)
            }
            #expect(slow.ends == [true, false])
            try slow.receive(1)
            slow.pass(500)
            #expect(slow.ends == [true, true])
            slow.drop()
        }
    }

    @Test func `a stop waits for who takes its answers, and for eight seconds`() throws {
        let (moving, still, long) = (try Line(), try Line(), try Line())
        for line in [moving, still, long] {
            line.socket.queued = 60
            try line.answer()
            line.evict(patiently: true)
        }
        func turn(_ line: Line, moves: Bool) {
            if moves { line.socket.queued -= 1 }
            line.pass(200)
            line.evict(patiently: true)
        }
        for _ in 0..<20 { turn(moving, moves: true) }
        #expect(moving.ends == [true, false])
        // What was taken needs no time, and others may want the place.
        moving.evict()
        #expect(moving.ends == [true, true])
        for _ in 0..<5 { turn(still, moves: false) }
        #expect(still.ends == [true, true])
        for _ in 0..<39 { turn(long, moves: true) }
        #expect(long.ends == [true, false])
        turn(long, moves: true)
        #expect(long.ends == [true, true])
        for line in [moving, still, long] { line.drop() }
    }

    @Test func `who leaves for others takes its time once, and only where its client has yet to take an answer`() throws
    {
        let (taken, taking) = (try Line(), try Line())
        for line in [taken, taking] { try line.answer() }
        taking.socket.queued = 5
        for line in [taken, taking] { line.evict() }
        #expect(taken.ends == [false, true] && taking.ends == [true, false])
        taking.evict()
        #expect(taking.ends == [true, true])
        for line in [taken, taking] { line.drop() }
    }

    @Test func `few of those that leave for others take their time at once`() throws {
        let connections = Connections(limit: 16)
        var lines: [Line] = []
        for _ in 0..<20 {
            connections.noteOpened()
            let line = try Line()
            line.socket.queued = 5
            line.channel.closeFuture.whenComplete { _ in connections.noteClosed() }
            let connection = connections.add(line.channel)
            lines.append(line)
            connections.makeRoom(for: connection)
            // What the loop does when a connection is closed.
            for line in lines { line.channel.embeddedEventLoop.run() }
            #expect(connections.haveRoom)
        }
        #expect(lines.prefix(4).map(\.ends) == [[true, true], [true, true], [true, true], [true, false]])
        #expect(lines.dropFirst(4).allSatisfy { $0.ends == [false, false] })
        for line in lines { line.drop() }
    }
}
