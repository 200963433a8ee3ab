// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyContracts
internal import TallyExpressions
public import TallyModel

/// Runs both versions of a contract or a view over the present rows; changes nothing.
public struct Shadow: Sendable {
    private let engine: any OfflineEngine
    private let snapshotter: Snapshotter
    private let now: Timestamp

    /// The text for a comparison without an open question.
    public static let nothingToRun = "nothing was left open that a shadow run could settle, and so nothing was run"

    /// Runs with an engine over files of the folder `root`; `now` is the instant that ages are counted from.
    public init(engine: any OfflineEngine, root: String, now: Timestamp) {
        self.engine = engine
        snapshotter = Snapshotter(root: root)
        self.now = now
    }

    /// Returns evidence on a comparison's open questions from the rows of `sources`, by table of the contract.
    ///
    /// Tables without a source stay as they are. No matching file is `E-not-found`.
    public func evidence(
        for comparison: ContractComparison, sources: [String: Source]
    ) async throws(TallyError) -> [ShadowEvidence] {
        let tables = sources.mapValues { TableReference(of: $0) }
        var found: [ShadowEvidence] = []
        for name in comparison.openObjects {
            guard let source = sources[name], let before = comparison.old[object: name],
                let after = comparison.new[object: name]
            else { continue }
            let (description, data) = try await look(at: source)
            let old = TableContext(
                object: before, found: description.columns, now: now, tables: tables, objects: comparison.old.objects)
            let new = TableContext(
                object: after, found: description.columns, now: now, tables: tables, objects: comparison.new.objects)
            let rows = TableRows(TableReference(of: source), new, engine: engine)
            let run = ShadowRun(comparison, object: name, data: data)
            let transforms = run.transformedColumns.map { column in
                ShadowTransform(
                    column: column, old: before[column: column]?.transform, new: after[column: column]?.transform,
                    columns: new.schema)
            }
            found += try await run.compare(transforms, over: rows)
            for question in [ShadowEvidence.Question.backward, .forward] {
                found += try await run.hold(question, against: ShadowRun.Rows(rows, old: old, new: new))
            }
        }
        return found
    }

    /// Returns evidence on the open questions between two versions of a view from the rows of its source.
    ///
    /// Both versions read the rows of the wanted source.
    public func evidence(
        for comparison: ContractComparison, old: CompiledView, new: CompiledView
    ) async throws(TallyError) -> [ShadowEvidence] {
        guard !comparison.openObjects.isEmpty else { return [] }
        let (description, data) = try await look(at: new.source)
        let run = ShadowRun(comparison, object: new.view.name, data: data)
        // Read as both versions read them: the types that files seem to have are not always those.
        let columns = new.inputs + old.inputs.filter { !new.inputs.contains($0) }
        let transforms = run.transformedColumns.map { name in
            ShadowTransform(column: name, pair: Self.pair(name, old, new, columns))
        }
        var found = try await run.compare(transforms, over: rows(of: new.source, columns))
        guard Self.areSameRows(old, new) else { return found }
        for (question, plan) in [(ShadowEvidence.Question.backward, old), (.forward, new)] {
            guard let table = PromisedTable(plan), let before = comparison.old[object: table.object.name],
                let after = comparison.new[object: table.object.name]
            else { continue }
            let made = table.context(description, now: now, previousRows: nil)
            let rows = ShadowRun.Rows(
                table.rows(of: TableReference(of: new.source), made, engine: engine), old: made.over(before),
                new: made.over(after))
            found += try await run.hold(question, against: rows)
        }
        return found
    }

    /// Whether both versions read the same files, or query, in the same time zone.
    private static func areSameRows(_ old: CompiledView, _ new: CompiledView) -> Bool {
        TableReference(of: old.source) == TableReference(of: new.source)
    }

    private static func pair(
        _ name: String, _ old: CompiledView, _ new: CompiledView, _ columns: [ColumnSchema]
    ) -> ShadowTransform.Pair {
        guard let before = old.view.features.first(where: { $0.name == name }),
            let after = new.view.features.first(where: { $0.name == name })
        else { return .unready("only one version has the feature") }
        guard before.type == after.type else {
            return .unready("the old version gives \(before.type.name), the new one \(after.type.name)")
        }
        guard areSameRows(old, new) else { return .unready("they read different sources") }
        guard Set(columns.map(\.name)).count == columns.count else {
            return .unready("they read a column of the source as two types")
        }
        do throws(TallyError) {
            let owner = "view \(new.view.name)"
            return .ready(
                old: try CompiledFeature(before, columns: columns, owner: owner).expression,
                new: try CompiledFeature(after, columns: columns, owner: owner).expression)
        } catch {
            return .unready(error.message)
        }
    }

    /// The source's rows as expressions of features read them.
    private func rows(of source: Source, _ columns: [ColumnSchema]) -> TableRows {
        let engine = engine
        return TableRows { (names, body) async throws(TallyError) in
            let read = columns.filter { names.contains($0.name) }
            let request = ScanRequest(
                table: TableReference(of: source),
                columns: read.map { ScanRequest.Column(name: $0.name, type: $0.type) },
                subject: "source \(source.name)")
            try await engine.scan(request, body)
        }
    }

    /// The columns of a source and its rows in words: how many files of which digest.
    private func look(at source: Source) async throws(TallyError) -> (TableDescription, String) {
        let description = try await engine.describe(TableReference(of: source))
        switch source.location {
        case .query: return (description, "the query of source \(source.name)")
        case .files(let path, _):
            guard !description.files.isEmpty else {
                throw try FileGlob.list([path], root: snapshotter.root).noFiles(subject: "source \(source.name)")
            }
            let snapshot = try snapshotter.snapshot(
                source: source.name, files: description.files, previous: nil, now: now)
            let count = snapshot.files.count
            return (
                description, "\(path), \(count) \(count == 1 ? "file" : "files"), \(snapshot.fingerprint.short)"
            )
        }
    }
}

extension Contract.Column {
    /// The transform in the contract's words; nil when it names none.
    fileprivate var transform: String? { meaning["transformLogic"]?.stringValue }
}
