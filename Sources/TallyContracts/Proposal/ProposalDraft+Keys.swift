// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStatistics

extension ProposalDraft {
    /// Finds the columns that identify rows, a property of all rows together, held-out ones included.
    mutating func findKeys(_ rows: TableRows) async throws(TallyError) {
        guard isEnough else { return }
        guard profile.rows >= options.keyRows else {
            note(
                nil, "unique", .notProposed,
                "too few rows for a key: \(profile.rows.grouped), \(options.keyRows.grouped) needed")
            return
        }
        let places = candidates()
        let singles = places.filter { isDistinct([$0]) }.prefix(8).map { [$0] }
        let found = try await keeping(singles, rows)
        if let first = found.first {
            keys = names(first)
            for other in found.dropFirst() where isNamedLikeKey(other[0]) {
                rules.append(ProposedRule(column: context.found[other[0]].name, kind: .unique))
            }
        } else if let pair = try await keeping(pairs(Array(places.prefix(12))), rows).first {
            keys = names(pair.sorted { (isTime($0) ? 1 : 0, $0) < (isTime($1) ? 1 : 0, $1) })
        } else {
            note(
                nil, "unique", .notProposed, "no column, and no pair of columns with a key or a time, tells rows apart")
        }
        dropShadowedRules()
    }

    private func names(_ places: [Int]) -> [String] { places.map { context.found[$0].name } }

    private func isTime(_ place: Int) -> Bool {
        context.found[place].type == .timestamp || context.found[place].type == .date
    }

    private func isNamedLikeKey(_ place: Int) -> Bool {
        let name = context.found[place].name.lowercased()
        return ["id", "key", "uuid"].contains { name.hasSuffix($0) }
    }

    private func rank(_ place: Int) -> Int { isNamedLikeKey(place) ? 0 : isTime(place) ? 2 : 1 }

    /// Columns without nulls that may belong to a key, the likeliest first.
    private func candidates() -> [Int] {
        let places = context.found.indices.filter { place in
            let found = context.found[place]
            let whole = profile.whole(place)
            guard whole.nulls == 0, !found.isDecimal else { return false }
            switch found.type {
            case .int32, .int64, .timestamp, .date: return true
            case .string: return (whole.lengths?.upperBound ?? 0) <= 100
            case .bool, .float32, .float64, .bytes, .array: return false
            }
        }
        return places.sorted { (rank($0), $0) < (rank($1), $1) }
    }

    /// Pairs that may be a key: one of the two is named like one or a time, or any two integers would do in the end.
    private func pairs(_ places: [Int]) -> [[Int]] {
        var pairs: [[Int]] = []
        for (index, first) in places.enumerated() {
            for second in places[(index + 1)...] {
                guard [first, second].contains(where: { isNamedLikeKey($0) || isTime($0) }),
                    isDistinct([first, second])
                else { continue }
                pairs.append([first, second])
            }
        }
        let ranked = pairs.map { (rank: $0.map(rank).reduce(0, +), pair: $0) }
        let sorted = ranked.sorted { ($0.rank, $0.pair[0], $0.pair[1]) < ($1.rank, $1.pair[0], $1.pair[1]) }
        return sorted.prefix(6).map(\.pair)
    }

    /// Whether the first rows do not already speak against a key.
    private func isDistinct(_ places: [Int]) -> Bool {
        var seen: Set<UInt64> = []
        let samples = places.map { profile.learned[$0].sample }
        for row in 0..<(samples.first?.count ?? 0) {
            let hash = samples.reduce(UInt64(0)) { SplitMix64.mixed($0 &+ ($1[row] ?? 0)) }
            guard seen.insert(hash).inserted else { return false }
        }
        return true
    }

    /// Returns the combinations of columns in which no two rows have the same values.
    ///
    /// Where the engine does not count them, they are counted row by row in a table of at most a million rows.
    private func keeping(_ combinations: [[Int]], _ rows: TableRows) async throws(TallyError) -> [[Int]] {
        guard !combinations.isEmpty else { return [] }
        let measures = combinations.map { Measure.surplus(names($0)) }
        var values = try await rows.measure(measures).values
        let rest = values.indices.filter { values[$0] == .unsupported }
        if !rest.isEmpty, profile.rows <= 1_000_000,
            var tally = TableTally(rest.map { measures[$0] }, columns: context.schema)
        {
            try await rows.scan(Set(rest.flatMap { names(combinations[$0]) })) { (batch) in tally.add(batch) }
            for (place, value) in zip(rest, tally.values) { values[place] = value }
        }
        return combinations.indices.filter { values[$0].countValue == 0 }.map { combinations[$0] }
    }
}
