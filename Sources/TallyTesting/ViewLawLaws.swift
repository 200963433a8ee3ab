// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
internal import Testing

/// The laws that every view law obeys, checked against a naive oracle (`NaiveLaw`) with few times, so that they often
/// tie.
public struct ViewLawLaws: Sendable {
    private let law: ViewLaw
    private let oracle: @Sendable ([NaiveLaw.Row], Int64) -> NaiveLaw.Answer

    /// Holds the latest row against its oracle.
    public init(timeToLive: Int64?) {
        law = .latestRow(timeToLive: timeToLive.map { TimeSpan(microseconds: $0) })
        oracle = { rows, time in NaiveLaw.latest(rows, at: time, timeToLive: timeToLive) }
    }

    /// Holds a window against its oracle; nil for a window that cannot be.
    public init?(size: Int64, hop: Int64?, edges: EventWindow.Edges, endsAtHop: Bool, offset: Int64) {
        guard
            let window = EventWindow(
                size: TimeSpan(microseconds: size), hop: hop.map { TimeSpan(microseconds: $0) }, edges: edges,
                endsAtHop: endsAtHop, offset: TimeSpan(microseconds: offset)),
            let naiveEdges = NaiveLaw.Window.Edges(rawValue: edges.rawValue)
        else { return nil }
        law = .window(window)
        var naive = NaiveLaw.Window(size: size, hop: hop)
        (naive.edges, naive.endsAtHop, naive.offset) = (naiveEdges, endsAtHop, offset)
        oracle = { [naive] rows, time in NaiveLaw.Answer(naive.rows(rows, at: time).map(\.value), "rows") }
    }

