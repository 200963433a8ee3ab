// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// Servers that read a body and answer a constant one: what there is to gain at most.
enum Servers {
    /// Hummingbird's core: the same parts that our server is built on.
    static func hummingbird(port: Int, threads: Int, bytes: Int) async throws {
        let body = ByteBuffer(bytes: [UInt8](repeating: UInt8(ascii: "x"), count: bytes))
        var logger = Logger(label: "bare")
        logger.logLevel = .error
        let server = try HTTPServerBuilder.http1().buildServer(
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: port), backlog: 1_024),
            eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: threads), logger: logger
        ) { request, writer, _ in
            for try await _ in request.body {}
            let response = Response(
                status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
            try await writer.write(response: response.head, body: response.body)
        }
        try await ServiceGroup(services: [server], logger: logger).run()
    }

    /// A handler in a NIO pipeline, without tasks.
    static func nio(port: Int, threads: Int, bytes: Int) async throws {
        let body = ByteBuffer(bytes: [UInt8](repeating: UInt8(ascii: "x"), count: bytes))
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: threads))
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(ConstantHandler(body))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        try await channel.closeFuture.get()
    }
}

/// Answers every request with the same body.
private final class ConstantHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    private let body: ByteBuffer

    init(_ body: ByteBuffer) { self.body = body }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let head = HTTPResponseHead(
            version: .http1_1, status: .ok,
            headers: ["content-type": "application/json", "content-length": "\(body.readableBytes)"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
