// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The values that first-seen times hide: a match by declared times finds them, and the one that counts does not.
public struct HiddenValues: Sendable, Hashable {
    /// Values that a match with declared times finds.
    public var found = 0
    /// The number of those that are null, since the files with their rows were first seen later.
    public var hidden = 0
    /// The number of those that come from an older row instead.
    public var older = 0
    /// Files whose rows count as known only since they were first seen, by source; sorted.
    public var files: [String: [String]] = [:]

    /// Starts at zero.
    public init() {}

    /// Whether more than a tenth of the values are hidden, which gives a training set of unintended nulls.
    public var isMuch: Bool { hidden * 10 > found }

    /// Adds one view's rows, each with a number of values.
    ///
    /// Another row of the same event time counts as the same one.
    mutating func add(declared: JoinResult, counted: JoinResult, valuesPerRow: Int) {
        for row in declared.statuses.indices where declared.statuses[row] == .matched {
            found += valuesPerRow
            if counted.statuses[row] != .matched {
                hidden += valuesPerRow
            } else if counted.eventTimes[row] != declared.eventTimes[row] {
                older += valuesPerRow
            }
        }
    }

    /// The note on hidden values, their cause and the remedy; nil when none is hidden.
    public var text: String? {
        guard hidden > 0 else { return nil }
        let tenths = (hidden * 1_000 + found / 2) / max(1, found)
        let names = files.keys.sorted().map { source in
            let paths = files[source] ?? []
            return "source \(source): \(paths.first ?? "")" + (paths.count > 1 ? " and \(paths.count - 1) more" : "")
        }
        return "first-seen times hide \(hidden) of \(found) values (\(tenths / 10).\(tenths % 10) %)"
            + (older > 0 ? " and leave \(older) with an older one" : "")
            + ": files that came or were written anew after the first snapshot count as known only since they were seen ("
            + names.joined(separator: "; ") + "); `firstSeen: declared` in a source takes its declared times as true, "
            + "so that a row counts as known at its known time, whenever its file came"
    }

    var json: JSON {
        .object([
            ("found", .exact(Int64(found))), ("hidden", .exact(Int64(hidden))), ("older", .exact(Int64(older))),
            (
                "files",
                .object(files.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value.map { .string($0) })) })
            ),
        ])
    }
}

extension ViewJoin {
    /// Returns the same join over files by declared times, without values: only which rows match and when they
    /// happened.
    func asDeclared(_ groups: [FileGroup]) -> ViewJoin {
        ViewJoin(
            subject: subject, files: groups, format: format, text: text, timeZone: timeZone, eventTime: eventTime,
            knownTime: knownTime, columns: columns.withoutValues, law: law, ignoresKnownTime: ignoresKnownTime,
            knownUntil: knownUntil,
            partitions: partitions)
    }
}
