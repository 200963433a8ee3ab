// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel

/// Whether the task that waits for a fill was cancelled, told to the thread that fills.
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
