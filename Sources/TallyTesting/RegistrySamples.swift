// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Small definitions, releases and records for tests of registries.
public enum RegistrySamples {
    /// The time of every sample.
    public static let time = Timestamp(microseconds: 1_357_020_000_000_001)

    /// A definition whose fingerprints follow from its text.
    public static func node(
        _ id: DefinitionID, _ text: String = "text", references: [DefinitionID] = []
    ) -> PlanNode {
        let document = JSON.object([("z", .string("last name, first place")), ("text", .string(text))])
        return PlanNode(
            id: id, document: document, fingerprints: fingerprints("\(id) \(text)"),
            parts: [PlanNode.Part(kind: .feature, name: "f", fingerprints: fingerprints(text))],
            references: references)
    }

    /// A service of a view of a source and an entity.
    public static func chain() -> [PlanNode] {
        [
            node(.service("s"), references: [.view("v")]),
            node(.view("v"), references: [.source("src"), .entity("e")]), node(.source("src")), node(.entity("e")),
        ]
    }

    /// A release whose fingerprint follows from its text.
    public static func release(_ service: String, _ text: String, views: [String] = []) -> Release {
        Release(
            service: service, fingerprints: fingerprints(text),
            columns: [
                Release.Column(name: "x", type: .array(.float64), origin: .feature(view: "v", name: "f")),
                Release.Column(name: "y", type: .int32, origin: .expression),
            ], parts: views.map { Release.Part(kind: .view, name: $0, fingerprints: fingerprints($0)) })
    }

    /// A commit by ann at the time of the samples.
    public static func commit(
        _ base: Int, _ definitions: [PlanNode] = [], removals: [DefinitionID] = [], candidates: [Release] = [],
        transitions: [ReleaseTransition] = []
    ) -> RegistryCommit {
        RegistryCommit(
            base: base, project: "p", definitions: definitions, removals: removals, candidates: candidates,
            transitions: transitions, at: time, by: "ann")
    }

    /// The stamp that `commit` leaves.
    public static func stamp(version: Int, generation: Int) -> DefinitionStamp {
        DefinitionStamp(version: version, generation: generation, appliedAt: time, appliedBy: "ann")
    }

    /// A snapshot of files whose digests follow from their paths, taken that many seconds after 1970 began.
    public static func snapshot(
        _ source: String, at seconds: Int64, _ paths: [String], firstSeen: Int64? = nil
    ) -> SourceSnapshot {
        SourceSnapshot(
            source: source, takenAt: Timestamp(microseconds: seconds * 1_000_000),
            files: paths.map { path in
                SourceSnapshot.File(
                    path: path, size: Int64(path.utf8.count), digest: Fingerprint(of: path.utf8),
                    firstSeen: firstSeen.map { Timestamp(microseconds: $0 * 1_000_000) }, stamp: "1 2")
            })
    }

    /// The run of a number, about a subject.
    public static func run(
        _ number: Int, subject: String = "s", detail: RunDetail = .training(rows: 7, output: "set.csv")
    ) -> RunRecord {
        RunRecord(
            command: "train", subject: subject, startedAt: time, duration: TimeSpan(microseconds: Int64(number)),
            identity: fingerprints("\(number)").value,
            summary: .object([("rows", .int(Int64(number))), ("a", .double(0.5))]), detail: detail)
    }

    /// A decision about files; nil rows let nothing in.
    public static func admission(_ files: [String], visibleRows: Int64?) -> RunDetail {
        .admission(
            RunDetail.Admission(
                decision: visibleRows == nil ? .block : .quarantine, previousRows: 3, visibleRows: visibleRows,
                files: files.map { file in
                    RunDetail.Admission.File(
                        key: Fingerprint(of: file.utf8), verdict: .object([("path", .string(file))]))
                }))
    }

    private static func fingerprints(_ text: String) -> Fingerprints {
        Fingerprints(
            storage: Fingerprint(of: "storage \(text)".utf8), value: Fingerprint(of: "value \(text)".utf8),
            promise: Fingerprint(of: "promise \(text)".utf8))
    }
}
