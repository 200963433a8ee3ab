// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
internal import TallyStore

/// The applied views in the online store: rows, last fill, and age compared with the promise.
public struct OnlineStatus: Sendable {
    /// One applied view.
    public struct Line: Sendable {
        /// The view.
        public let view: String
        /// What is stored of it; nil when it was never filled.
        public let generation: OnlineGeneration?
        /// The promised age.
        public let timeToLive: TimeSpan?
        /// The age of the rows by the clock; nil for views without rows, and for those whose rows have no times.
        public let behind: TimeSpan?
    }

    /// The applied views.
    public let lines: [Line]
    /// The number of stored views that belong to no applied one.
    public let unused: Int

    /// Compares the stored generations with the applied views.
    public init(state: RegistryState, generations: [OnlineGeneration], now: Timestamp) {
        let views = state.definitions.filter { $0.node.id.kind == .featureView }
        let byStorage = Dictionary(generations.map { ($0.storage, $0) }) { first, _ in first }
        lines = views.map { applied in
            let generation = byStorage[applied.node.fingerprints.storage]
            return Line(
                view: applied.node.id.name, generation: generation, timeToLive: applied.node.view?.timeToLive,
                behind: generation.flatMap { Self.behind($0, now) })
        }
        let applied = Set(views.map(\.node.fingerprints.storage))
        unused = generations.count { !applied.contains($0.storage) }
    }

    private static func behind(_ generation: OnlineGeneration, _ now: Timestamp) -> TimeSpan? {
        guard generation.horizon != .distantPast else { return nil }
        let (span, overflow) = now.microseconds.subtractingReportingOverflow(
            min(generation.until, generation.filledAt).microseconds)
        return overflow ? nil : TimeSpan(microseconds: max(0, span))
    }

    /// A list of objects, one for each applied view.
    public var json: JSON {
        .array(
            lines.map { line in
                var members: [(String, JSON)] = [("view", .string(line.view))]
                if let span = line.timeToLive { members.append(("timeToLive", .string(span.description))) }
                guard let generation = line.generation else {
                    return .object(members + [("generation", .null)])
                }
                members += [
                    ("generation", .int(Int64(generation.number))), ("keys", .int(Int64(generation.keys))),
                    ("until", .string(generation.until.description)),
                    ("filledAt", .string(generation.filledAt.description)),
                    ("behindMicroseconds", line.behind.map { .exact($0.microseconds) } ?? .null),
                ]
                return .object(members)
            })
    }
}

extension FeatureStore.Status {
    /// An object: `project`, `generation`, `changes` or null, `releases`, `online` and `runs`.
    public func json(at now: Timestamp) -> JSON {
        let releases = state.releases.map { release in
            JSON.object([
                ("service", .string(release.release.service)), ("number", .int(Int64(release.number))),
                ("state", .string(release.state.rawValue)), ("fingerprint", .string(release.release.fingerprint.hex)),
            ])
        }
        let runs = runs.map { run in
            JSON.object([
                ("command", .string(run.command)), ("subject", .string(run.subject)),
                ("startedAt", .string(run.startedAt.description)), ("microseconds", .exact(run.duration.microseconds)),
                ("identity", .string(run.identity.hex)), ("summary", run.summary),
            ])
        }
        return .object([
            ("project", .string(project.name)), ("generation", .int(Int64(state.generation))),
            ("changes", plan.map { .int(Int64($0.changes.count)) } ?? .null), ("releases", .array(releases)),
            ("online", OnlineStatus(state: state, generations: generations, now: now).json), ("runs", .array(runs)),
        ])
    }
}
