// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
internal import NIOHTTP1

/// Lets one request at a time through to the decoder, and no more of it at once than is asked for.
///
/// A decoder makes requests of all bytes that it is given, and each is many times as large as its bytes: sixty-four kilobytes
/// of tiny heads on each of some thousand connections are gigabytes, and minutes of work before a probe has its turn. Here
/// the next request stays bytes until the answer to the one before it was sent, and each turn of the loop has a little of it.
///
/// Stands in front of the decoder; who stands behind tells what was read of it.
final class RequestGate: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = Never

    /// The bytes that a connection may hold for nothing.
    static let freeBytes = 16 << 10

    private let departure: Departure
    private let lease: MemoryLease
    private let rounds: LoopRounds
    private var framing = RequestFraming()
    private var held = ByteBuffer()
    /// How many bytes are taken from the budget.
    private var charged = 0
    /// Whether more is asked for.
    private var isWanted = false
    /// Whether the present request is there whole, and whether its answer was sent.
    private var (isWhole, isSent) = (false, true)
    private var isScheduled = false
    /// Whether nothing more is passed on: what comes is no HTTP, or nobody wants it.
    private var isStopped = false
    private var bytesToDrop: Int
    /// Whether the end of what the client sends waits behind what is held.
    private var holdsEnd = false
    private var context: ChannelHandlerContext?

    /// `budget` is for what a connection holds beyond what is free; `longestRest` is how much is read that nobody wants.
    init(_ departure: Departure, budget: MemoryBudget, rounds: LoopRounds, longestRest: Int) {
        self.departure = departure
        self.rounds = rounds
        lease = MemoryLease(budget)
        bytesToDrop = longestRest
    }

    /// Whether a request is being answered.
    private var isBusy: Bool { isWhole && !isSent }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func read(context: ChannelHandlerContext) {
        isWanted = true
        // One piece is read while a request is answered: whoever sends no more than that need not be asked again.
        if held.readableBytes == 0 { context.read() } else { schedule() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard !isStopped else {
            bytesToDrop -= bytes.readableBytes
            return
        }
        if held.readableBytes == 0 {
            held = bytes
        } else {
            held.discardReadBytes()
            held.writeBuffer(&bytes)
        }
        if isWanted, !isScheduled { pass(context) }
        settle(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // A connection that is closed with bytes unread takes the answer down with it.
        if isStopped, bytesToDrop > 0 { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed, held.readableBytes > 0 {
            holdsEnd = true
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    /// Notes that a head was read; throws where the decoder saw its end elsewhere.
    func noteHead(_ head: HTTPRequestHead) throws(HTTPParserError) {
        guard framing.isBehindHead else { throw .invalidHeaderToken }
        framing.begin(head)
        (isWhole, isSent) = (false, false)
    }

    /// Notes that a request was read to its end.
    func noteEnd() {
        guard framing.isAtEnd else {
            stop()
            return
        }
        framing.next()
        isWhole = true
    }

    /// Notes that the answer to the present request was sent, to its last byte.
    func noteSent() {
        isSent = true
        if held.readableBytes > 0 { schedule() }
    }

    /// Lets nothing more through.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        held = ByteBuffer()
        guard let context, context.channel.isActive else { return }
        settle(context)
        context.read()
        guard holdsEnd else { return }
        context.eventLoop.assumeIsolated().execute {
            self.context?.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
    }

    /// Passes on what may be, in the next round of the loop: the others have their turns first.
    private func schedule() {
        guard !isScheduled, !isBusy else { return }
        isScheduled = true
        rounds.add {
            self.isScheduled = false
            guard let context = self.context, !self.isBusy, self.held.readableBytes > 0 else { return }
            self.pass(context)
            self.settle(context)
            context.fireChannelReadComplete()
            if self.holdsEnd, self.held.readableBytes == 0 {
                self.holdsEnd = false
                context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            } else {
                // The socket asks for more when it was read, and it was not.
                context.pipeline.syncOperations.read()
            }
        }
    }

    /// Passes on a head and what is there of its body, up to what is enough for one turn.
    private func pass(_ context: ChannelHandlerContext) {
        guard !isBusy else { return }
        isWanted = false
        do throws(HTTPParserError) {
            repeat {
                let count = try framing.take(held.readableBytesView)
                guard let piece = held.readSlice(length: count) else { return }
                context.fireChannelRead(wrapInboundOut(piece))
                guard !isStopped else { return }
                guard !framing.isBehindHead, !framing.isAtEnd else { throw .invalidInternalState }
                // What is left behind a head is of its body. More than one piece of it is for another turn.
            } while held.readableBytes > 0 && framing.isAtStartOfBody
        } catch {
            stop()
            context.fireErrorCaught(error)
        }
    }

    /// Pays for what is held, and for what the decoder holds of a head; who finds no room has to leave.
    private func settle(_ context: ChannelHandlerContext) {
        departure.note(tail: held.readableBytes)
        let bytes = held.readableBytes + framing.bytesOfHead
        let due = bytes > Self.freeBytes ? bytes : 0
        guard due != charged else { return }
        do throws(Refusal) {
            try lease.settle(due)
            charged = due
        } catch {
            stop()
            context.pipeline.fireUserInboundEventTriggered(Eviction())
        }
    }

    private func leave() {
        context = nil
        held = ByteBuffer()
        lease.end()
    }
}