    /// Draws rows and horizons from a seed, so many times, and records each law that they break.
    public func check(seed: UInt64, rounds: Int) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<rounds {
            let rows = (0..<Int.random(in: 0...9, using: &random)).map { _ in Self.row(&random) }
            let horizon = Int64.random(in: -6...14, using: &random)
            let states = states(rows.shuffled(using: &random), horizon)
            answers(states, rows, from: horizon, seed)
            merging(states, rows, horizon, seed, &random)
            advancing(rows, horizon, seed, &random)
            withdrawing(states, rows, horizon, seed)
            try reading(states, from: horizon, seed)
        }
    }

    /// States are made of rows of one entity, part by part.
    private func states(_ rows: [OnlineRow], _ horizon: Int64) -> [ViewPart: OnlineCell] {
        var states: [ViewPart: OnlineCell] = [:]
        for row in rows {
            law.take(row, into: &states[law.part(of: row), default: OnlineCell()], horizon: Self.time(horizon))
        }
        return states.filter { !$0.value.rows.isEmpty }
    }

    /// From the horizon on the states answer as all rows do, the needed ones alone as well as all of them.
    private func answers(_ states: [ViewPart: OnlineCell], _ rows: [OnlineRow], from horizon: Int64, _ seed: UInt64) {
        for time in horizon..<horizon + 24 {
            let expected = oracle(rows.map(Self.naive), time)
            let parts = law.parts(at: Self.time(time))
            let needed = states.filter { parts.contains($0.key) }.map(\.value)
            for found in [needed, Array(states.values)] {
                let answer = Self.naive(law.answer(found, at: Self.time(time)))
                #expect(answer == expected, "\(law), seed \(seed), horizon \(horizon), instant \(time)")
            }
        }
    }

    /// Rows cut in two and merged in either order give the states of all of them.
    private func merging(
        _ states: [ViewPart: OnlineCell], _ rows: [OnlineRow], _ horizon: Int64, _ seed: UInt64,
        _ random: inout SeededGenerator
    ) {
        let cut = Int.random(in: 0...rows.count, using: &random)
        let halves = [self.states(Array(rows[..<cut]), horizon), self.states(Array(rows[cut...]), horizon)]
        for (one, other) in [(halves[0], halves[1]), (halves[1], halves[0])] {
            var merged = one
            for (part, state) in other {
                let before = merged[part]
                let isChanged = law.merge(
                    state, into: &merged[part, default: OnlineCell()], horizon: Self.time(horizon))
                #expect(isChanged == (merged[part] != before), "\(law), seed \(seed)")
            }
            #expect(merged == states, "\(law), seed \(seed), horizon \(horizon)")
        }
    }

    /// A state moved to a later horizon, before or after a merge, is the one that is made for it.
    private func advancing(_ rows: [OnlineRow], _ horizon: Int64, _ seed: UInt64, _ random: inout SeededGenerator) {
        let later = horizon + Int64.random(in: 0...9, using: &random)
        let cut = Int.random(in: 0...rows.count, using: &random)
        let expected = states(rows, later)
        let advanced = states(rows, horizon).mapValues { law.advance($0, to: Self.time(later)) }
        #expect(advanced.filter { !$0.value.rows.isEmpty } == expected, "\(law), seed \(seed), \(horizon) to \(later)")
        var merged = states(Array(rows[..<cut]), horizon).mapValues { law.advance($0, to: Self.time(later)) }
        for (part, state) in states(Array(rows[cut...]), horizon) {
            law.merge(state, into: &merged[part, default: OnlineCell()], horizon: Self.time(later))
        }
        #expect(merged.filter { !$0.value.rows.isEmpty } == expected, "\(law), seed \(seed), \(horizon) to \(later)")
    }

    /// A withdrawn row leaves the state of the others, or a word that the part must be made anew.
    private func withdrawing(
        _ states: [ViewPart: OnlineCell], _ rows: [OnlineRow], _ horizon: Int64, _ seed: UInt64
    ) {
        for (index, row) in rows.enumerated() {
            var others = rows
            others.remove(at: index)
            let part = law.part(of: row)
            let expected = self.states(others, horizon)[part] ?? OnlineCell()
            let state = states[part] ?? OnlineCell()
            switch law.withdraw(row, from: state) {
            case .unchanged: #expect(state == expected, "\(law), seed \(seed), row \(index)")
            case .state(let rest): #expect(rest == expected, "\(law), seed \(seed), row \(index)")
            case .rebuild: #expect(state.rows.contains(row), "\(law), seed \(seed), row \(index)")
            }
        }
    }

    /// Stored states answer as they do before they are stored, in the bytes and taken apart.
    private func reading(_ states: [ViewPart: OnlineCell], from horizon: Int64, _ seed: UInt64) throws {
        for (part, state) in states {
            let key = law.layout == .wholeEntity ? OnlineSamples.key(1) : OnlineSamples.key(1, part: part.number)
            let bytes = state.encoded(for: key)
            #expect(try OnlineCell(encoded: bytes, key: key) == state, "\(law), seed \(seed), part \(part.number)")
            for time in horizon..<horizon + 24 {
                let expected = law.answer([state], at: Self.time(time))
                guard let found = try stored(bytes, key, at: Self.time(time)) else { continue }
                #expect(found == expected, "\(law), seed \(seed), instant \(time)")
            }
        }
    }

    /// Returns the answer of the kernel of stored states; nil for a law that has none.
    private func stored(_ bytes: [UInt8], _ key: OnlineKey, at time: Timestamp) throws -> ViewAnswer? {
        switch law {
        case .latestRow(let timeToLive):
            return try bytes.reading { (span) throws(OnlineCell.Corruption) in
                try StoredLatestRow(timeToLive: timeToLive).answer(span, key: key, at: time)
            }.taken(from: bytes)
        case .window: return nil
        }
    }

    private static func time(_ microseconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds) }

    private static func row(_ random: inout SeededGenerator) -> OnlineRow {
        let event = Int64.random(in: -5...9, using: &random)
        return OnlineRow(
            eventTime: time(event), cutNanoseconds: [0, 0, -1, -999].randomElement(using: &random) ?? 0,
            knownTime: time(event + Int64.random(in: 0...6, using: &random)),
            sequence: Int64.random(in: 0...1, using: &random),
            values: (0..<Int.random(in: 0...2, using: &random)).map { _ in UInt8.random(in: 0...1, using: &random) })
    }

    private static func naive(_ row: OnlineRow) -> NaiveLaw.Row {
        let event = row.eventTime?.microseconds ?? .min
        var naive = NaiveLaw.Row(event: event, value: .text("\(row)"))
        naive.cut = Int64(row.cutNanoseconds)
        naive.declared = row.knownTime.microseconds
        naive.sequence = row.sequence
        naive.bytes = row.values
        return naive
    }

    private static func naive(_ answer: ViewAnswer) -> NaiveLaw.Answer {
        switch answer {
        case .notFound: NaiveLaw.Answer([.null], "notFound")
        case .outsideMaxAge: NaiveLaw.Answer([.null], "outsideMaxAge")
        case .row(let row): NaiveLaw.Answer([naive(row).value])
        case .rows(let rows): NaiveLaw.Answer(rows.map { naive($0).value }, "rows")
        }
    }
}

extension StoredAnswer {
    /// The answer with its rows taken out of the bytes in which they were found.
    public func taken(from bytes: [UInt8]) -> ViewAnswer {
        func row(_ stored: OnlineCell.StoredRow) -> OnlineRow {
            OnlineRow(
                eventTime: stored.eventTime, cutNanoseconds: stored.cutNanoseconds, knownTime: stored.knownTime,
                sequence: stored.sequence, values: Array(bytes[stored.values]))
        }
        return switch self {
        case .notFound: .notFound
        case .outsideMaxAge(let stored): .outsideMaxAge(row(stored))
        case .row(let stored): .row(row(stored))
        }
    }
}
