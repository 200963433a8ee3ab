// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif
internal import Logging
internal import NIOCore

/// Accepts connections as they come, and rests where the system has no file or memory left for another one, and says so.
///
/// Who takes connections up does so in a task, which asks for more when it has its turn. Behind thousands of requests that
/// turn comes late, and probes would wait in the system's queue meanwhile. How many there may be is decided by `Connections`.
///
/// The loop is woken by a connection that it cannot accept as long as that waits: without a rest it would do nothing else.
final class AcceptPause: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = Never

    private static let shortest = TimeAmount.milliseconds(20)
    private static let longest = TimeAmount.seconds(1)
    private static let silence = TimeAmount.seconds(10)
    private static let (leastAtOnce, mostAtOnce) = (4, 1_024)

    private let connections: Connections
    private let logger: Logger
    private var rest = AcceptPause.shortest
    private var isResting = false
    private var failures = 0
    private var nextLine = NIODeadline.uptimeNanoseconds(0)

    init(_ connections: Connections, _ logger: Logger) {
        self.connections = connections
        self.logger = logger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        rest = Self.shortest
        connections.noteAccepted(unwrapInboundIn(data))
        context.fireChannelRead(data)
    }

    func handlerAdded(context: ChannelHandlerContext) { widen(context) }

    /// Lets as many be accepted in the next turn of the loop as there is room for.
    ///
    /// A loop that serves connections too has long turns: with few accepted in each, who comes last waits for many of them.
    private func widen(_ context: ChannelHandlerContext) {
        let most = max(Self.leastAtOnce, min(connections.room, Self.mostAtOnce))
        try? context.channel.syncOptions?.setOption(.maxMessagesPerRead, value: UInt(most))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        widen(context)
        if !isResting, context.channel.isActive, connections.haveRoom { context.read() }
    }

    func read(context: ChannelHandlerContext) {
        if !isResting { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let failure = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(failure.errnoCode) else {
            context.fireErrorCaught(error)
            return
        }
        log(failure)
        // The file of a connection that only waits serves better for one that wants something.
        connections.closeOne()
        guard !isResting else { return }
        isResting = true
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        let channel = context.channel
        context.eventLoop.assumeIsolated().scheduleTask(in: rest) {
            self.isResting = false
            try? channel.syncOptions?.setOption(.autoRead, value: true)
        }
        rest = min(rest * 2, Self.longest)
    }

    private func log(_ failure: IOError) {
        failures += 1
        let now = NIODeadline.now()
        guard now >= nextLine else { return }
        nextLine = now + Self.silence
        logger.error(
            "connections cannot be accepted: the system has no open file or memory left",
            metadata: [
                "error": "\(failure)", "times": "\(failures)", "connections": "\(connections.count)",
                "help": "raise the limit of open files (ulimit -n, LimitNOFILE)",
            ])
        failures = 0
    }
}
