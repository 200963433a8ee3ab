// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
internal import Synchronization

/// Whether the client of a connection is gone: it closed the connection, or its side of it.
///
/// The system tells no difference between a client that left and one that only sends nothing more, so both count as gone
/// where an answer costs much.
final class Departure: Sendable {
    private struct State {
        var isGone = false
        var last = 0
        var waiting: [Int: AsyncStream<Never>.Continuation] = [:]
    }

    private let state = Mutex(State())

    /// The departure of a connection's client; nil for a connection that does not tell.
    static func of(_ channel: any Channel) async -> Departure? {
        try? await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: DepartureHandler.self).departure
        }.get()
    }

    /// Returns when the client is gone, or the task is cancelled.
    func wait() async {
        let (stream, continuation) = AsyncStream<Never>.makeStream()
        let number = state.withLock { state -> Int? in
            guard !state.isGone else { return nil }
            state.last += 1
            state.waiting[state.last] = continuation
            return state.last
        }
        guard let number else { return }
        for await _ in stream {}
        _ = state.withLock { $0.waiting.removeValue(forKey: number) }
    }

    /// Notes that the client is gone.
    func note() {
        let waiting = state.withLock { state in
            state.isGone = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.finish() }
    }
}

/// Notes when a connection's client is gone; stands next to the socket.
final class DepartureHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    let departure = Departure()

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { departure.note() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        departure.note()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { departure.note() }
}
