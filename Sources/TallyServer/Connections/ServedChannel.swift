// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// A connection as this server serves it: counted, with manners, and closed such that its client gets its answers.
struct ServedChannel<Base: HTTPChannelHandler>: HTTPChannelHandler {
    let base: Base
    let connections: Connections
    /// How much of a body is read that nobody wants.
    let longestRest: Int
    /// The memory for what connections hold of requests that are not read yet.
    let unread: MemoryBudget
    /// The turns of the requests that wait behind others.
    let rounds: LoopRounds.Book
    /// What probes are answered.
    let probe: ProbeHandler.Answer

    var responder: Responder { base.responder }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            // One piece in each turn of the loop: the next one has to wait until the others had theirs. It is small, because
            // each connection has one.
            try? channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
            try? channel.syncOptions?.setOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 1 << 10, initial: 2 << 10, maximum: RequestGate.freeBytes))
            let connection = connections.add(channel)
            let pipeline = channel.pipeline.syncOperations
            let departure = DepartureHandler()
            try pipeline.addHandler(departure, position: .first)
            try pipeline.addHandler(LingeringClose(longestRest: longestRest), position: .first)
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let gate = RequestGate(
                departure.departure, budget: unread, rounds: rounds.rounds(of: channel.eventLoop),
                longestRest: longestRest)
            try pipeline.addHandler(gate, position: .before(decoder))
            try pipeline.addHandler(GoodbyeHandler(departure.departure), position: .before(gate))
            let manners = Manners(connection, longestRest: longestRest, gate: gate)
            try pipeline.addHandler(manners, position: .after(decoder))
            let gatherer = PartGatherer()
            try pipeline.addHandler(gatherer, position: .after(manners))
            try pipeline.addHandler(ProbeHandler(probe), position: .after(gatherer))
            connections.makeRoom(for: connection)
            return value
        }
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
