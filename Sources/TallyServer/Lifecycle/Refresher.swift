// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Logging
internal import ServiceLifecycle

/// Looks again and again whether something was applied or filled, and whether tokens or certificates changed, so that they
/// count without a restart.
struct Refresher: Service {
    let book: CatalogueBook
    let locks: Locks
    let interval: Duration
    let clock: any Clock<Duration>
    let logger: Logger

    /// Runs until it is told to stop; a failure is logged, and what was served before stays.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await clock.sleep(for: interval)
                } catch {
                    return
                }
                do {
                    try await book.refresh()
                } catch {
                    logger.error("the catalogue could not be loaded anew", metadata: ["error": "\(error)"])
                }
                locks.refresh(logger)
            }
        }
    }
}
