// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Logging
internal import ServiceLifecycle
internal import Synchronization
internal import TallyModel
internal import TallyStore

/// Runs materializations: while the client waits, or in the background; never two of one view at once.
///
/// A run takes no part in the deadline, and one that began is finished before the server stops.
final class MaterializationDesk: Service {
    private let materializer: Materializer
    private let book: CatalogueCache
    private let logger: Logger
    private let running = Mutex<Set<String>>([])
    /// Each run has its own memory for rows: those that clients wait for take turns.
    private let turns: SourceLane
    private let jobs: AsyncStream<MaterializationRequest>
    private let more: AsyncStream<MaterializationRequest>.Continuation

    init(materializer: Materializer, book: CatalogueCache, logger: Logger, turns: SourceLane) {
        self.materializer = materializer
        self.book = book
        self.logger = logger
        self.turns = turns
        (jobs, more) = AsyncStream.makeStream()
    }

    /// Runs the queued fills until it is stopped.
    func run() async throws {
        await withGracefulShutdownHandler {
            for await request in jobs {
                do throws(TallyError) {
                    try await perform(request)
                } catch {
                    logger.error(
                        "materialization failed",
                        metadata: ["views": "\(request.views.joined(separator: " "))", "error": "\(error)"])
                }
            }
        } onGracefulShutdown: {
            self.more.finish()
        }
    }

    /// Runs while the caller waits; the views are named one by one.
    ///
    /// `busy` where too many runs wait already.
    func runNow(_ request: MaterializationRequest, _ stay: Stay) async throws(Refusal) {
        try claim(request.views)
        do throws(Refusal) {
            try await turns.enter()
        } catch {
            release(request.views)
            throw error
        }
        defer { turns.leave() }
        do throws(Refusal) {
            // Its token may have been revoked while it waited for its turn.
            try stay.checkAgain()
        } catch {
            release(request.views)
            throw error
        }
        do throws(TallyError) {
            try await perform(request)
        } catch {
            throw .failed(error)
        }
    }

    /// Puts a run into the queue.
    func runLater(_ request: MaterializationRequest) throws(Refusal) {
        try claim(request.views)
        if case .terminated = more.yield(request) {
            release(request.views)
            throw .busy
        }
    }

    private func claim(_ views: [String]) throws(Refusal) {
        let taken = running.withLock { running in
            let taken = running.intersection(views)
            if taken.isEmpty { running.formUnion(views) }
            return taken
        }
        guard taken.isEmpty else { throw .filling(views: taken.sorted()) }
    }

    private func release(_ views: [String]) { running.withLock { $0.subtract(views) } }

    @concurrent
    private func perform(_ request: MaterializationRequest) async throws(TallyError) {
        defer { release(request.views) }
        _ = try await materializer.run(request)
        try await book.refresh()
    }
}
