// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Dispatch
internal import TallyModel

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
