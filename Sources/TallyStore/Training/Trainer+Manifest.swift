// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The environment of a run: its clock and its machine, both parameters.
public struct RunEnvironment: Sendable {
    /// The wall clock.
    public let now: @Sendable () -> Timestamp
    /// The processor's architecture, such as `x86_64`.
    public let architecture: String
    /// The operating system, such as `Linux`.
    public let system: String
    /// The maths library behind the expressions, such as `glibc 2.36`.
    public let mathLibrary: String

    /// Describes where a run happens.
    public init(now: @escaping @Sendable () -> Timestamp, architecture: String, system: String, mathLibrary: String) {
        self.now = now
        self.architecture = architecture
        self.system = system
        self.mathLibrary = mathLibrary
    }
}

extension TrainingManifest {
    /// The key of the identity in a Parquet file's metadata; its value is 64 hexadecimal digits.
    public static let identityKey = "tallystick.identity"
    /// The key in a Parquet file's metadata that tells a training set of which first-seen times hide more than a tenth.
    public static let markKey = "tallystick.marked"
    /// The text that marks such a set.
    public static let mark = "firstSeen"
    /// The text for all other sets, of the same length.
    static let noMark = "no       "
}

extension Trainer {
    /// Writes down what decided the rows, and what happened.
    func manifest(
        _ request: TrainingRequest, _ compiled: CompiledTraining, _ state: State, startedAt: Timestamp
    ) -> TrainingManifest {
        let identity = JSON.object(
            [
                ("kind", .string("trainingSet")), ("semantics", .int(Int64(TallyVersion.semantics))),
                ("fidelity", .string("ideal")), ("service", .string(request.service)),
                ("release", .string(release.fingerprint.hex)),
                (
                    "parts",
                    .array(
                        release.parts.map {
                            .object([
                                ("kind", .string($0.kind.rawValue)), ("name", .string($0.name)),
                                ("value", .string($0.fingerprints.value.hex)),
                            ])
                        })
                ),
                ("spine", .string(compiled.spineFingerprint.hex)),
                (
                    "sources",
                    .object(Self.snapshots(compiled.sources))
                ),
                ("firstSeen", .object(compiled.sources.compactMap(\.firstSeenMember))),
                // Without a label the as-of time decides nothing.
                ("asOf", compiled.label == nil ? .null : .string(compiled.asOf.description)),
                ("knownTime", .string(request.ignoresKnownTime ? "ignored" : "respected")),
                ("timeColumn", .string(request.timeColumn)),
                ("fullFeatureNames", .bool(request.usesFullFeatureNames)),
                ("engine", .string(engine.identity.name + " " + engine.identity.version)),
                ("mathLibrary", .string(environment.mathLibrary)), ("architecture", .string(environment.architecture)),
                ("rows", .string(state.hasher.finish().hex)),
            ] + Self.spineText(request) + transforms(compiled.plan))
        let finishedAt = environment.now()
        let run = JSON.object([
            ("tally", .string(TallyVersion.current)), ("startedAt", .string(startedAt.description)),
            ("microseconds", .exact(max(0, TimeSpan(from: startedAt, to: finishedAt).microseconds))),
            ("asOf", .string(compiled.asOf.description)), ("asOfGiven", .bool(request.asOf != nil)),
            ("spine", .string(request.spine)), ("output", .string(request.output)),
            ("parts", .int(Int64(state.parts))), ("system", .string(environment.system)),
        ])
        return TrainingManifest(
            identity: identity, run: run, counts: state.counts,
            warnings: compiled.warnings + warnings(state.counts, compiled).map { Advice($0) },
            notes: compiled.notes + Self.dayNotes(state.counts, compiled),
            unproven: EmptyResult.reasons(state.counts, compiled), coverage: compiled.coverage,
            acceptsRewritten: request.acceptsRewritten)
    }

    /// The functions in Python and the Python that ran them; no member where there are none, as in most services.
    private func transforms(_ plan: CompiledVector) -> [(String, JSON)] {
        guard !plan.transforms.isEmpty, let runner else { return [] }
        let functions = plan.transforms.map { transform -> JSON in
            .object([
                ("name", .string(transform.name)), ("source", .string(transform.source)),
                ("sha256", .optional(transform.sha256)), ("function", .string(transform.function)),
                ("mode", .string(transform.mode.rawValue)),
                ("requirements", .array(transform.requirements.map { .string($0.text) })),
            ])
        }
        return [("transforms", .array(functions)), ("language", .string(runner.language))]
    }

