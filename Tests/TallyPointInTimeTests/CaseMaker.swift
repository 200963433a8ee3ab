// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyPointInTime
import TallyTesting

/// Makes random joins that sit on the boundaries: few instants, few values, so that almost everything ties.
struct CaseMaker {
    var random: SeededGenerator
    /// Instants rows are drawn from; a time to live is a distance between two of them, or one off.
    private var instants: [Int64] = []

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func make(maximumSpine: Int = 24, maximumSource: Int = 60) -> JoinCase {
        let isTimeless = random.below(8) == 0
        let payload = makePayload()
        let layout = SourceLayout(
            payload: payload, comparedColumns: random.below(3) == 0 ? random.below(payload.count + 1) : nil,
            hasEventTime: !isTimeless, hasKnownTime: !isTimeless && random.below(3) != 0,
            hasSequence: random.below(2) == 0, hasCutNanoseconds: !isTimeless && random.below(2) == 0)
        instants = makeInstants()
        let entityCount = 1 + random.below(4)
        let isSkewed = random.below(3) == 0
        let rule = AsOfRule(
            timeToLive: isTimeless || random.below(2) == 0 ? nil : makeTimeToLive(),
            knownTime: random.below(4) == 0 ? .ignored : .respected)
        let spine = (0..<random.below(maximumSpine + 1)).map { _ in
            SpineRow(
                entity: random.below(12) == 0 ? nil : entity(entityCount, isSkewed),
                time: random.below(12) == 0 ? nil : instant())
        }
        let nulls = random.below(3)
        let source = (0..<random.below(maximumSource + 1)).map { _ in
            SourceRow(
                // One entity beyond the spine's: the dictionary may know more keys.
                entity: random.below(12) == 0 ? nil : entity(entityCount + 1, isSkewed),
                event: random.below(20) == 0 ? nil : instant(), cut: [0, -1, -999][random.below(3)],
                known: random.below(20) == 0 ? nil : instant(),
                sequence: Int64(random.below(3)) - 1,
                values: payload.map { kind in
                    nulls > 0 && random.below(nulls == 1 ? 5 : 2) == 0 ? nil : value(kind)
                })
        }
        return JoinCase(layout: layout, rule: rule, entityCount: entityCount, spine: spine, source: source)
    }

    private mutating func makePayload() -> [PayloadKind] {
        let count = [0, 1, 2, 3, 5, 9, 17, 70][random.below(8)]
        return (0..<count).map { _ in PayloadKind.allCases[random.below(PayloadKind.allCases.count)] }
    }

    private mutating func makeInstants() -> [Int64] {
        let center = [0, -5_000_000, 1_700_000_000_000_000, Int64.min + 10, Int64.max - 10][random.below(5)]
        var instants = (0..<(2 + random.below(5))).map { _ in center + (Int64(random.below(19)) - 9) }
        if random.below(4) == 0 { instants += [.min, .max] }
        return instants
    }

    private mutating func makeTimeToLive() -> Int64 {
        let (distance, isOverflow) = instant().subtractingReportingOverflow(instant())
        if isOverflow || distance == .min { return .max }
        return max(0, abs(distance) + Int64(random.below(3)) - 1)
    }

    private mutating func instant() -> Int64 { instants[random.below(instants.count)] }

    private mutating func entity(_ count: Int, _ isSkewed: Bool) -> UInt32 {
        isSkewed && random.below(10) != 0 ? 0 : UInt32(random.below(count))
    }

    private mutating func value(_ kind: PayloadKind) -> Value {
        switch kind {
        case .bool: return .bool(random.below(2) == 0)
        case .int32: return .int32([0, -1, 1, .min, .max, 256][random.below(6)])
        case .int64: return .int64([0, -1, 1, .min, .max, 1 << 40][random.below(6)])
        case .float32:
            let pool: [Float] = [0, -0.0, 1, -1, .nan, -.nan, .signalingNaN, .infinity, -.infinity]
            return .float32(pool[random.below(pool.count)].bitPattern)
        case .float64:
            let pool: [Double] = [0, -0.0, 1, -1, .nan, -.nan, .signalingNaN, .infinity, -.infinity]
            return .float64(pool[random.below(pool.count)].bitPattern)
        case .bytes:
            let length = [0, 1, 4, 5, 11, 12, 13, 14, 20, 21, 45][random.below(11)]
            var bytes = [UInt8](repeating: 0x61, count: length)
            if length > 0, random.below(2) == 0 {
                bytes[random.below(length)] = [0, 0x7F, 0x80, 0xFF][random.below(4)]
            }
            return .bytes(bytes)
        case .encoded:
            let length = [0, 1, 2, 10, 11, 12, 20][random.below(7)]
            return .encoded([UInt8(length)] + (0..<length).map { _ in UInt8(0x7F + random.below(2)) })
        }
    }
}
