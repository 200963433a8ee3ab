// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ServiceLifecycle

/// Stops first: reports at `/readyz` and `/health` that the server wants no more requests, and gives clients time to
/// notice.
struct Farewell: Service {
    let readiness: Readiness
    let drain: Duration
    /// The time that answers on their way may still take after that.
    let patience: Duration
    let clock: any Clock<Duration>
    let lastCall: LastCall

    /// Waits for the signal to stop, for the drain to pass, and for the answers that are on their way.
    func run() async throws {
        try? await gracefulShutdown()
        readiness.set(false)
        if drain > .zero { try? await clock.sleep(for: drain) }
        // A connection that is closed takes down with it what was not sent yet.
        let end = ContinuousClock.now.advanced(by: patience)
        while readiness.requests > 0, ContinuousClock.now < end, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(10), clock: .continuous)
        }
        lastCall.begin(after: readiness.requests > 0 ? .zero : LastCall.grace)
    }
}
