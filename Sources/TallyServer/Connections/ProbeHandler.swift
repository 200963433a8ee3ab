// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
internal import NIOHTTP1

/// The answer to a probe, as it is written.
struct ProbeAnswer: Sendable {
    let head: HTTPResponseHead
    let body: ByteBuffer
    /// Whether the connection ends behind it.
    let isLast: Bool
}

/// Answers probes on the connection's loop.
///
/// All other requests are answered in tasks, which take turns: with thousands of them under work each turn comes late, and
/// whoever watches the server would take it for dead. Only the first request of a connection is looked at, so that an answer
/// never overtakes another; what comes behind it is answered like anything else.
final class ProbeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// The answer to a request that is a probe; nil for any other, which is passed on.
    typealias Answer = @Sendable (HTTPRequestHead) -> ProbeAnswer?

    private enum State {
        case fresh
        case probed(ProbeAnswer)
        case used
    }

    private let answer: Answer
    private var state = State.fresh

    init(_ answer: @escaping Answer) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        case .fresh:
            state = .used
            if case .head(let head) = unwrapInboundIn(data), let answer = answer(head) {
                state = .probed(answer)
            } else {
                context.fireChannelRead(data)
            }
        case .probed(let answer):
            // It has no body.
            guard case .end = unwrapInboundIn(data) else { return }
            state = .used
            write(answer, context)
        case .used: context.fireChannelRead(data)
        }
    }

    private func write(_ answer: ProbeAnswer, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(answer.head)), promise: nil)
        if answer.body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
        }
        let sent = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        guard answer.isLast else { return }
        let channel = context.channel
        sent.whenComplete { _ in channel.close(promise: nil) }
    }
}
