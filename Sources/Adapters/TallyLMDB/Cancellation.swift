// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Dispatch
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

extension Environment {
    /// Runs blocking work on the environment's own queue, one piece at a time, from its first to its last line.
    func blocking<Result: Sendable>(
        _ body: @escaping @Sendable (Cancellation) throws(TallyError) -> Result
    ) async throws(TallyError) -> Result {
        let cancellation = Cancellation()
        let result: Swift.Result<Result, TallyError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue.async {
                    do throws(TallyError) {
                        continuation.resume(returning: .success(try body(cancellation)))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
        return try result.get()
    }
}
