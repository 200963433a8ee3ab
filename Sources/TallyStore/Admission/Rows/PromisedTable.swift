// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
public import TallyModel

/// A table with promises: a source with its contract, or a view with the promises of its features.
public struct PromisedTable: Sendable {
    /// The contract with the promises.
    public let contract: Contract
    /// The table of the contract that is meant.
    public let object: Contract.Object
    /// The source whose rows it is made of.
    public let source: Source
    /// The view that computes values from the rows; nil for the source itself.
    let view: CompiledView?

    /// `source weather`, `view origin_weather`.
    public var name: String { view.map { "view \($0.view.name)" } ?? "source \(source.name)" }

    /// The folder of what is set aside, below `.tally/quarantine`.
    var folder: String { view?.gateFolder ?? source.name }

    /// The fingerprint of the view's computation, part of its verdicts' keys; nil for the source itself.
    var making: Fingerprint? { view?.making }

    /// A source with its contract; nil when the contract has no table for it.
    public init?(_ source: Source, _ contract: Contract) {
        guard let object = contract.object(forSource: source.name) else { return nil }
        self.source = source
        self.contract = contract
        self.object = object
        view = nil
    }

    /// A view with its promises; nil when it makes none.
    public init?(_ plan: CompiledView) {
        let promises = plan.view.promises + plan.view.features.flatMap(\.promises)
        guard !promises.isEmpty else { return nil }
        object = Contract.Object(
            name: plan.view.name,
            columns: plan.view.features.map { Contract.Column(name: $0.name) },
            keys: plan.joinKeys.map(\.name), eventTime: plan.source.eventTime, promises: promises)
        contract = Contract(
            id: plan.view.name, version: "0.0.0", owner: plan.view.annotation.owner, objects: [object])
        source = plan.source
        view = plan
    }

    /// The columns of the source that promises are about, and those that a view is made of.
    var readColumns: [String] { view?.readColumns ?? object.columns.map { $0.physicalName ?? $0.name } }

    /// Returns the facts about the table that are known before its rows are read.
    func context(
        _ description: TableDescription, now: Timestamp, previousRows: Int?, tables: [String: TableReference] = [:]
    ) -> TableContext {
        guard let view else {
            return TableContext(
                object: object, found: description.columns, now: now, previousRows: previousRows, tables: tables,
                objects: contract.objects)
        }
        return TableContext(
            object: object,
            found: view.tableColumns.map {
                TableDescription.Column(name: $0.name, type: $0.type, nativeType: $0.type.name)
            }, now: now, previousRows: previousRows)
    }

    /// Returns the description of the source's files, for `context`; for a view, whose columns are known, an empty one.
    func description(
        of table: TableReference, engine: any OfflineEngine
    ) async throws(TallyError) -> TableDescription {
        view == nil ? try await engine.describe(table) : TableDescription(files: [], columns: [])
    }

    /// The rows of a table of the source's, as the promised table has them.
    func rows(of table: TableReference, _ context: TableContext, engine: any OfflineEngine) -> TableRows {
        guard let view else { return TableRows(table, context, engine: engine) }
        return TableRows { (_, body) async throws(TallyError) in
            let request = ScanRequest(table: table, columns: view.tableRequest, subject: "view \(view.view.name)")
            try await engine.scan(request) { (batch) async throws(TallyError) in
                try await body(try view.tableBatch(batch))
            }
        }
    }
}

extension CompiledView {
    /// The fingerprint of all that a row's values depend on beside the row; another expression needs another judgement.
    var making: Fingerprint {
        let features = view.features.map { feature in
            JSON.array([
                .string(feature.name), .string(feature.type.name),
                .optional(canonicalTexts[feature.name] ?? feature.expression),
            ])
        }
        return Fingerprint(
            of: .object([
                ("features", .array(features)), ("keys", .array(joinKeys.map { .string($0.name) })),
                ("eventTime", .optional(source.eventTime)),
            ]))
    }

    /// The folder of what its promises set aside, below `.tally/quarantine`.
    var gateFolder: String { "view.\(view.name)" }

    /// The columns of the view as a table: join keys, features, event time, each name once.
    var tableColumns: [ColumnSchema] {
        var columns = columns.features
        for key in joinKeys where !columns.contains(where: { $0.name.isSame(as: key.name) }) { columns.append(key) }
        if let event = source.eventTime, !columns.contains(where: { $0.name.isSame(as: event) }) {
            columns.append(ColumnSchema(name: event, type: .timestamp))
        }
        return columns
    }

    /// The columns of the source from which the values are computed.
    var tableRequest: [ScanRequest.Column] { ViewReading.columns(of: self, for: .promises) }

    /// The rows of the view as a table, out of the rows that `tableRequest` reads.
    func tableBatch(_ batch: Batch) throws(TallyError) -> Batch {
        let read = ViewReading(batch, of: self)
        let made = self.columns.features(of: try read.made())
        var columns: [Column] = []
        for column in tableColumns {
            let own = self.columns.features.firstIndex { $0.name.isSame(as: column.name) }
            let value = own.map { made[$0] } ?? read.key(column.name) ?? read.events
            guard let value else { throw TallyError(.internal, "column \(column.name) was not read") }
            columns.append(value)
        }
        return Batch(schema: tableColumns, columns: columns, count: batch.count)
    }
}

extension PromisedTable {
    /// Returns the tables with promises in a set of definitions: sources, then views, each by name.
    public static func all(of set: DefinitionSet) throws(TallyError) -> [PromisedTable] {
        var tables: [PromisedTable] = []
        for (name, source) in set.sources.sorted(by: { $0.key < $1.key }) {
            if let table = set.contracts[name].flatMap({ PromisedTable(source, $0) }) { tables.append(table) }
        }
        for view in set.views.values.sorted(by: { $0.name < $1.name }) {
            if let table = PromisedTable(try CompiledView(view, in: set)) { tables.append(table) }
        }
        return tables
    }
}
