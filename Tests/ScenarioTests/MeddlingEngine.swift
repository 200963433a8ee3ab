// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// An engine while somebody else works in the same folder: after each join something happens to the files.
struct MeddlingEngine: OfflineEngine {
    let base: any OfflineEngine
    let meddle: @Sendable () throws -> Void
    /// Whether sources are read after it, and not before.
    var isEarly = false

    var identity: EngineIdentity { base.identity }

    func describe(
        _ table: TableReference, _ extent: TableDescription.Extent
    ) async throws(TallyError) -> TableDescription {
        try await base.describe(table, extent)
    }

    func scan(
        _ request: ScanRequest, _ body: (Batch) async throws(TallyError) -> Void
    ) async throws(TallyError) { try await base.scan(request, body) }

    func measure(_ request: MeasureRequest) async throws(TallyError) -> MeasureResult {
        try await base.measure(request)
    }

    func pointInTimeJoin(_ request: JoinRequest) async throws(TallyError) -> [JoinResult] {
        let results = isEarly ? [] : try await base.pointInTimeJoin(request)
        do { try meddle() } catch { throw TallyError(.internal, "nobody meddled: \(error)") }
        if isEarly { return try await base.pointInTimeJoin(request) }
        return results
    }

    func write(
        _ request: WriteRequest, _ produce: (BatchSink) async throws(TallyError) -> [String: String]
    ) async throws(TallyError) { try await base.write(request, produce) }

    func writeQuery(_ sql: String, to path: String, asMultiset: Bool) async throws(TallyError) {
        try await base.writeQuery(sql, to: path, asMultiset: asMultiset)
    }
}
