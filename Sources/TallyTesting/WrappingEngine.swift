// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// An engine around another one: a test writes the methods that it changes, and all others go to the one inside.
public protocol WrappingEngine: OfflineEngine {
    /// The engine inside.
    var base: any OfflineEngine { get }
}

extension WrappingEngine {
    /// The name of the engine inside.
    public var identity: EngineIdentity { base.identity }

    /// Asks the engine inside.
    public func describe(
        _ table: TableReference, _ extent: TableDescription.Extent
    ) async throws(TallyError) -> TableDescription { try await base.describe(table, extent) }

    /// Lets the engine inside scan.
    public func scan(
        _ request: ScanRequest, _ body: (Batch) async throws(TallyError) -> Void
    ) async throws(TallyError) { try await base.scan(request, body) }

    /// Lets the engine inside measure.
    public func measure(_ request: MeasureRequest) async throws(TallyError) -> MeasureResult {
        try await base.measure(request)
    }

    /// Lets the engine inside join.
    public func pointInTimeJoin(_ request: JoinRequest) async throws(TallyError) -> [JoinResult] {
        try await base.pointInTimeJoin(request)
    }

    /// Lets the engine inside write.
    public func write(
        _ request: WriteRequest, _ produce: (BatchSink) async throws(TallyError) -> [String: String]
    ) async throws(TallyError) { try await base.write(request, produce) }

    /// Lets the engine inside answer a query.
    public func writeQuery(_ sql: String, to path: String, asMultiset: Bool) async throws(TallyError) {
        try await base.writeQuery(sql, to: path, asMultiset: asMultiset)
    }
}
