// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ServiceLifecycle

/// Stops first: says at `/readyz` and `/health` that the server wants no more requests, and gives clients time to notice.
struct Farewell: Service {
    let readiness: Readiness
    let drain: Duration
    let clock: any Clock<Duration>

    /// Waits for the signal to stop, then for the drain to pass.
    func run() async throws {
        try? await gracefulShutdown()
        readiness.set(false)
        if drain > .zero { try? await clock.sleep(for: drain) }
    }
}
