// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Logging
internal import ServiceLifecycle

/// Checks regularly whether tokens or certificates changed, so that a revoked token soon loses its rights.
///
/// Does nothing else, and has a thread of its own: neither a locked registry nor requests that take long delay
/// it.
struct Locksmith: Service {
    let locks: Locks
    let interval: Duration
    let clock: any Clock<Duration>
    let logger: Logger

    /// Runs until it is stopped.
    func run() async throws {
        let lane = WorkLane(threads: 1)
        await cancelWhenGracefulShutdown {
            await withTaskExecutorPreference(lane) {
                while (try? await clock.sleep(for: interval)) != nil, !Task.isCancelled { locks.refresh(logger) }
            }
        }
    }
}
