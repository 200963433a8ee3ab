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
        /// How many look out for it.
        var lookouts = 0
        /// How much of what it sent waits behind the present request.
        var tail = 0
        var waiting: [Int: AsyncStream<Never>.Continuation] = [:]

        /// Whether it counts as gone: who sends on and on behind a request does not wait for its answer either.
        var countsAsGone: Bool { isGone || tail > Departure.longestTail }

        /// Takes those who wait, where they wait no longer.
        mutating func release() -> [AsyncStream<Never>.Continuation] {
            guard countsAsGone else { return [] }
            defer { waiting = [:] }
            return Array(waiting.values)
        }
    }

    /// More than this is not read of what a client sends behind a request that takes long.
    static let longestTail = 64 << 10

    private let state = Mutex(State())

    /// The departure of a connection's client, which is looked out for until `end`; nil for a connection that does not tell.
    static func of(_ channel: any Channel) async -> Departure? {
        try? await channel.eventLoop.submit {
            let handler = try channel.pipeline.syncOperations.handler(type: DepartureHandler.self)
            handler.departure.begin()
            if handler.departure.isAwaited { handler.readOn() }
            return handler.departure
        }.get()
    }

    /// Whether somebody looks out for it.
    var isAwaited: Bool { state.withLock { $0.lookouts > 0 && !$0.countsAsGone } }

    /// Begins to look out.
    func begin() { state.withLock { $0.lookouts += 1 } }

    /// Looks out no more.
    func end() { state.withLock { $0.lookouts -= 1 } }

    /// Notes how many bytes wait behind the present request.
    func note(tail bytes: Int) {
        let waiting = state.withLock { state in
            state.tail = bytes
            return state.release()
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Returns when the client is gone, or the task is cancelled.
    func wait() async {
        let (stream, continuation) = AsyncStream<Never>.makeStream()
        let number = state.withLock { state -> Int? in
            guard !state.countsAsGone else { return nil }
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
            return state.release()
        }
        for continuation in waiting { continuation.finish() }
    }
}

/// Notes that a client said goodbye; stands behind the encryption, in front of which that is a message like any other.
final class GoodbyeHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let departure: Departure

    init(_ departure: Departure) { self.departure = departure }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { departure.note() }
        context.fireUserInboundEventTriggered(event)
    }
}

/// Notes when a connection's client is gone; stands next to the socket.
///
/// A client's end stands behind all that it sent. While a request is worked on nobody behind asks for more, so that requests
/// in the queue would hide that end: where somebody waits for it, a little more is read.
final class DepartureHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    let departure = Departure()
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    /// Reads what stands behind the last request that was taken.
    func readOn() { context?.read() }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if departure.isAwaited { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { departure.note() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        departure.note()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        departure.note()
    }
}
