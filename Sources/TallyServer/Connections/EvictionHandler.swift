// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore

/// Closes a connection that has to leave, at once: a goodbye as TLS wants it would wait for a client that does not answer.
///
/// Stands next to the socket, so that nothing else has a say.
final class EvictionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is Eviction {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}
