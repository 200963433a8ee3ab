// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import Testing

/// Returns how many complaints laws make about something that is wrong on purpose, without failing the test.
///
/// Laws that complain of nothing would be worth nothing, so a test expects at least one. An error that ends the body counts
/// as one complaint.
public func brokenLaws(_ body: @escaping @Sendable () async throws -> Void) async throws -> Int {
    let complaints = Mutex(0)
    guard let test = Test.current else { preconditionFailure("laws are held in a test only") }
    let counting = IssueHandlingTrait.compactMapIssues { _ in
        complaints.withLock { $0 += 1 }
        return nil
    }
    try await counting.provideScope(for: test, testCase: Test.Case.current) {
        do {
            try await body()
        } catch {
            Issue.record(error)
        }
    }
    return complaints.withLock { $0 }
}
