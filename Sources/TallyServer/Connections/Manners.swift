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

    /// Swallows what is left of a request; fails where that does not come to an end in time.
    struct Swallow: Sendable {}

    private struct Unfinished: Error {}

    /// A part of a body costs more than its bytes: so many may be smaller than `bytesOfPart`.
    static let mostSmallParts = 4_096
    static let bytesOfPart = 32

    /// Where more parts than these arrive at once, less is read at once from then on.
    private static let mostPartsAtOnce = 64
    private static let bytesAtOnce = 512

    /// How long something is read that is no HTTP.
    private static let lastRest = TimeAmount.seconds(1)

    private let connection: Connection
    private let longestRest: Int
    private let lines: RequestLines
    /// Whether a request began whose end was not read yet.
    private var isReading = false
    /// Whether that request got its answer already.
    private var isAnswered = false
    private var isRefused = false
    /// Whether nothing more can arrive.
    private var isInputClosed = false
    /// Whether what arrived was no HTTP, so that nothing more can be read.
    private var isBroken = false
    /// How many parts the body has had so far, and how many bytes.
    private var body = (parts: 0, bytes: 0)
    /// How many parts arrived in the present turn of the loop.
    private var partsOfTurn = 0
    private var readsLittle = false
    private var swallowing: (left: Int, promise: EventLoopPromise<Void>?)?

    /// `longestRest` is how much of a body is read that nobody wants.
    init(_ connection: Connection, longestRest: Int, lines: RequestLines) {
        self.connection = connection
        self.lines = lines
        self.longestRest = longestRest
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        partsOfTurn += 1
        switch unwrapInboundIn(data) {
        case .head(let head):
            do throws(HTTPParserError) {
                lines.noteRead(isInBody: true)
                guard !lines.isForeign(head) else { throw .invalidVersion }
                let plain = try RequestHead.plain(head)
                (isReading, isAnswered) = (true, false)
                body = (0, 0)
                if connection.isAnswered { connection.wait() }
                context.fireChannelRead(wrapInboundOut(.head(plain)))
            } catch {
                isRefused = true
                context.fireErrorCaught(error)
            }
        case .body(let bytes):
            body = (body.parts + 1, body.bytes + bytes.readableBytes)
            guard body.parts <= Self.mostSmallParts + body.bytes / Self.bytesOfPart else {
                isRefused = true
                endSwallowing(Unfinished())
                context.fireErrorCaught(HTTPParserError.invalidChunkSize)
                return
            }
            guard let left = swallowing?.left else {
                context.fireChannelRead(data)
                return
            }
            swallowing?.left = left - bytes.readableBytes
            if left < bytes.readableBytes { endSwallowing(Unfinished()) }
        case .end:
            lines.noteRead(isInBody: false)
            isReading = false
            if !isAnswered { connection.arrive() }
            if swallowing == nil { context.fireChannelRead(data) } else { endSwallowing(nil) }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        pace(context.channel)
        // Nobody behind asks for more while it is swallowed.
        if swallowing != nil { context.read() }
    }

    /// Reads little at once where each byte costs much: all other connections of the loop wait meanwhile, and probes do.
    private func pace(_ channel: any Channel) {
        let isMuch = partsOfTurn > (readsLittle ? 1 : Self.mostPartsAtOnce)
        partsOfTurn = 0
        guard isMuch != readsLittle else { return }
        readsLittle = isMuch
        let allocator: any RecvByteBufferAllocator =
            isMuch ? FixedSizeRecvByteBufferAllocator(capacity: Self.bytesAtOnce) : AdaptiveRecvByteBufferAllocator()
        try? channel.syncOptions?.setOption(.recvAllocator, value: allocator)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        context.write(data, promise: promise)
        switch part {
        case .head(let head):
            // From here on it is the client that takes its time.
            if head.status.code >= 200 { connection.wait() }
        case .body: break
        case .end:
            guard connection.isAnswered else {
                connection.answer()
                return
            }
            isAnswered = isReading
            connection.wait()
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is Swallow else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        guard isReading, swallowing == nil else {
            promise?.succeed()
            return
        }
        guard !isInputClosed else {
            promise?.fail(Unfinished())
            return
        }
        swallowing = (longestRest, promise)
        context.read()
        guard isBroken else { return }
        // There is no end to look for. A client that is still sending gets some time to see its answer.
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.lastRest) { self.endSwallowing(Unfinished()) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isBroken = isBroken || error is HTTPParserError
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
