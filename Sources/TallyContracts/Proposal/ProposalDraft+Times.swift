// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension ProposalDraft {
    /// Chooses the column that tells when a row happened: the named one, else the only timestamp without nulls and without
    /// a future.
    mutating func chooseEventTime() throws(TallyError) {
        let times = context.found.filter { $0.type == .timestamp }.map(\.name)
        if let named = options.eventTime, !times.contains(named) {
            throw TallyError(
                .misuse, "there is no timestamp column '\(named)'", subject: name,
                help: times.isEmpty ? "the table has no timestamp at all" : "choose among \(Phrases.names(times))")
        }
        guard let column = options.eventTime ?? (times.count == 1 ? times[0] : nil),
            let place = context.found.firstIndex(where: { $0.name.isSame(as: column) })
        else {
            if times.count > 1 {
                note(
                    nil, "notInFuture", .notProposed,
                    "\(times.count) timestamp columns, and none is named as the event time")
            }
            return
        }
        guard isEnough || options.eventTime != nil else { return }
        let seen = profile.whole(place)
        guard let latest = seen.integers?.upperBound else { return }
        let (lead, overflow) = latest.subtractingReportingOverflow(context.now.microseconds)
        if options.eventTime == nil, seen.nulls > 0 || lead > 0 {
            let reason = seen.nulls > 0 ? "it has nulls" : "it has times in the future"
            note(column, "notInFuture", .notProposed, "no event time: \(reason)")
            return
        }
        guard !overflow, let (value, unit) = Self.doubled(max(lead, 0)) else { return }
        eventTime = EventTime(column: column, skew: value * unit.microseconds)
    }

    /// Proposes how fresh and how frequent rows are: twice the longest gap, unless the data are older than that already.
    mutating func findTimes(_ rows: TableRows) async throws(TallyError) {
        guard isEnough, let column = eventTime?.column else { return }
        let latest = try await rows.measure([.latest(column, notAfter: context.now)]).values[0]
        guard case .timestamp(let last)? = latest.valueValue else { return }
        let gap = try await rows.measure([.longestGap(column, until: last)]).values[0]
        guard let longest = gap.numberValue, longest >= 1, longest < 4e18,
            let (value, unit) = Self.doubled(Int64(longest))
        else { return }
        let limit = TimeSpan(microseconds: value * unit.microseconds)
        let age = TimeSpan(from: last, to: context.now)
        let seen = "the longest time without a row is \(TimeSpan(measured: longest).rounded)"
        guard age <= limit else {
            note(
                column, "freshness", .notProposed,
                "\(seen), and the newest row is \(age.rounded) old: nothing comes any more")
            return
        }
        serviceLevels = ["freshness", "frequency"].map { check in
            ServiceLevel(
                check: check, column: column, value: value, unit: unit.name, limit: limit.microseconds,
                text: "\(seen), doubled")
        }
    }

    private static let units: [(name: String, microseconds: Int64)] = [
        ("d", 86_400_000_000), ("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000),
    ]

    /// Twice a length of time, rounded up in the largest unit of which there are two.
    private static func doubled(_ span: Int64) -> (value: Int64, unit: (name: String, microseconds: Int64))? {
        let (double, overflow) = span.multipliedReportingOverflow(by: 2)
        guard !overflow, double < .max - units[0].microseconds else { return nil }
        let unit = units.first { double >= 2 * $0.microseconds } ?? units[3]
        return ((double + unit.microseconds - 1) / unit.microseconds, unit)
    }
}
