// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The engine that reads tables, joins them point in time and writes results: a join, not a query.
///
/// An engine has a name and does six things: it describes a table, hands over its rows, takes numbers from it, joins, and
/// writes rows that come to it or that it makes itself (`docs/decisions/0038-state-layout.md` says why no fewer).
///
/// Paths are absolute or relative to the repository the engine was built for. No method evaluates an expression or a cast
/// of ours: an engine only widens types without loss (`int16` to `int32`), rounds times to microseconds (SEMANTICS
/// 1.1) and reads zone-less times in the declared zone. All methods throw `E-engine`, and `E-interrupted` once the task is cancelled.
public protocol OfflineEngine: Sendable {
    /// The engine's name and version, part of a training set's identity.
    var identity: EngineIdentity { get }

    /// The files behind a table and their common columns, or the files alone; reads schemas, never rows.
    ///
    /// Of `.files` an engine need not look into them. Files are sorted by path; no matching file gives an empty list and no columns. Files that disagree about a
    /// column's type throw `E-invalid-data`. A query that does not run throws `E-invalid-definitions`, or `E-unreadable`
    /// for what it reads, with the place in its text.
    func describe(
        _ table: TableReference, _ extent: TableDescription.Extent
    ) async throws(TallyError) -> TableDescription

    /// Hands over a table's rows batch by batch, in the files' order; the next batch waits for `body`.
    ///
    /// With `request.after` an engine may leave out rows none of whose named times is later, and no others.
    func scan(_ request: ScanRequest, _ body: (Batch) async throws(TallyError) -> Void) async throws(TallyError)

    /// Takes numbers from a table in as few looks at its rows as possible.
    ///
    /// An engine answers `unsupported` for a measure that it would take in another way than `Measure` and `RowTest` say.
    func measure(_ request: MeasureRequest) async throws(TallyError) -> MeasureResult

    /// Joins each view to the spine by SEMANTICS 3; results come in the order of `request.views`.
    ///
    /// Each result has exactly one row for each spine row, in the spine's order.
    func pointInTimeJoin(_ request: JoinRequest) async throws(TallyError) -> [JoinResult]

    /// Writes the batches that `produce` sends to a file that appears whole or not at all.
    ///
    /// `produce` returns the values of `request.reservedMetadata`, which only the finished rows can tell. When it throws,
    /// nothing is left behind. Throws `E-unwritable` when the file cannot be written.
    func write(
        _ request: WriteRequest,
        _ produce: (BatchSink) async throws(TallyError) -> [String: String]
    ) async throws(TallyError)

    /// Writes the result of a query in the engine's SQL to a Parquet file that appears whole or not at all.
    ///
    /// As a multiset, the same rows give the same bytes, whatever order the query gives them and however many threads an
    /// engine has, also where sums of floats depend on the order; else rows come as the query gives them.
    func writeQuery(_ sql: String, to path: String, asMultiset: Bool) async throws(TallyError)
}

extension OfflineEngine {
    /// The files behind a table and their common columns.
    public func describe(_ table: TableReference) async throws(TallyError) -> TableDescription {
        try await describe(table, .columns)
    }

    /// The files behind a table, as `describe` names them.
    public func files(of table: TableReference) async throws(TallyError) -> [String] {
        try await describe(table, .files).files
    }

    /// Writes the result of a query in the order in which the query gives it.
    public func writeQuery(_ sql: String, to path: String) async throws(TallyError) {
        try await writeQuery(sql, to: path, asMultiset: false)
    }
}

/// The name and version of an engine.
public struct EngineIdentity: Sendable, Hashable {
    /// The engine's name, such as `duckdb`.
    public let name: String
    /// The engine's version, such as `v1.5.5`.
    public let version: String

    /// Names an engine.
    public init(name: String, version: String) {
        self.name = name
        self.version = version
    }
}
