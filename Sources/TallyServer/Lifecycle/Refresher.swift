// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Logging
internal import ServiceLifecycle
internal import TallyModel

/// Checks regularly whether something was applied or filled, so that it is served without a restart.
///
/// Files of the store that were exchanged are turned to. While that cannot be, what was open before goes on answering, and
/// `/readyz` says that it should not be asked.
struct Refresher: Service {
    let book: CatalogueCache
    let readiness: Readiness
    let interval: Duration
    let clock: any Clock<Duration>
    let logger: Logger

    /// Runs until it is stopped; a failure is logged once, and the last good state is served.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await clock.sleep(for: interval)
                } catch {
                    return
                }
                do throws(TallyError) {
                    try await book.refresh()
                    if readiness.note(nil) { logger.warning("the catalogue could be loaded again") }
                } catch {
                    if readiness.note(error.code.name) {
                        logger.error("the catalogue could not be loaded anew", metadata: ["error": "\(error)"])
                    }
                }
            }
        }
    }
}
