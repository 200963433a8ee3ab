// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyContracts
public import TallyModel

/// What a verification of one table found.
public struct VerificationReport: Sendable {
    /// `source weather`, `view origin_weather`.
    public let name: String
    /// The contract, or the view's own promises.
    public let contract: Contract
    /// One finding for each promise, in order.
    public let findings: [Finding]
    /// The instant that ages are counted from.
    public let now: Timestamp

    /// How many promises were executed.
    public var coverage: Coverage { Coverage(findings) }
    /// Whether a promise of severity error is broken.
    public var isBroken: Bool { findings.contains { $0.verdict == .broken && $0.promise.severity == .error } }
    /// Whether a promise that data can show was not shown; a promise that is kept elsewhere does not count.
    public var isUnproven: Bool {
        findings.contains {
            $0.verdict == .unproven && $0.promise.severity == .error
                && CheckCatalogue[$0.promise.check]?.level != .elsewhere
        }
    }

    /// Gathers findings.
    public init(name: String, contract: Contract, findings: [Finding], now: Timestamp) {
        self.name = name
        self.contract = contract
        self.findings = findings
        self.now = now
    }
}

/// Runs promises on data; changes nothing.
public struct Verifier: Sendable {
    private let engine: any OfflineEngine
    private let now: Timestamp
    private let sampleRows: Int

    /// Verifies with an engine; `now` is the instant that ages are counted from.
    public init(engine: any OfflineEngine, now: Timestamp, sampleRows: Int = 5) {
        self.engine = engine
        self.now = now
        self.sampleRows = sampleRows
    }

    /// Holds a table's promises against all its rows.
    ///
    /// `previousRows` is how many rows there were last time; `tables` are the other tables of the contract by name. No
    /// matching file is `E-not-found`.
    public func verify(
        _ table: PromisedTable, previousRows: Int? = nil, tables: [String: TableReference] = [:]
    ) async throws(TallyError) -> VerificationReport {
        let reference = TableReference(of: table.source)
        let description = try await engine.describe(reference)
        if case .files(let path, _) = table.source.location, description.files.isEmpty {
            throw TallyError(
                .notFound, "no file matches '\(path)'", subject: table.name,
                help: "the path starts at the repository; bring the data or correct the path")
        }
        let context = table.context(
            description, now: now, previousRows: previousRows,
            tables: tables.merging([table.object.name: reference]) { $1 })
        let check = TableCheck(table.object.promises, context: context, sampleRows: sampleRows)
        let rows = table.rows(of: reference, context, engine: engine)
        return VerificationReport(
            name: table.name, contract: table.contract, findings: try await check.run(over: rows), now: now)
    }
}

extension TableReference {
    /// The table behind a source; `types` are what definitions declare for its columns.
    public init(of source: Source, types: [ColumnSchema] = []) {
        switch source.location {
        case .files(let path, let format): self.init(source, .files([path], format), types: types)
        case .query(let sql): self.init(source, .query(sql), types: types)
        }
    }

    /// Some files, or the query, of a source, read as the source declares.
    init(_ source: Source, _ rows: Rows, types: [ColumnSchema] = []) {
        self.init(rows: rows, timeZone: source.timeZone, text: source.text, types: types)
    }
}
