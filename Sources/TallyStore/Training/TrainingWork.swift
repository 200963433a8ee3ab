// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The decisions that are made before the first row of a training set is read.
struct TrainingWork {
    let plan: CompiledVector
    let spine: SpinePlan
    let label: CompiledLabel?
    let columns: TrainingColumns
    let part: TrainingPart
    let rowsPerPart: Int
    let asOf: Timestamp
    let spineFingerprint: Fingerprint
    let sources: [PreparedSource]
    let warnings: [String]
    let notes: [String]
    let coverage: [String]
    /// The files of the run as they were looked at.
    let looked: [LookedFiles]
    /// Files whose rows count as known only since they were first seen, by source.
    let lateFiles: [String: [String]]
}

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
    func prepare(_ request: TrainingRequest, startedAt: Timestamp) async throws(TallyError) -> TrainingWork {
        guard let service = definitions.services[request.service] else {
            throw TallyError(
                .notFound, "there is no feature service '\(request.service)'",
                help: nearestName(to: request.service, among: definitions.services.keys).map { "did you mean '\($0)'?" }
                    ?? "`tally list` shows the services")
        }
        let folder = FileName.folder(of: request.output)
        guard FileName.exists(folder) else {
            throw TallyError(
                .unwritable, "the folder \(folder) does not exist", subject: request.output,
                help: "make the folder first")
        }
        let plan = try CompiledVector(service, in: definitions)
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
        let part = TrainingPart(
            plan: plan, spine: spine, label: label, joins: halves.joins, labelJoin: halves.labelJoin,
            declaredJoins: halves.declaredJoins, timeColumn: request.timeColumn, asOf: asOf, output: columns.schema,
            engine: engine)
        return TrainingWork(
            plan: plan, spine: spine, label: label, columns: columns, part: part,
            rowsPerPart: try PartSize.rows(
                within: request.partBytes, columns: columns,
                joins: halves.joins + halves.declaredJoins.map(\.join)),
            asOf: asOf, spineFingerprint: spineFile.digest,
            sources: halves.sources.uniqued(),
            warnings: spine.warnings + halves.sources.flatMap { $0.listed + $0.warnings + $0.decisions }.uniqued(),
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

extension CompiledView {
    /// The view's half of a join.
    func join(
        _ prepared: PreparedSource, ignoresKnownTime: Bool = false, knownUntil: Timestamp? = nil
    ) -> ViewJoin {
        ViewJoin(
            subject: "view \(view.name)", files: prepared.groups, format: prepared.format,
            text: source.text, timeZone: source.timeZone, eventTime: source.eventTime, knownTime: source.knownTime,
            columns: columns, law: view.law, ignoresKnownTime: ignoresKnownTime, knownUntil: knownUntil,
            partitions: source.partitionPattern)
    }
}

/// Finds the number of spine rows that fit into a budget.
enum PartSize {
    /// Fewer rows than this a part would read the sources again and again for nothing.
    static let smallestPart = 1_024

    /// The rows whose spine, matches and results fit into `bytes`; `E-out-of-budget` when not even a small part does.
    static func rows(within bytes: Int, columns: TrainingColumns, joins: [ViewJoin]) throws(TallyError) -> Int {
        // The spine is held twice while its batches are joined up, the results once more while they are cut into slices.
        let carried = columns.schema.reduce(0) { $0 + width(of: $1.type) } * 3
        let results = joins.reduce(0) { $0 + $1.columns.made.reduce(32) { $0 + width(of: $1.type) } }
        let slots =
            joins.map { join in 48 + join.columns.made.reduce(0) { $0 + max(8, width(of: $1.type)) } }.max() ?? 0
        let rows = bytes / (carried + results + slots)
        guard rows >= smallestPart else {
            throw TallyError(
                .outOfBudget,
                "the memory budget holds \(rows) spine rows at once, and at least \(smallestPart) are needed",
                help: "give at least --memory \((carried + results + slots) * smallestPart * 4 / 1_000_000 + 1)MB")
        }
        return rows
    }

    /// A value's bytes with its share of validity and offsets; what has no fixed size is estimated.
    private static func width(of type: DataType) -> Int {
        switch type {
        case .bool: 2
        case .int32, .float32, .date: 5
        case .int64, .float64, .timestamp: 9
        case .string, .bytes: 48
        case .array: 128
        }
    }
}
