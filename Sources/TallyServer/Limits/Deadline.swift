// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Cancels work that takes too long, or whose result is no longer awaited.
enum Deadline {
    /// Runs work; when it takes longer than the limit, or `end` returns before it, it is cancelled and refused as overdue.
    static func run<Success: Sendable>(
        _ limit: Duration, unless end: (@Sendable () async -> Void)? = nil,
        _ work: @escaping @Sendable () async throws(Refusal) -> Success
    ) async throws(Refusal) -> Success {
        let first = await withTaskGroup(of: Result<Success, Refusal>?.self) { group in
            group.addTask {
                do throws(Refusal) {
                    return .success(try await work())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                try? await Task.sleep(for: limit, clock: .continuous)
                return nil
            }
            if let end {
                group.addTask {
                    await end()
                    return nil
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        guard let first else { throw .overdue }
        return try first.get()
    }
}
