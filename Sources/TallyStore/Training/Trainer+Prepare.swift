// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The sources of a training set and their halves of its joins.
private struct TrainingHalves {
    var sources: [PreparedSource] = []
    var joins: [ViewJoin] = []
    var declaredJoins: [(view: Int, join: ViewJoin)] = []
    var labelJoin: ViewJoin?
    var lateFiles: [String: [String]] = [:]
    /// The notes about columns that whole files have no value of.
    var gaps: [String] = []
}

extension Trainer {
    /// Resolves the service, looks at the spine and the sources, and decides how much of the spine is done at once.
    func prepare(_ request: TrainingRequest, startedAt: Timestamp) async throws(TallyError) -> CompiledTraining {
        guard let service = definitions.services[request.service] else {
            throw TallyError(
                .notFound, "there is no feature service '\(request.service)'",
                help: nearestName(to: request.service, among: definitions.services.keys).map { "did you mean '\($0)'?" }
                    ?? "`\(.list())` shows the services")
        }
        let folder = FileName.folder(of: request.output)
        guard FileName.exists(folder) else {
            throw TallyError(
                .unwritable, "the folder \(folder) does not exist", subject: request.output,
                help: "make the folder first")
        }
        let plan = try CompiledVector(service, in: definitions)
        try plan.expect(runner)
        let label = try CompiledLabel(of: service, in: definitions)
        let format = try FileKind.format(of: request.spine)
        let lookedSpine = LookedFiles([request.spine], root: sources.root)
        let needs = Self.needs(plan: plan, label: label)
        let table = TableReference(
            rows: .paths([request.spine], format), text: request.spineText, takesTextAsText: true)
        let spine = try SpinePlan(
            path: request.spine, table: table, description: try await engine.describe(table),
            timeColumn: request.timeColumn, needs: needs)
        let columns = try TrainingColumns(
            plan: plan, spine: spine, label: label, usesFullNames: request.usesFullFeatureNames)

        let spineSnapshot = try Snapshotter(root: sources.root)
            .snapshot(source: "spine", files: [spine.file], previous: nil, now: startedAt)
        guard let spineFile = spineSnapshot.files.first else {
            throw TallyError(.internal, "the spine was not looked at", subject: request.spine)
        }
        let halves = try await joins(plan, label, request, startedAt: startedAt)
        let asOf = request.asOf ?? startedAt
        let worker = PartWorker(
            plan: plan, spine: spine, label: label, joins: halves.joins, labelJoin: halves.labelJoin,
            declaredJoins: halves.declaredJoins, timeColumn: request.timeColumn, asOf: asOf, output: columns.schema,
            engine: engine, runner: runner)
        return CompiledTraining(
            plan: plan, spine: spine, label: label, columns: columns, worker: worker,
            rowsPerPart: try PartSize.rows(
                within: request.partBytes, columns: columns,
                joins: halves.joins + halves.declaredJoins.map(\.join)),
            asOf: asOf, spineFingerprint: spineFile.digest,
            sources: halves.sources.uniqued(),
            warnings: spine.warnings.map { Advice($0) }
                + halves.sources.flatMap { ($0.listed + $0.warnings).map { Advice($0) } + $0.decisions }.uniqued(),
            notes: DayNotes.all(of: plan.views, label: label) + halves.gaps.uniqued(),
            coverage: halves.sources.flatMap(\.coverage).uniqued(),
            looked: (halves.sources.compactMap(\.looked) + [lookedSpine.with(spineSnapshot)]).uniqued(),
            lateFiles: halves.lateFiles)
    }

    /// The sources as they are now, and their halves of the joins.
    private func joins(
        _ plan: CompiledVector, _ label: CompiledLabel?, _ request: TrainingRequest, startedAt: Timestamp
    ) async throws(TallyError) -> TrainingHalves {
        let admitted = try await sources.prepare(plan.views, at: startedAt)
        var halves = TrainingHalves()
        for view in plan.views {
            guard let source = admitted[view.view.name] else {
                throw TallyError(.internal, "its source was not prepared", subject: "view \(view.view.name)")
            }
            halves.sources.append(source)
            halves.gaps += source.gapNotes(of: view.readColumns)
            let join = view.join(source, ignoresKnownTime: request.ignoresKnownTime)
            if !request.ignoresKnownTime, let groups = source.declaredGroups {
                halves.declaredJoins.append((halves.joins.count, join.asDeclared(groups)))
                halves.lateFiles[view.source.name] = source.lateFiles
            }
            halves.joins.append(join)
        }
        if let label {
            let source = try await sources.prepare(label.source, contract: label.contract, at: startedAt)
            halves.sources.append(source)
            halves.gaps += source.gapNotes(of: label.readColumns)
            halves.labelJoin = label.join(files: source.groups, format: source.format)
        }
        return halves
    }

    private static func needs(plan: CompiledVector, label: CompiledLabel?) -> [SpinePlan.Need] {
        let keys = plan.views.flatMap { view in
            view.joinKeys.map { key in
                SpinePlan.Need(
                    name: key.name, type: key.type,
                    promisedBy: "the entity of view \(view.view.name)")
            }
        }
        let inputs = plan.service.request.map {
            SpinePlan.Need(name: $0.name, type: $0.type, promisedBy: "a request input of service \(plan.service.name)")
        }
        let labelKeys = label?.keys.map {
            SpinePlan.Need(name: $0.name, type: $0.type, promisedBy: "the label's source \(label?.source.name ?? "")")
        }
        return keys + inputs + (labelKeys ?? [])
    }
}