    /// Returns the options by which the spine's text was read; no member for plain text, which most spines are.
    private static func spineText(_ request: TrainingRequest) -> [(String, JSON)] {
        request.spineText == .plain ? [] : [("spineText", request.spineText.json)]
    }

    /// The snapshots by source; one of which views read different rows, since their promises set some aside, has several.
    private static func snapshots(_ sources: [PreparedSource]) -> [(String, JSON)] {
        var names: [String] = []
        var prints: [String: [String]] = [:]
        for source in sources {
            let (name, print) = (source.source.name, source.snapshot.fingerprint.hex)
            if prints[name] == nil { names.append(name) }
            if prints[name]?.contains(print) != true { prints[name, default: []].append(print) }
        }
        return names.map { name in
            let own = prints[name] ?? []
            return (name, own.count == 1 ? .string(own[0]) : .array(own.map { .string($0) }))
        }
    }

    /// Returns the run's record for the registry.
    func record(of manifest: TrainingManifest, _ request: TrainingRequest, startedAt: Timestamp) -> RunRecord {
        RunRecord(
            command: "train", subject: request.service, startedAt: startedAt,
            duration: max(.zero, TimeSpan(from: startedAt, to: environment.now())),
            identity: manifest.fingerprint,
            summary: .object(
                [("rows", .exact(Int64(manifest.counts.writtenRows))), ("output", .string(request.output))]
                    + (manifest.isMarked ? [("marked", .string(TrainingManifest.mark))] : [])),
            detail: .training(rows: Int64(manifest.counts.writtenRows), output: request.output))
    }

    /// Returns the notes about text sources whose times are days.
    private static func dayNotes(_ counts: TrainingCounts, _ compiled: CompiledTraining) -> [String] {
        zip(counts.views, compiled.plan.views).compactMap { view, plan in
            view.join.days > 0 && plan.source.isText ? DayNotes.days(view.join.days, plan.source) : nil
        }.uniqued()
    }

    private func warnings(_ counts: TrainingCounts, _ compiled: CompiledTraining) -> [String] {
        var found = counts.hidden.text.map { [$0] } ?? []
        if let text = RepeatedHour.warning(counts.irregularSpineTimes, zone: compiled.spine.table.timeZone) {
            found.append("spine: \(text)")
        }
        if let label = compiled.label, let count = counts.label?.irregularLocalTimes,
            let text = RepeatedHour.warning(count, zone: label.source.timeZone)
        {
            found.append("label source \(label.source.name): \(text)")
        }
        if counts.timesRoundedDown > 0 {
            found.append(
                "\(counts.timesRoundedDown) spine times have nanoseconds, and were rounded down to microseconds")
        }
        if counts.valuesRoundedDown > 0 {
            found.append("\(counts.valuesRoundedDown) other times in columns of the spine lost nanoseconds")
        }
        if let label = counts.label, label.timesRoundedUp > 0 {
            found.append("\(label.timesRoundedUp) label times have nanoseconds, and were rounded up to microseconds")
        }
        return found + viewWarnings(counts, compiled)
    }

    private func viewWarnings(_ counts: TrainingCounts, _ compiled: CompiledTraining) -> [String] {
        zip(counts.views, compiled.plan.views).flatMap { view, plan -> [String] in
            var found: [String] = []
            if let text = RepeatedHour.warning(view.join.irregularLocalTimes, zone: plan.source.timeZone) {
                found.append(text)
            }
            if view.join.leaked > 0 {
                found.append("\(view.join.leaked) rows use values that were not yet known (--known ignore)")
            }
            if view.join.knownBeforeEvent > 0 {
                found.append(
                    "\(view.join.knownBeforeEvent) source rows declare a known time before their event time, which was "
                        + "taken instead")
            }
            if view.join.sourceRowsWithoutTime > 0 {
                found.append("\(view.join.sourceRowsWithoutTime) source rows have no time, and no row can see them")
            }
            if view.join.isAlwaysMidnight == true, plan.isKnownAtOnce { found.append(DayNotes.midnights(plan.source)) }
            found += RoundedTimes.warnings(up: view.join.timesRoundedUp, down: view.join.valuesRoundedDown)
            return found.map { "view \(view.name): \($0)" }
        }
    }
}
