// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
internal import NIOHTTP1

/// What a connection keeps to beside the grammar of HTTP/1: old versions, one host, and an end of bodies that nobody reads.
final class Manners: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Swallows what is left of a request that has its answer; fails where that does not come to an end in time.
    struct Swallow: Sendable {}

    private struct Unfinished: Error {}

    /// A part of a body costs more than its bytes: so many may be smaller than `bytesOfPart`.
    static let mostSmallParts = 4_096
    static let bytesOfPart = 32

    /// How long something is read that is no HTTP, where nobody wants the rest of it.
    private static let lastRest = TimeAmount.seconds(1)

    private let connection: Connection
    private let longestRest: Int
    private let gate: RequestGate
    /// Whether a request began whose end was not read yet.
    private var isReading = false
    /// Whether that request got its answer already.
    private var isAnswered = false
    private var isRefused = false
    /// Whether anything was answered, and whether nothing more will be.
    private var (hasAnswered, isLast) = (false, false)
    /// Whether nothing more can arrive.
    private var isInputClosed = false
    /// Whether what arrived was no HTTP, so that nothing more can be read.
    private var isBroken = false
    /// How many parts the body has had so far, and how many bytes.
    private var body = (parts: 0, bytes: 0)
    private var swallowing: (left: Int, promise: EventLoopPromise<Void>?)?

    /// `longestRest` is how much of a body is read that nobody wants.
    init(_ connection: Connection, longestRest: Int, gate: RequestGate) {
        self.connection = connection
        self.gate = gate
        self.longestRest = longestRest
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            do throws(HTTPParserError) {
                try gate.noteHead(head)
                let plain = try RequestHead.plain(head)
                (isReading, isAnswered) = (true, false)
                body = (0, 0)
                connection.wait()
                context.fireChannelRead(wrapInboundOut(.head(plain)))
            } catch {
                refuse(context, error)
            }
        case .body(let bytes):
            body = (body.parts + 1, body.bytes + bytes.readableBytes)
            guard body.parts <= Self.mostSmallParts + body.bytes / Self.bytesOfPart else {
                endSwallowing(Unfinished())
                refuse(context, .invalidChunkSize)
                return
            }
            guard let left = swallowing?.left else {
                context.fireChannelRead(data)
                return
            }
            swallowing?.left = left - bytes.readableBytes
            if left < bytes.readableBytes { endSwallowing(Unfinished()) }
        case .end:
            gate.noteEnd()
            isReading = false
            if !isAnswered { connection.work() }
            if swallowing == nil { context.fireChannelRead(data) } else { endSwallowing(nil) }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Nobody behind asks for more while it is swallowed.
        if swallowing != nil { context.read() }
    }

    private func refuse(_ context: ChannelHandlerContext, _ error: HTTPParserError) {
        (isRefused, isBroken) = (true, true)
        gate.stop()
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            context.triggerUserOutboundEvent(AnswerBegun(), promise: nil)
            context.write(data, promise: promise)
            hasAnswered = true
            isLast = head.headers.first(name: "connection") == "close"
            // From here on it is the client that takes its time.
            if head.status.code >= 200 { connection.wait() }
        case .body: context.write(data, promise: promise)
        case .end:
            let sent = promise ?? context.eventLoop.makePromise()
            sent.futureResult.assumeIsolated().whenComplete { _ in self.gate.noteSent() }
            context.write(data, promise: sent)
            isAnswered = true
            connection.wait()
            if isLast { gate.stop() }
        }
    }

    /// Ends the connection behind what was answered; what comes now is not read as requests.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode != .input else {
            context.close(mode: mode, promise: promise)
            return
        }
        gate.stop()
        if !connection.isWaiting { connection.wait() }
        guard mode == .all, hasAnswered, context.channel.isActive else {
            context.close(mode: mode, promise: promise)
            return
        }
        // The encryption would wait for the client's goodbye, and say its own only to a client that listens.
        if let promise { context.channel.closeFuture.cascade(to: promise) }
        context.close(mode: .output, promise: nil)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is Swallow else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        // One that comes late finds the next request, whose answer was not given: that one is read by somebody.
        guard isReading, isAnswered, swallowing == nil else {
            promise?.succeed()
            return
        }
        guard !isInputClosed else {
            promise?.fail(Unfinished())
            return
        }
        swallowing = (longestRest, promise)
        context.read()
        if isBroken { endSwallowingLater(context) }
    }

    // There is no end to look for. A client that is still sending gets some time to see its answer.
    private func endSwallowingLater(_ context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.lastRest) { self.endSwallowing(Unfinished()) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError {
            isBroken = true
            gate.stop()
            if swallowing != nil { endSwallowingLater(context) }
        }
        context.fireErrorCaught(error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            isInputClosed = true
            endSwallowing(Unfinished())
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        endSwallowing(Unfinished())
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { endSwallowing(Unfinished()) }

    private func endSwallowing(_ failure: (any Error)?) {
        guard let promise = swallowing?.promise else {
            swallowing = nil
            return
        }
        swallowing = nil
        if let failure { promise.fail(failure) } else { promise.succeed() }
    }
}
