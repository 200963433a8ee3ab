// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyPointInTime

/// The law of the point-in-time join, restated as a plain loop: the slow twin of the kernel.
struct NaiveJoin {
    var outcomes: [Outcome] = []
    var leaked = 0
    var repeated = 0

    private struct Candidate {
        let event: Int64
        let cut: Int32
        let known: Int64
        let sequence: Int64
        let features: [UInt8]
        let rest: [UInt8]
        let values: [Value?]

        func isBefore(_ other: Candidate) -> Bool {
            if event != other.event { return event < other.event }
            if cut != other.cut { return cut < other.cut }
            if known != other.known { return known < other.known }
            if sequence != other.sequence { return sequence < other.sequence }
            if features != other.features { return features.lexicographicallyPrecedes(other.features) }
            return rest.lexicographicallyPrecedes(other.rest)
        }

        func sharesInstant(_ other: Candidate) -> Bool {
            event == other.event && cut == other.cut && known == other.known && sequence == other.sequence
        }
    }

    init(_ input: JoinCase) {
        let layout = input.layout
        var byEntity: [UInt32: [Candidate]] = [:]
        for row in input.source {
            guard let entity = row.entity, let candidate = Self.candidate(row, layout) else { continue }
            byEntity[entity, default: []].append(candidate)
        }
        for row in input.spine {
            var outcome = Outcome(values: [Value?](repeating: nil, count: layout.payload.count))
            if let entity = row.entity, let time = row.time {
                settle(&outcome, time, byEntity[entity] ?? [], input.rule, layout)
            }
            outcomes.append(outcome)
        }
    }

    private mutating func settle(
        _ outcome: inout Outcome, _ time: Int64, _ candidates: [Candidate], _ rule: AsOfRule, _ layout: SourceLayout
    ) {
        var best: Candidate?
        for candidate in candidates {
            let isVisible =
                switch rule.knownTime {
                case .respected: candidate.known <= time
                case .ignored: candidate.event <= time
                }
            guard isVisible else { continue }
            if let held = best, !held.isBefore(candidate) { continue }
            best = candidate
        }
        guard let best else { return }
        if layout.hasEventTime {
            outcome.event = best.event
            outcome.known = best.known
        }
        // Wider arithmetic than the kernel's: an age may exceed 64 bits.
        if let limit = rule.timeToLive, Int128(time) - Int128(best.event) > Int128(limit) {
            outcome.status = .outsideMaxAge
            return
        }
        outcome.status = .matched
        outcome.values = best.values.map { $0?.canonical }
        outcome.isTied = candidates.contains { $0.sharesInstant(best) && $0.features != best.features }
        if candidates.count(where: { $0.sharesInstant(best) }) > 1 { repeated += 1 }
        if best.known > time { leaked += 1 }
    }

    private static func candidate(_ row: SourceRow, _ layout: SourceLayout) -> Candidate? {
        let features = canonicalBytes(row.values[..<layout.comparedColumns])
        let rest = canonicalBytes(row.values[layout.comparedColumns...])
        let sequence = layout.hasSequence ? row.sequence : 0
        guard layout.hasEventTime else {
            return Candidate(
                event: .min, cut: 0, known: .min, sequence: sequence, features: features, rest: rest, values: row.values
            )
        }
        guard let event = row.event else { return nil }
        var known = event
        if layout.hasKnownTime {
            guard let declared = row.known else { return nil }
            known = max(event, declared)
        }
        return Candidate(
            event: event, cut: layout.hasCutNanoseconds ? row.cut : 0, known: known, sequence: sequence,
            features: features,
            rest: rest, values: row.values)
    }
}
