// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@testable import TallyStore

@Suite struct FillPlanTests {
    /// A source now, the generation that is there, what is asked, and what is read for it.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var source = OnlineDefinitions().source
        var files = [File("a"), File("b")]
        var before: Before? = Before()
        var until: Int64?
        var now: Int64 = 100
        var isFull = false
        var kind = MaterializationReport.Kind.incremental
        var readings: [FillPlan.Reading] = []
        /// Where it ends up, and from when on it answers.
        var reached: Int64 = 100
        var horizon: Int64 = 100
        var warns: [String] = []
    }

    struct File: Sendable {
        let path: String
        var content = 1
        var firstSeen: Int64?

        init(_ path: String, _ content: Int = 1, firstSeen: Int64? = nil) {
            (self.path, self.content, self.firstSeen) = (path, content, firstSeen)
        }
    }

    /// What an earlier fill took in.
    struct Before: Sendable {
        var files = [File("a"), File("b")]
        var until: Int64 = 50
        var horizon: Int64 = 50
    }

    static func reading(_ paths: String..., firstSeen: Int64? = nil, after: Int64? = nil) -> FillPlan.Reading {
        FillPlan.Reading(paths: paths, firstSeen: firstSeen.map(time), after: after.map(time))
    }

    static func time(_ microseconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds) }

    static let rest = [reading("a", "b", after: 50)]
    static let whole = [reading("a", "b")]
    static let timeless = OnlineDefinitions.changed { $0.eventTime = nil }.source
    static let past = Timestamp.distantPast.microseconds
    static let silentQuery = OnlineDefinitions.changed { $0.location = .query("select 1") }.source
    static let tellingQuery = OnlineDefinitions.changed {
        $0.location = .query("select 1")
        $0.knownTime = .column("seen")
    }.source

    static let firsts = [
        Case(testDescription: "a first fill reads everything", before: nil, kind: .full, readings: whole),
        Case(
            testDescription: "a first fill groups files by their first sight",
            files: [File("a"), File("b", firstSeen: 70), File("c")], before: nil, kind: .full,
            readings: [reading("a", "c"), reading("b", firstSeen: 70)]),
        Case(
            testDescription: "a first fill up to the past answers from there on", before: nil, until: 30, kind: .full,
            readings: whole, reached: 30, horizon: 30),
        Case(
            testDescription: "a first fill up to the future answers from now on", before: nil, until: 300, kind: .full,
            readings: whole, reached: 300, horizon: 100),
    ]

    static let laters = [
        Case(
            testDescription: "nothing new at the same time is nothing to do", now: 50, kind: .upToDate, reached: 50,
            horizon: 50),
        Case(testDescription: "later, old files are read for what became known since", readings: rest),
        Case(
            testDescription: "a new file is read whole",
            files: [File("a"), File("b"), File("c", firstSeen: 90)],
            readings: [reading("c", firstSeen: 90)] + rest),
        Case(
            testDescription: "a new file is read whole also when the instant stays",
            files: [File("a"), File("b"), File("c", firstSeen: 50)], now: 50,
            readings: [reading("c", firstSeen: 50)], reached: 50, horizon: 50),
        Case(
            testDescription: "a clock that was set back hides no file",
            files: [File("a"), File("b"), File("c", firstSeen: 51)], now: 40,
            readings: [reading("c", firstSeen: 51)] + rest, reached: 51, horizon: 51),
        Case(
            testDescription: "nor does it with --full",
            files: [File("a"), File("b"), File("c", firstSeen: 51)], now: 40, isFull: true, kind: .full,
            readings: whole + [reading("c", firstSeen: 51)], reached: 51, horizon: 51),
        Case(
            testDescription: "a changed file is read whole, and what it no longer holds is warned of",
            files: [File("a"), File("b", 2, firstSeen: 80)],
            readings: [reading("b", firstSeen: 80), reading("a", after: 50)],
            warns: ["0 files are gone and 1 changed", "--full"]),
        Case(
            testDescription: "a removed file is warned of, and the others are read for what is new",
            files: [File("a")], readings: [reading("a", after: 50)],
            warns: ["1 files are gone and 0 changed", "`tally materialize activity --full`"]),
        Case(
            testDescription: "a removed file alone makes a generation, without reading", files: [File("a")], now: 50,
            reached: 50, horizon: 50, warns: ["1 files are gone"]),
        Case(
            testDescription: "a file that went and came back is new",
            files: [File("a"), File("b", firstSeen: 60)],
            readings: [reading("b", firstSeen: 60), reading("a", after: 50)]),
        Case(
            testDescription: "a file that was first seen after what was taken in keeps its first sight",
            files: [File("a"), File("b", firstSeen: 60)], before: Before(files: [File("a"), File("b", firstSeen: 60)]),
            readings: [reading("a", after: 50), reading("b", firstSeen: 60, after: 50)]),
    ]

    static let untils = [
        Case(
            testDescription: "an earlier instant than before goes nowhere, and says so", until: 20, kind: .upToDate,
            reached: 50, horizon: 50, warns: ["filled up to \(time(50)) already", "--full"]),
        Case(
            testDescription: "an earlier instant still takes in a new file",
            files: [File("a"), File("b"), File("c", firstSeen: 90)], until: 20,
            readings: [reading("c", firstSeen: 90)], reached: 50, horizon: 50, warns: ["stays so"]),
        Case(
            testDescription: "after a future instant, the present has nothing to add and answers as before",
            before: Before(until: 200, horizon: 50), kind: .upToDate, reached: 200, horizon: 100),
        Case(
            testDescription: "after a future instant, a new file is taken in up to there",
            files: [File("a"), File("b"), File("c", firstSeen: 90)], before: Before(until: 200, horizon: 50),
            readings: [reading("c", firstSeen: 90)], reached: 200, horizon: 100),
        Case(
            testDescription: "a future instant reads ahead, and answers from now on", until: 300, readings: rest,
            reached: 300),
        Case(
            testDescription: "a clock that went back takes nothing away", before: Before(until: 150, horizon: 150),
            until: 170, now: 100, readings: [reading("a", "b", after: 150)], reached: 170, horizon: 150),
        Case(
            testDescription: "full reads everything, and goes back in time when asked to",
            before: Before(until: 150, horizon: 150), until: 30, isFull: true, kind: .full, readings: whole,
            reached: 30, horizon: 30),
        Case(testDescription: "full reads everything up to now", isFull: true, kind: .full, readings: whole),
    ]

    static let wholes = [
        Case(
            testDescription: "a source without times answers from ever on", source: timeless, before: nil, kind: .full,
            readings: whole, horizon: past),
        Case(
            testDescription: "a source without times is not read again for a later instant", source: timeless,
            before: Before(horizon: past), kind: .upToDate, horizon: past),
        Case(
            testDescription: "a source without times is read whole when a file changed", source: timeless,
            files: [File("a"), File("b", 2, firstSeen: 80)], before: Before(horizon: past), kind: .full,
            readings: [reading("a"), reading("b", firstSeen: 80)], horizon: past),
        Case(
            testDescription: "a source without times is read whole when a file is gone", source: timeless,
            files: [File("a")], before: Before(horizon: past), kind: .full, readings: [reading("a")], horizon: past),
        Case(
            testDescription: "a query that does not say when rows were known is read whole when it changed",
            source: silentQuery, files: [File("q2")], before: Before(files: [File("q1")]), kind: .full,
            readings: [reading("q2")]),
        Case(
            testDescription: "a query that is read whole does not go back either", source: silentQuery,
            files: [File("q2")], before: Before(files: [File("q1")], until: 200, horizon: 120), until: 110,
            kind: .full, readings: [reading("q2")], reached: 200, horizon: 120, warns: ["stays so"]),
        Case(
            testDescription: "the same result of a query is read for what became known since", source: silentQuery,
            files: [File("q1")], before: Before(files: [File("q1")]), readings: [reading("q1", after: 50)]),
        Case(
            testDescription: "a query that says when rows were known is read for those that are new",
            source: tellingQuery, files: [File("q2")], before: Before(files: [File("q1")]),
            readings: [reading("q2", after: 50)]),
        Case(
            testDescription: "a query that says when rows were known has nothing to add at the same instant",
            source: tellingQuery, files: [File("q2")], before: Before(files: [File("q1")]), now: 50, reached: 50,
            horizon: 50),
    ]

    @Test(arguments: firsts + laters + untils + wholes)
    func `a fill reads what it has to`(_ fill: Case) {
        let plan = FillPlan(
            Self.prepared(fill.source, fill.files), before: fill.before.map { Self.generation($0) },
            until: fill.until.map(Self.time), now: Self.time(fill.now), isFull: fill.isFull)
        #expect(plan.kind == fill.kind)
        #expect(plan.readings == fill.readings)
        #expect(plan.until == Self.time(fill.reached))
        #expect(plan.horizon == Self.time(fill.horizon))
        #expect(plan.warnings.isEmpty == fill.warns.isEmpty, "\(plan.warnings)")
        for part in fill.warns {
            #expect(plan.warnings.contains { $0.description.contains(part) }, "\(part) in \(plan.warnings)")
        }
    }

    private static func snapshot(_ files: [File]) -> SourceSnapshot {
        SourceSnapshot(
            source: "events", takenAt: time(0),
            files: files.map { file in
                SourceSnapshot.File(
                    path: file.path, size: 1, digest: Fingerprint(of: Array("\(file.path) \(file.content)".utf8)),
                    firstSeen: file.firstSeen.map(time), stamp: "")
            })
    }

    private static func prepared(_ source: Source, _ files: [File]) -> PreparedSource {
        let isQuery = if case .query = source.location { true } else { false }
        let groups = Dictionary(grouping: files) { isQuery ? nil : $0.firstSeen }
            .map { ViewJoin.FileGroup(paths: $0.value.map(\.path), firstSeen: $0.key.map(time)) }
            .sorted { ($0.firstSeen ?? .distantPast) < ($1.firstSeen ?? .distantPast) }
        return PreparedSource(
            source: source, snapshot: snapshot(files), groups: groups, format: .parquet, warnings: [])
    }

    private static func generation(_ before: Before) -> OnlineGeneration {
        OnlineGeneration(
            storage: Fingerprint(of: []), number: 3, view: "activity", snapshot: snapshot(before.files),
            until: time(before.until), horizon: time(before.horizon), filledAt: time(before.until), keys: 7)
    }
}
