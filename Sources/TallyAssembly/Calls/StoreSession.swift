// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
public import TallyModel
internal import TallyStore

/// A feature store that a program in another language holds open: a verb and a request as JSON, an answer as the text of JSON.
///
/// Answers have the shapes that the command line prints with `--format json`; those of `get` have the shape of
/// `POST /v1/vectors`, for one entity and for many. Requests are documented in `tally.h`.
public final class StoreSession: Sendable {
    let store: FeatureStore
    /// The readers of the errors of its calls.
    public let audience: Audience
    private let seed: ForkSeed?
    private let live = Mutex(Live())

    private struct Live {
        var vectors: FeatureStore.LiveVectors?
        var lookedAt = Timestamp.distantPast
    }

    /// Holds a store open.
    public init(_ store: FeatureStore, audience: Audience) {
        self.store = store
        self.audience = audience
        seed = nil
    }

    /// Holds a store of the parent's open in a forked child, where only `get` works.
    public init(_ seed: ForkSeed) {
        store = seed.store
        audience = seed.audience
        self.seed = seed
    }

    /// The verbs, in the order of the documentation.
    private enum Verb: String, CaseIterable {
        case check, plan, apply, materialize, get, verify, compare, train, status, list, join, leaks
    }

    /// Whether a verb is answered out of memory in microseconds, so that it may run on the calling thread.
    public static func isBrief(_ verb: String) -> Bool { Verb(rawValue: verb) == .get }

    /// Runs a verb, and returns its answer as UTF-8.
    ///
    /// Throws `E-misuse` for an unknown verb, for unknown members of the request and for values of the wrong kind; otherwise
    /// what the verb throws.
    public func call(_ verb: String, _ request: JSON) async throws(TallyError) -> [UInt8] {
        guard let known = Verb(rawValue: verb) else {
            let verbs = Verb.allCases.map(\.rawValue)
            throw TallyError(
                .misuse, "there is no verb '\(verb)'",
                help: nearestName(to: verb, among: verbs).map { "did you mean '\($0)'?" }
                    ?? "write one of \(verbs.joined(separator: ", "))")
        }
        switch known {
        case .get: return try await get(request).text
        case .check:
            _ = try CallRequest(request, of: verb, known: [])
            return try await store.check().json.compactBytes
        case .plan: return try await plan(request).compactBytes
        case .apply:
            _ = try CallRequest(request, of: verb, known: [])
            defer { forget() }
            return try await store.apply().json.compactBytes
        case .materialize:
            defer { forget() }
            return try await materialize(request).compactBytes
        case .verify: return try await verify(request).compactBytes
        case .compare: return try await compare(request).compactBytes
        case .train: return try await train(request).compactBytes
        case .status:
            _ = try CallRequest(request, of: verb, known: [])
            return try await store.status().json(at: store.host.now()).compactBytes
        case .list: return try list(request).compactBytes
        case .join: return try await join(request).compactBytes
        case .leaks: return try await leaks(request).compactBytes
        }
    }

    private func plan(_ json: JSON) async throws(TallyError) -> JSON {
        let request = try CallRequest(json, of: "plan", known: ["shadow", "locked"])
        let preview = try await store.plan(
            shadow: try request.flag("shadow"), checkingLock: try request.flag("locked"))
        if let problem = preview.lockProblem { throw problem }
        return preview.json
    }

    private func materialize(_ json: JSON) async throws(TallyError) -> JSON {
        let request = try CallRequest(
            json, of: "materialize", known: ["views", "until", "full", "acceptFuture", "acceptClock"])
        return try await store.materialize(
            MaterializationRequest(
                views: try request.texts("views"), until: try request.instant("until"),
                isFull: try request.flag("full"), allowsFuture: try request.flag("acceptFuture"),
                memory: store.limits.spineBytes),
            acceptsClock: try request.flag("acceptClock")
        ).json
    }

    private func verify(_ json: JSON) async throws(TallyError) -> JSON {
        let request = try CallRequest(json, of: "verify", known: ["names", "now", "samples", "showValues"])
        let found = try await store.verify(
            try request.texts("names"), at: try request.instant("now"),
            sampleRows: Int(try request.number("samples", in: 0...1_000) ?? 5))
        return VerificationAnswer(
            showsValues: try request.flag("showValues"), underViews: found.contractsUnderViews
        ).json(found.reports)
    }

