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
        /// How many look out for it, and how much arrived since the first began.
        var lookouts = 0
        var arrived = 0
        var waiting: [Int: AsyncStream<Never>.Continuation] = [:]
    }

    /// More than this is not read of what a client sends behind a request that takes long.
    static let longestTail = 64 << 10

    private let state = Mutex(State())

    /// The departure of a connection's client, which is looked out for until `end`; nil for a connection that does not tell.
    static func of(_ channel: any Channel) async -> Departure? {
        try? await channel.eventLoop.submit {
            let handler = try channel.pipeline.syncOperations.handler(type: DepartureHandler.self)
            handler.departure.begin()
            handler.readOn()
            return handler.departure
        }.get()
    }

    /// Whether somebody looks out for it.
    var isAwaited: Bool { state.withLock { $0.lookouts > 0 && !$0.isGone } }

    /// Begins to look out.
    func begin() {
        state.withLock { state in
            if state.lookouts == 0 { state.arrived = 0 }
            state.lookouts += 1
        }
    }

    /// Looks out no more.
    func end() { state.withLock { $0.lookouts -= 1 } }

    /// Notes that some bytes arrived; who sends on and on behind a request does not wait for its answer either.
    fileprivate func note(arrived bytes: Int) {
        let isTooMuch = state.withLock { state in
            guard state.lookouts > 0, !state.isGone else { return false }
            state.arrived += bytes
            return state.arrived > Self.longestTail
        }
        if isTooMuch { note() }
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

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        departure.note(arrived: unwrapInboundIn(data).readableBytes)
        context.fireChannelRead(data)
    }

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
