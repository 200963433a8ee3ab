// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import TallyServer

/// Connections are accepted whether or not anybody had the time to take up those before.
@Suite struct AcceptPauseTests {
    private final class Reads: ChannelOutboundHandler {
        typealias OutboundIn = Never

        var count = 0

        func read(context: ChannelHandlerContext) { count += 1 }
    }

    @Test func `the next ones are asked for at once, as long as there is room`() throws {
        let connections = Connections(limit: 8)
        let reads = Reads()
        let logger = Logger(label: "none") { _ in SwiftLogNoOpLogHandler() }
        let channel = EmbeddedChannel(handlers: [reads, AcceptPause(connections, logger)])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        func asks() -> Bool {
            let before = reads.count
            channel.pipeline.fireChannelReadComplete()
            return reads.count > before
        }
        #expect(asks() && asks())
        for _ in 0..<(8 + Connections.reserve(beside: 8)) { connections.noteOpened() }
        #expect(!asks())
        connections.noteClosed()
        #expect(asks())
        // Without a file for another one it rests.
        channel.pipeline.fireErrorCaught(IOError(errnoCode: 24, reason: "accept"))
        #expect(!asks())
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }
}
