// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
internal import NIOHTTP1

/// Makes one part of a body out of the small ones that arrive together.
///
/// Whoever sends a body in chunks of a byte has each of them passed on, waited for and counted by itself, which costs a
/// thousand times its bytes, on the loops that answer probes too.
final class PartGatherer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// A part of so many bytes is passed on as it is.
    static let bytesOfLargePart = 1 << 10
    /// So many are not kept.
    private static let most = 64 << 10

    private var gathered: ByteBuffer?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .body(let bytes) = unwrapInboundIn(data), bytes.readableBytes < Self.bytesOfLargePart else {
            passOn(context)
            context.fireChannelRead(data)
            return
        }
        if gathered?.writeImmutableBuffer(bytes) == nil { gathered = bytes }
        if gathered?.readableBytes ?? 0 >= Self.most { passOn(context) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        passOn(context)
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        passOn(context)
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        passOn(context)
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        passOn(context)
        context.fireChannelInactive()
    }

    private func passOn(_ context: ChannelHandlerContext) {
        guard let bytes = gathered else { return }
        gathered = nil
        context.fireChannelRead(wrapInboundOut(.body(bytes)))
    }
}
