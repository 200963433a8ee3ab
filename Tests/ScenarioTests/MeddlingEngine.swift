// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting

/// An engine while somebody else works in the same folder: after each join something happens to the files.
struct MeddlingEngine: WrappingEngine {
    let base: any OfflineEngine
    let meddle: @Sendable () throws -> Void
    /// Whether sources are read after it, and not before.
    var isEarly = false

    func pointInTimeJoin(_ request: JoinRequest) async throws(TallyError) -> [JoinResult] {
        let results = isEarly ? [] : try await base.pointInTimeJoin(request)
        do { try meddle() } catch { throw TallyError(.internal, "nobody meddled: \(error)") }
        if isEarly { return try await base.pointInTimeJoin(request) }
        return results
    }
}
