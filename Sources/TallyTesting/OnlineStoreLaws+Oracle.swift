// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import Testing

extension OnlineStoreLaws {
    /// Random fills, and at every instant the row that a list of all offered rows gives.
    func agreesWithTheOracle() async throws {
        for seed in 0..<16 {
            let store = try open("oracle \(seed)")
            var history = OnlineHistory(seed: UInt64(seed))
            for _ in 0..<12 {
                let (fill, given) = history.step()
                let outcome = try await store.fill(fill, OnlineSamples.giving(given))
                history.note(outcome)
                try await history.compare(store)
            }
        }
    }
}

/// The rows that were offered to a view so far, with a naive computation of the answers by SEMANTICS 1 to 3.
struct OnlineHistory {
    private let seed: UInt64
    private var random: SeededGenerator
    private var offered: [OnlineKey: [OnlineRow]] = [:]
    private var horizon = 0
    private var number: Int?
    private let keys: [OnlineKey]

    init(seed: UInt64) {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        keys =
            (0..<6).map { OnlineSamples.key($0 - 3) }
            + [OnlineSamples.key(.string(String(repeating: "long", count: 200)))]
    }

    /// The next fill and its entries; times are few, so that they meet each other and the horizon.
    mutating func step() -> (OnlineFill, [OnlineEntry]) {
        let isReplacing = Int.random(in: 0..<5, using: &random) == 0
        horizon = isReplacing ? Int.random(in: 0...8, using: &random) : horizon + Int.random(in: 0...2, using: &random)
        if isReplacing { offered = [:] }
        var given: [OnlineKey: [OnlineRow]] = [:]
        for key in keys where Int.random(in: 0..<2, using: &random) == 0 {
            given[key] = (0...Int.random(in: 0..<4, using: &random)).map { _ in row() }
        }
        offered.merge(given) { $0 + $1 }
        let mode: OnlineFill.Mode = isReplacing ? .replace : .merge
        return (
            OnlineSamples.fill(mode, after: number, until: horizon + 5, horizon: horizon), OnlineSamples.entries(given)
        )
    }

    private mutating func row() -> OnlineRow {
        let event = Int.random(in: 0...horizon + 3, using: &random)
        return OnlineSamples.row(
            event, known: event + Int.random(in: 0...3, using: &random),
            sequence: Int64.random(in: 0...1, using: &random),
            (0..<Int.random(in: 0...2, using: &random)).map { _ in UInt8.random(in: 0...1, using: &random) })
    }

    mutating func note(_ outcome: OnlineFillOutcome) {
        #expect(outcome.generation.number == (number ?? 0) + 1, "seed \(seed)")
        #expect(outcome.generation.keys == offered.count, "seed \(seed)")
        number = outcome.generation.number
    }

    /// Compares all keys at all instants from the horizon on; reports the first difference.
    func compare(_ store: any OnlineStore) async throws(TallyError) {
        #expect(try await store.entries().map(\.key) == offered.keys.sorted(), "seed \(seed)")
        for (key, found) in zip(keys, try await store.cells(keys)) {
            var problem = found.count == (offered[key] == nil ? 0 : 1) ? nil : "\(found.count) cells"
            for time in (horizon..<horizon + 12).map({ OnlineSamples.time($0) }) {
                let expected = offered[key]?.filter { $0.knownTime <= time }.max()
                if problem == nil, found.first.flatMap({ OnlineSamples.row(of: $0, at: time) }) != expected {
                    problem = "another row at \(time)"
                }
            }
            guard let problem else { continue }
            Issue.record("seed \(seed), generation \(number ?? 0): \(problem)")
            return
        }
    }
}
