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

    /// The host of a request that names none, which HTTP/1.0 allows: a name that nobody can have (RFC 2606).
    static let nobody = "http-1-0.invalid"

    private let connection: Connection
    private let longestRest: Int
    /// Whether a request began whose end was not read yet.
    private var isReading = false
    /// Whether that request got its answer already.
    private var isAnswered = false
    private var isRefused = false
    /// Whether nothing more can arrive.
    private var isInputClosed = false
    /// How many requests are there whole and have no answer yet.
    private var unanswered = 0
    private var swallowing: (left: Int, promise: EventLoopPromise<Void>?)?

    /// `longestRest` is how much of a body is read that nobody wants.
    init(_ connection: Connection, longestRest: Int) {
        self.connection = connection
        self.longestRest = longestRest
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard let problem = Self.problem(head) else {
                (isReading, isAnswered) = (true, false)
                if unanswered == 0 { connection.wait() }
                context.fireChannelRead(wrapInboundOut(.head(Self.modern(head))))
                return
            }
            isRefused = true
            context.fireErrorCaught(problem)
        case .body(let bytes):
            guard let left = swallowing?.left else {
                context.fireChannelRead(data)
                return
            }
            swallowing?.left = left - bytes.readableBytes
            if left < bytes.readableBytes { endSwallowing(Unfinished()) }
        case .end:
            isReading = false
            if !isAnswered {
                unanswered += 1
                connection.work()
            }
            if swallowing == nil { context.fireChannelRead(data) } else { endSwallowing(nil) }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Nobody behind asks for more while it is swallowed.
        if swallowing != nil { context.read() }
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
            if unanswered > 0 { unanswered -= 1 } else { isAnswered = isReading }
            if unanswered > 0 { connection.work() } else { connection.wait() }
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

    /// What is wrong with a request beside its grammar (RFC 9112, sections 2.3 and 3.2).
    private static func problem(_ head: HTTPRequestHead) -> HTTPParserError? {
        guard head.version.major == 1, head.version.minor < 2 else { return .invalidVersion }
        return head.headers["host"].count > 1 ? .invalidHeaderToken : nil
    }

    /// A request of HTTP/1.0 as one of HTTP/1.1 that says the same: its connection ends, and it need not name a host.
    private static func modern(_ head: HTTPRequestHead) -> HTTPRequestHead {
        guard head.version.minor == 0 else { return head }
        var modern = head
        modern.version = .http1_1
        modern.headers.replaceOrAdd(name: "connection", value: "close")
        modern.headers.remove(name: "expect")
        if !modern.headers.contains(name: "host") { modern.headers.add(name: "host", value: nobody) }
        return modern
    }
}
