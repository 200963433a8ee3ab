// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel

/// A flag that tells the filling thread that the task which waits for it was cancelled.
final class Cancellation: Sendable {
    private let isCancelled = Atomic<Bool>(false)

    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Throws `E-interrupted` once the task is cancelled.
    func check() throws(TallyError) {
        guard isCancelled.load(ordering: .relaxed) else { return }
        throw TallyError(
            .interrupted, "the online store was stopped while it was being filled; nothing of the fill is visible")
    }
}
