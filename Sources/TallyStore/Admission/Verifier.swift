// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyContracts
public import TallyModel

/// The result of verifying one table.
public struct VerificationReport: Sendable {
    /// `source weather`, `view origin_weather`.
    public let name: String
    /// The contract, or the view's own promises.
    public let contract: Contract
    /// One finding for each promise, in order.
    public let findings: [Finding]
    /// The instant that ages are counted from.
    public let now: Timestamp
    /// Things worth saying that break nothing.
    public let warnings: [String]
    /// The notes about columns that whole files have no value of.
    public let notes: [String]
    /// The first rows that break a promise, by the place of its finding.
    public let rows: [Int: [PlacedRow]]
    /// The number of files in the table; 0 for a query.
    public let fileCount: Int
    /// The reason why the data seem to be those of another table, in words; nil when they do not.
    public let mismatch: String?

    /// The number of promises that were checked.
    public var coverage: Coverage { Coverage(findings) }
    /// Whether a promise of severity error is broken.
    public var isBroken: Bool { findings.contains { $0.verdict == .broken && $0.promise.severity == .error } }
    /// Whether a promise that data can show was not shown; a promise that is kept elsewhere does not count.
    public var isUnproven: Bool {
        findings.contains {
            $0.verdict == .unproven && $0.promise.severity == .error
                && CheckCatalogue[$0.promise.check]?.level != .elsewhere
                // Files of text, and systems whose names are not known here, have no such types to show.
                && ($0.isExecuted || $0.promise.check != "physicalType")
        }
    }

    /// Gathers findings.
    public init(
        name: String, contract: Contract, findings: [Finding], now: Timestamp, rows: [Int: [PlacedRow]] = [:],
        fileCount: Int = 0, mismatch: String? = nil, warnings: [String] = [], notes: [String] = []
    ) {
        self.notes = notes
        self.warnings = warnings
        self.name = name
        self.contract = contract
        self.findings = findings
        self.now = now
        self.rows = rows
        self.fileCount = fileCount
        self.mismatch = mismatch
    }
}

/// Runs promises on data; changes nothing.
public struct Verifier: Sendable {
    private let engine: any OfflineEngine
    private let root: String
    private let now: Timestamp
    private let sampleRows: Int

    /// Verifies with an engine whose relative paths start at `root`; `now` is the instant that ages are counted from.
    public init(engine: any OfflineEngine, root: String, now: Timestamp, sampleRows: Int = 5) {
        self.engine = engine
        self.root = root
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
        let listed = try FileGlob.list(table.source.paths, root: root)
        let looked = LookedFiles(listed.files, root: root)
        let report: VerificationReport
        do throws(TallyError) {
            report = try await verify(table, reference, listed, previousRows: previousRows, tables: tables)
        } catch {
            throw looked.cause(of: error)
        }
        try looked.expectUnchanged()
        return report
    }

    private func verify(
        _ table: PromisedTable, _ reference: TableReference, _ listed: FileListing, previousRows: Int?,
        tables: [String: TableReference]
    ) async throws(TallyError) -> VerificationReport {
        let description = try await engine.describe(reference)
        if case .files = table.source.location, description.files.isEmpty {
            throw listed.noFiles(subject: table.name)
        }
        let context = table.context(
            description, now: now, previousRows: previousRows,
            tables: tables.merging([table.object.name: reference]) { $1 })
        let check = TableCheck(table.object.promises, context: context, sampleRows: sampleRows)
        let (findings, rows) = try await check.examine(over: table.rows(of: reference, context, engine: engine))
        let types = context.found.filter(\.isText).map { ColumnSchema(name: $0.name, type: $0.type) }
        let places = RowPlaces(engine: engine, table: reference, files: description.files, types: types)
        let irregular = try await irregularTimes(of: table.source)
        let placed = try await places.placed(rows)
        return VerificationReport(
            name: table.name, contract: table.contract, findings: findings, now: now, rows: placed,
            fileCount: description.files.count, mismatch: table.mismatch(description),
            warnings: (listed.notes + (irregular.map { [$0] } ?? [])).map { "\(table.name): \($0)" },
            notes: description.gapNotes(of: table.readColumns).map { "\(table.name): \($0)" })
    }

    /// Returns the note about times that name no single instant; nil for a zone without summer time, which has none.
    private func irregularTimes(of source: Source) async throws(TallyError) -> String? {
        guard source.timeZone != "UTC", let event = source.eventTime else { return nil }
        var columns = [event]
        if case .column(let known) = source.knownTime, !known.isSame(as: event) { columns.append(known) }
        let times = TimeTally()
        let request = ScanRequest(
            table: TableReference(of: source),
            columns: columns.map { .init(name: $0, type: .timestamp, day: .start) }, times: times)
        try await engine.scan(request) { (_) async throws(TallyError) in }
        return RepeatedHour.warning(times.irregular, zone: source.timeZone)
    }
}

extension Source {
    /// The patterns of its files; none for a query.
    fileprivate var paths: [String] {
        switch location {
        case .files(let path, _): [path]
        case .query: []
        }
    }
}

extension PromisedTable {
    /// Returns the reason why data seem to be another table's: none, or hardly any, of the contract's columns is there.
    func mismatch(_ description: TableDescription) -> String? {
        guard view == nil, !description.columns.isEmpty else { return nil }
        let found = Set(description.columns.map { Array($0.name.utf8) })
        let there = object.columns.count { found.contains(Array(($0.physicalName ?? $0.name).utf8)) }
        let declared = object.columns.count
        guard there == 0 ? declared > 1 : there * 5 < declared else { return nil }
        let names = description.columns.prefix(5).map(\.name).joined(separator: ", ")
        let more = description.columns.count - 5
        return "of the \(declared) columns that \(contract.id) \(contract.version) declares, "
            + "\(there == 0 ? "none is" : there == 1 ? "one is" : "\(there) are") there; the data have \(names)"
            + (more > 0 ? " and \(more) more" : "") + ": is it another table?"
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
        self.init(
            rows: rows, timeZone: source.timeZone, text: source.text, types: types, partitions: source.partitionPattern)
    }
}