    private func compare(_ json: JSON) async throws(TallyError) -> JSON {
        let request = try CallRequest(json, of: "compare", known: ["service", "sample", "at", "seed"])
        let report = try await store.compare(
            try request.requiredText("service"),
            ComparisonRequest(
                sample: Int(try request.number("sample", in: 1...10_000_000) ?? 10_000),
                at: try request.instant("at"), seed: UInt64(try request.number("seed", in: 0...Int64.max) ?? 1)))
        return report.json
    }

    private func train(_ json: JSON) async throws(TallyError) -> JSON {
        let request = try CallRequest(
            json, of: "train",
            known: [
                "service", "spine", "output", "asOf", "known", "timeColumn", "fullFeatureNames", "force",
                "acceptRewritten", "acceptClock",
            ])
        let training = TrainingRequest(
            service: try request.requiredText("service"), spine: try request.path("spine"),
            output: try request.path("output"), asOf: try request.instant("asOf"),
            ignoresKnownTime: try request.word("known", of: ["respect", "ignore"]) == "ignore",
            timeColumn: try request.text("timeColumn") ?? TrainingRequest.defaultTimeColumn,
            usesFullFeatureNames: try request.flag("fullFeatureNames"),
            acceptsRewritten: try request.flag("acceptRewritten"), partBytes: store.limits.spineBytes)
        return try await store.train(
            training, replaces: try request.flag("force"), acceptsClock: try request.flag("acceptClock")
        ).json
    }

    private func list(_ json: JSON) throws(TallyError) -> JSON {
        let request = try CallRequest(json, of: "list", known: ["kind"])
        let words = Definition.Kind.allCases.map(\.word)
        let kind = try request.word("kind", of: ["all"] + words)
        return try store.written().json(of: Definition.Kind.allCases.first { $0.word == kind })
    }
}

extension StoreSession {
    private func get(_ json: JSON) async throws(TallyError) -> FeatureVectors {
        do throws(TallyError) {
            return try await getOnce(json)
        } catch {
            // The rows of a release that serves no more are removed: look at once, and answer by the one that serves.
            guard error.code == .notMaterialized, let held = live.withLock(\.vectors) else { throw error }
            let before = held.catalogue.state.generation
            forget()
            let again = try await vectors()
            guard again.catalogue.state.generation != before else { throw error }
            return try await getOnce(json)
        }
    }

    private func getOnce(_ json: JSON) async throws(TallyError) -> FeatureVectors {
        let request = try CallRequest(json, of: "get", known: ["service", "entities", "request", "at"])
        let service = try request.requiredText("service")
        let vectors = try await vectors()
        let layout = try vectors.layout(of: service)
        let keys = try ColumnsRequest(request.value("entities"), named: "entities", of: layout.keys)
        let inputs = try ColumnsRequest(request.value("request"), named: "request", of: layout.inputs)
        guard let count = keys.count ?? inputs.count else {
            throw TallyError(
                .misuse, "'entities' is missing", subject: "get",
                help: "give a list for each of \(layout.keys.map(\.name).joined(separator: ", "))")
        }
        return try await vectors.read(
            layout,
            VectorRequest(
                keys: try keys.batch(count: count), inputs: try inputs.batch(count: count),
                at: try request.instant("at")))
    }

    /// The open vectors; what others filled or released is seen within a second, what this session did at once.
    private func vectors() async throws(TallyError) -> FeatureStore.LiveVectors {
        let now = store.host.now()
        let (held, lookedAt) = live.withLock { ($0.vectors, $0.lookedAt) }
        if let held {
            let (age, overflow) = now.microseconds.subtractingReportingOverflow(lookedAt.microseconds)
            // A clock that was set back looks too.
            if !overflow, (0..<1_000_000).contains(age) { return held }
            try await held.refresh()
            live.withLock { $0.lookedAt = now }
            return held
        }
        let opened = if let seed { try seed.vectors() } else { try await store.liveVectors() }
        live.withLock { $0 = Live(vectors: opened, lookedAt: now) }
        return opened
    }

    /// The open vectors, as they were last where they cannot be looked at now; nil where there are none.
    func presentVectors() async -> FeatureStore.LiveVectors? {
        do throws(TallyError) {
            return try await vectors()
        } catch {
            return live.withLock { $0.vectors }
        }
    }

    /// Lets the next read look for what changed.
    private func forget() { live.withLock { $0.lookedAt = .distantPast } }
}
