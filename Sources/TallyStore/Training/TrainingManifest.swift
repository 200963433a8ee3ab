// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The description of a training set: an identity that is hashed, the run that made it, and counts.
public struct TrainingManifest: Sendable, Hashable {
    /// Everything that decides the rows, and the rows' own hash (SEMANTICS 9).
    public let identity: JSON
    /// The time, place and duration of the run; not hashed.
    public let run: JSON
    /// The counts of the run.
    public let counts: TrainingCounts
    /// Things worth saying that stopped nothing; a door spells the steps that they name.
    public let warnings: [Advice]
    /// The notes on how data were understood, where that is not obvious.
    public let notes: [String]
    /// The reasons why the set proves nothing about a part of it, one sentence each; empty when there are none.
    public let unproven: [String]
    /// The number of promises that were checked on rows that entered in this run, one line for each table with
    /// promises.
    public let coverage: [String]
    /// Whether the user takes the training set although first-seen times hide much of it.
    public let acceptsRewritten: Bool

    /// Whether first-seen times hide more than a tenth of the values.
    public var isMarked: Bool { counts.hidden.isMuch }

    /// The digest of the identity: the training set's name.
    public var fingerprint: Fingerprint { Fingerprint(of: identity) }

    /// Returns the path of a training set's manifest: beside it.
    public static func path(besides output: String) -> String { output + ".manifest.json" }

    /// The manifest as written beside the training set.
    public var json: JSON {
        var members: [(String, JSON)] = [
            ("tallystick", .string("training set")), ("identity", identity),
            ("identitySha256", .string(fingerprint.hex)), ("run", run), ("counts", counts.json),
            ("unproven", .array(unproven.map { .string($0) })),
            ("warnings", .array(warnings.map { .string($0.description) })),
            ("notes", .array(notes.map { .string($0) })),
            ("coverage", .array(coverage.map { .string($0) })),
        ]
        if isMarked {
            members.append(
                (
                    "marked",
                    .object([("by", .string(Self.mark)), ("accepted", .bool(acceptsRewritten))])
                ))
        }
        return .object(members)
    }
}

extension TrainingCounts {
    /// The counts as written in a manifest.
    public var json: JSON {
        let rows = [
            ("spine", Self.number(spineRows)), ("written", Self.number(writtenRows)),
            ("withoutTime", Self.number(nullTimes)),
        ]
        var members: [(String, JSON)] = [
            (
                "rows",
                .object(
                    rows
                        + Self.some([("timesRoundedDown", timesRoundedDown), ("valuesRoundedDown", valuesRoundedDown)]))
            ),
            ("views", .array(views.map(\.json))),
            ("features", .array(features.map { json(of: $0) })),
        ]
        if let label { members.append(("label", label.json)) }
        if !leaks.isEmpty { members.append(("leaks", .array(leaks.map(\.json)))) }
        if hidden.hidden + hidden.older > 0 { members.append(("hiddenByFirstSeen", hidden.json)) }
        if irregularSpineTimes > 0 { members.append(("irregularSpineTimes", Self.number(irregularSpineTimes))) }
        return .object(members)
    }

    private func json(of feature: FeatureCounts) -> JSON {
        var members: [(String, JSON)] = [("name", .string(feature.name))]
        if let view = feature.view {
            let join = views[view].join
            members += [
                ("view", .string(views[view].name)), ("notFound", Self.number(join.notFound)),
                ("outsideMaxAge", Self.number(join.outsideMaxAge)), ("tied", Self.number(join.tied)),
            ]
        }
        members += [("nulls", Self.number(feature.nulls)), ("findings", Self.number(feature.findings))]
        if feature.broken > 0 { members.append(("broken", Self.number(feature.broken))) }
        return .object(members)
    }

    static func number(_ count: Int) -> JSON { .exact(Int64(count)) }

    /// The counts that are not 0: most sources have no nanoseconds, and their manifests say nothing of them.
    static func some(_ counts: [(String, Int)]) -> [(String, JSON)] {
        counts.filter { $0.1 > 0 }.map { ($0.0, number($0.1)) }
    }
}

extension TrainingCounts.View {
    var json: JSON {
        .object(
            [
                ("name", .string(name)), ("matched", TrainingCounts.number(join.matched)),
                ("notFound", TrainingCounts.number(join.notFound)),
                ("outsideMaxAge", TrainingCounts.number(join.outsideMaxAge)),
                ("tied", TrainingCounts.number(join.tied)), ("repeated", TrainingCounts.number(join.repeated)),
                ("leaked", TrainingCounts.number(join.leaked)), ("nullKeys", TrainingCounts.number(nullKeys)),
                ("knownBeforeEvent", TrainingCounts.number(join.knownBeforeEvent)),
                ("sourceRowsWithoutTime", TrainingCounts.number(join.sourceRowsWithoutTime)),
                ("irregularLocalTimes", TrainingCounts.number(join.irregularLocalTimes)),
            ]
                + TrainingCounts.some([
                    ("timesRoundedUp", join.timesRoundedUp), ("valuesRoundedDown", join.valuesRoundedDown),
                ]))
    }
}

extension LabelCounts {
    var json: JSON {
        var members: [(String, JSON)] = [
            ("ripe", TrainingCounts.number(ripe)), ("ripeNull", TrainingCounts.number(ripeNull)),
            ("unripe", TrainingCounts.number(unripe)), ("missing", TrainingCounts.number(missing)),
            ("omitted", TrainingCounts.number(omitted)),
        ]
        if irregularLocalTimes > 0 {
            members.append(("irregularLocalTimes", TrainingCounts.number(irregularLocalTimes)))
        }
        return .object(members + TrainingCounts.some([("timesRoundedUp", timesRoundedUp)]))
    }
}

extension TrainingCounts.Leak {
    var json: JSON {
        .object([
            ("view", .string(view)), ("spineRow", TrainingCounts.number(spineRow)),
            ("time", .string(time.description)), ("eventTime", .string(eventTime.description)),
            ("knownTime", .string(knownTime.description)),
        ])
    }
}
