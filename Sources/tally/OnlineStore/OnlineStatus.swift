// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// The applied views in the online store: rows, last fill, and age compared with the promise.
struct OnlineStatus {
    private struct Line {
        let view: String
        let generation: OnlineGeneration?
        let timeToLive: TimeSpan?
    }

    private let lines: [Line]
    private let unused: Int
    private let now: Timestamp

    init(state: RegistryState, generations: [OnlineGeneration], now: Timestamp) {
        let views = state.definitions.filter { $0.node.id.kind == .featureView }
        let byStorage = Dictionary(generations.map { ($0.storage, $0) }) { first, _ in first }
        lines = views.map { applied in
            Line(
                view: applied.node.id.name,
                generation: byStorage[applied.node.fingerprints.storage],
                timeToLive: applied.node.view?.timeToLive)
        }
        let applied = Set(views.map(\.node.fingerprints.storage))
        unused = generations.count { !applied.contains($0.storage) }
        self.now = now
    }

    /// A line for each applied view; nil when none is applied.
    var table: TextTable? {
        guard !lines.isEmpty else { return nil }
        var table = TextTable(
            headings: ["online", "generation", "keys", "filled up to", "behind", "time to live", "filled at"],
            flushRight: [1, 2])
        for line in lines {
            guard let generation = line.generation else {
                table.rows.append([line.view, "-", "-", "never filled", "-", line.timeToLive?.description ?? "-", "-"])
                continue
            }
            table.rows.append(
                [
                    line.view, String(generation.number), generation.keys.grouped,
                    generation.until.description, behind(generation)?.rounded ?? "-",
                    line.timeToLive?.description ?? "-", generation.filledAt.description,
                ])
        }
        if unused > 0 { table.rows.append(["\(unused) more in no applied view (`tally gc`)", "", "", "", "", "", ""]) }
        return table
    }

    /// Returns the age of the rows by the clock; nil for views whose rows have no times.
    private func behind(_ generation: OnlineGeneration) -> TimeSpan? {
        guard generation.horizon != .distantPast else { return nil }
        let (span, overflow) = now.microseconds.subtractingReportingOverflow(
            min(generation.until, generation.filledAt).microseconds)
        return overflow ? nil : TimeSpan(microseconds: max(0, span))
    }

    var json: JSON {
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
                    ("behindMicroseconds", behind(generation).map { .exact($0.microseconds) } ?? .null),
                ]
                return .object(members)
            })
    }
}
