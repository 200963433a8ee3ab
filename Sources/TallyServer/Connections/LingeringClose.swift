// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore

/// Ends a connection such that its client gets what it was answered; stands next to the socket, so that every end goes this way.
///
/// A system that closes a connection while bytes are unread, or to which more come, resets it, and what was answered and is on
/// its way is lost. So the output is closed first, behind all that was written. What the client still sends is read and dropped
/// until it closes its side, nothing moves for a second, or it takes too long (RFC 9112, section 9.6).
///
/// Who is to leave for others gets that time only where all of its answers are written and some were not taken yet.
final class LingeringClose: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    /// How long an end may take: while nothing moves, once all answers were taken, and altogether.
    static let (silence, longestTaken, longest) = (TimeAmount.seconds(1), TimeAmount.seconds(2), TimeAmount.seconds(30))
    /// How long a stop waits for a client that is taking its answers.
    static let longestStop = TimeAmount.seconds(8)
    /// How often is looked whether something moves.
    static let interval = TimeAmount.milliseconds(200)

    /// What changes while something moves.
    private struct Progress: Equatable {
        /// How many bytes were read.
        var read = 0
        /// How many bytes of answers wait in this process, and how many in the system.
        var (pending, queued) = (0, 0)

        var isTaken: Bool { pending == 0 && queued == 0 }
    }

    private let longestRest: Int
    private let queue: (any Channel) -> Int
    private var lastWrite: NIODeadline?
    private var isInputClosed = false
    private var isLingering = false
    /// How many bytes came since the last answer began.
    private var unwanted = 0
    private var progress = Progress()
    private var (begin, lastMove) = (NIODeadline.uptimeNanoseconds(0), NIODeadline.uptimeNanoseconds(0))
    /// When all answers were taken, as far as was looked.
    private var taken: NIODeadline?
    private var look: Scheduled<Void>?

    /// `longestRest` is how much is read behind the last answer, with what was read of it before the end; `queue` tells how much the system holds of the answers.
    init(longestRest: Int, queue: @escaping (any Channel) -> Int = SendQueue.bytes) {
        self.longestRest = longestRest
        self.queue = queue
    }

    func flush(context: ChannelHandlerContext) {
        lastWrite = context.eventLoop.now
        context.flush()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .input: context.close(mode: .input, promise: promise)
        case .output:
            context.close(mode: .output, promise: promise)
            linger(context)
        case .all:
            guard isLingering || mayBeLost(context) else {
                context.close(promise: promise)
                return
            }
            if let promise { context.channel.closeFuture.cascade(to: promise) }
            guard !isLingering else { return }
            context.close(mode: .output, promise: nil)
            linger(context)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is AnswerBegun else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        unwanted = 0
        promise?.succeed()
    }

    func read(context: ChannelHandlerContext) {
        if !isLingering { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unwanted += unwrapInboundIn(data).readableBytes
        if !isLingering { context.fireChannelRead(data) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard isLingering else {
            context.fireChannelReadComplete()
            return
        }
        if unwanted < longestRest { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let eviction as Eviction:
            let found = measure(context)
            if isLingering, eviction.isPatient, isTaking(found, context.eventLoop.now) { return }
            if !isLingering, found.pending == 0, found.queued > 0, !isInputClosed {
                context.close(mode: .output, promise: nil)
                linger(context)
            } else {
                context.close(promise: nil)
            }
        case is InputGivenUp: context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        default:
            if let event = event as? ChannelEvent, event == .inputClosed { isInputClosed = true }
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        look?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { look?.cancel() }

    /// Whether something was answered that the client may not have yet.
    private func mayBeLost(_ context: ChannelHandlerContext) -> Bool {
        guard context.channel.isActive, !isInputClosed else { return false }
        let found = measure(context)
        return found.pending > 0 || found.queued > 0
            || lastWrite.map { context.eventLoop.now - $0 < Self.silence } ?? false
    }

    private func measure(_ context: ChannelHandlerContext) -> Progress {
        let pending = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        return Progress(read: unwanted, pending: pending ?? 0, queued: queue(context.channel))
    }

    /// Whether answers are on their way to a client that takes them.
    private func isTaking(_ found: Progress, _ now: NIODeadline) -> Bool {
        !found.isTaken && now - lastMove < Self.silence && now - begin < Self.longestStop
    }

    /// Reads on and drops what comes, until the end.
    private func linger(_ context: ChannelHandlerContext) {
        guard !isLingering, context.channel.isActive else { return }
        isLingering = true
        guard mayBeLost(context) else {
            context.close(promise: nil)
            return
        }
        (begin, lastMove) = (context.eventLoop.now, context.eventLoop.now)
        progress = measure(context)
        context.read()
        lookAgain(context)
    }

    private func lookAgain(_ context: ChannelHandlerContext) {
        look = context.eventLoop.assumeIsolated().scheduleTask(in: Self.interval) {
            let now = context.eventLoop.now
            let found = self.measure(context)
            if found != self.progress { (self.progress, self.lastMove) = (found, now) }
            if self.taken == nil, found.isTaken { self.taken = now }
            let isOver =
                self.isInputClosed && found.pending == 0 || now - self.lastMove >= Self.silence
                || now - (self.taken ?? now) >= Self.longestTaken || now - self.begin >= Self.longest
            if isOver { context.close(promise: nil) } else { self.lookAgain(context) }
        }
    }
}

/// Tells a connection that nobody waits for the rest of its client's request.
struct InputGivenUp: Sendable {}

/// Tells a connection that an answer is about to be written.
struct AnswerBegun: Sendable {}
