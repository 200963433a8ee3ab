// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
public import TallyStore

extension FeatureStore {
    /// The result of checking promises against data.
    public struct Verification: Sendable {
        /// One report for each source and view.
        public let reports: [VerificationReport]
        /// The project, for its suppressions.
        public let project: Project
        /// The contract of each view's source by `view NAME`, which declares the classified columns.
        public let contractsUnderViews: [String: Contract]
    }

    /// Holds the promises of contracts and views against the data; changes nothing.
    ///
    /// - Parameters:
    ///   - names: sources and views; everything that makes promises when none is named.
    ///   - time: the instant that ages are counted from; now when left out.
    ///   - sampleRows: how many failing rows are named for a promise.
    ///
    /// ```swift
    /// let verification = try await store.verify(["orders"])
    /// let broken = verification.reports.flatMap(\.findings).filter { $0.verdict == .broken }
    /// broken.map(\.promise.id)  // ["orders.total.range"]
    /// ```
    public func verify(
        _ names: [String] = [], at time: Timestamp? = nil, sampleRows: Int = 5
    ) async throws(TallyError) -> Verification {
        let (workspace, checked) = try await checked()
        // A source whose files cannot be read is told as what it is, and not as one without columns.
        if let failure = checked.failures.sorted(by: { $0.key < $1.key }).first?.value { throw failure }
        let set = try checked.definitions()
        let tables = try Self.chosen(names, of: try PromisedTable.all(of: set), in: set)
        let earlier = EarlierRuns(try workspace.registryForReading())
        let now = time ?? host.now()
        let verifier = Verifier(engine: workspace.engine, root: root, now: now, sampleRows: sampleRows)
        let sources = set.sources.mapValues { TableReference(of: $0) }
        var reports: [VerificationReport] = []
        for table in tables {
            let previous = try await earlier.rows(
                before: table, root: root, engine: workspace.engine, now: now)
            reports.append(try await verifier.verify(table, previousRows: previous, tables: sources))
        }
        let under = set.views.map { ("view \($0.key)", set.contracts[$0.value.source]) }
        return Verification(
            reports: reports, project: workspace.project,
            contractsUnderViews: Dictionary(uniqueKeysWithValues: under).compactMapValues(\.self))
    }

    /// The tables that are named, each of them a source or a view; all when none is named.
    private static func chosen(
        _ names: [String], of tables: [PromisedTable], in set: DefinitionSet
    ) throws(TallyError) -> [PromisedTable] {
        guard !names.isEmpty else {
            guard !tables.isEmpty else {
                throw TallyError(
                    .notFound, "no source names a contract and no view makes a promise",
                    help: "write one with `\(.contractImport)`, and name it under `contract:` of the source")
            }
            return tables
        }
        var chosen: [PromisedTable] = []
        for name in names {
            let found = tables.filter {
                $0.object.name == name || $0.source.name == name && $0.name == "source \(name)"
            }
            guard found.isEmpty else {
                chosen += found
                continue
            }
            let isKnown = set.sources[name] != nil || set.views[name] != nil
            let known = tables.map(\.object.name)
            throw TallyError(
                .notFound,
                isKnown ? "'\(name)' makes no promises" : "there is no source or view '\(name)'",
                help: nearestName(to: name, among: known).map { "did you mean '\($0)'?" }
                    ?? (known.isEmpty
                        ? "no source names a contract and no view makes a promise; write one with `\(.contractImport)`"
                        : "these make promises: \(known.joined(separator: ", "))"))
        }
        return chosen
    }

    /// Holds a contract against data files that belong to no repository; relative paths start at `root`.
    ///
    /// - Parameter sources: the data of each table by its name.
    public func verify(
        _ contract: Contract, against sources: [String: Source], at time: Timestamp? = nil, sampleRows: Int = 5
    ) async throws(TallyError) -> [VerificationReport] {
        let engine = try StandaloneEngine.open(root: root, limits: limits)
        let verifier = Verifier(engine: engine, root: root, now: time ?? host.now(), sampleRows: sampleRows)
        let tables = sources.mapValues { TableReference(of: $0) }
        var reports: [VerificationReport] = []
        for object in contract.objects {
            guard let source = sources[object.name], let table = PromisedTable(source, contract) else { continue }
            reports.append(try await verifier.verify(table, tables: tables))
        }
        return reports
    }

    /// Returns access to the rows that were set aside.
    public func quarantine() throws(TallyError) -> Quarantine {
        let workspace = try workspace()
        return Quarantine(
            root: root, engine: workspace.engine, registry: try workspace.registryOnDemand(),
            clock: ClockGuard(root: root, read: host.clocks))
    }

    /// A table by its name in the quarantine: a source, or `view.NAME`; `E-not-found` where it promises nothing.
    public func promisedTable(_ name: String) async throws(TallyError) -> PromisedTable {
        let set = try await checked().checked.definitions()
        if let source = set.sources[name], let contract = set.contracts[name],
            let promised = PromisedTable(source, contract)
        {
            return promised
        }
        if name.hasPrefix("view."), let view = set.views[String(name.dropFirst("view.".count))],
            let promised = PromisedTable(try CompiledView(view, in: set))
        {
            return promised
        }
        throw TallyError(
            .notFound, "'\(name)' makes no promises any more", help: "add --accept after naming a contract for it again"
        )
    }
}
