// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOSSL

/// HTTP over TLS: each new connection gets the certificate that is current when it comes.
struct EncryptedChannel<Base: HTTPChannelHandler>: HTTPChannelHandler {
    let base: Base
    let certificates: Certificates

    var responder: Responder { base.responder }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: certificates.context))
        }.flatMap { base.setup(channel: channel, logger: logger) }
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
