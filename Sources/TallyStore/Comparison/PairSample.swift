// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStatistics

/// Pairs of entity and instant, drawn at random, in runs of one instant each.
struct PairSample {
    /// Pairs that share an instant.
    struct Run {
        let time: Timestamp
        let rows: Range<Int>
    }

    let keys: Batch
    let inputs: Batch
    let runs: [Run]

    /// One pair in so many has a key that no source has.
    private static let strangers = 50
    private static let instants = 64

    /// The instant of each pair.
    var times: Column {
        let times = runs.flatMap { [Int64](repeating: $0.time.microseconds, count: $0.rows.count) }
        return Column(type: .timestamp, storage: .int64(times))
    }

    /// Draws `count` pairs: keys from the pools of the views' keys, half of the instants at `start`, the others within
    /// `spread` after it.
    init(
        count: Int, layout: VectorLayout, pools: [[[Value]]], start: Timestamp, spread: TimeSpan, seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        let rows = (0..<count).map { _ in Self.row(layout, pools, &random) }
        keys = Batch(
            schema: layout.keys,
            columns: layout.keys.enumerated().map { index, key in
                Column(type: key.type, values: rows.map { $0[index] })
            }, count: count)
        inputs = Batch(
            schema: layout.inputs,
            columns: layout.inputs.map { input in
                Column(type: input.type, values: (0..<count).map { _ in Self.value(of: input.type, &random) })
            }, count: count)
        let sizes = (0..<Self.instants).map { ($0 + 1) * count / Self.instants - $0 * count / Self.instants }
        var runs: [Run] = []
        var first = 0
        for (index, size) in sizes.enumerated() where size > 0 {
            let offset = index % 2 == 0 ? 0 : Int64(random.next(below: UInt64(max(1, spread.microseconds))))
            let (time, overflow) = start.microseconds.addingReportingOverflow(offset)
            runs.append(Run(time: overflow ? start : Timestamp(microseconds: time), rows: first..<first + size))
            first += size
        }
        self.runs = runs
    }

    /// A value for each key of the layout: views that share a key get the same value of it.
    private static func row(_ layout: VectorLayout, _ pools: [[[Value]]], _ random: inout SplitMix64) -> [Value] {
        var row = [Value?](repeating: nil, count: layout.keys.count)
        let groups = layout.keyGroups.indices.sorted { layout.keyGroups[$0].count > layout.keyGroups[$1].count }
        for group in groups {
            let places = layout.keyGroups[group]
            let isStranger = random.next(below: UInt64(strangers)) == 0 || pools[group].isEmpty
            let drawn =
                isStranger
                ? places.map { value(of: layout.keys[$0].type, &random) }
                : pools[group][Int(random.next(below: UInt64(pools[group].count)))]
            for (place, value) in zip(places, drawn) where row[place] == nil { row[place] = value }
        }
        return row.map { $0 ?? .null }
    }

    private static func value(of type: DataType, _ random: inout SplitMix64) -> Value {
        let bits = random.next()
        switch type {
        case .bool: return .bool(bits & 1 == 1)
        case .int32: return .int32(Int32(truncatingIfNeeded: bits))
        case .int64: return .int64(Int64(bits % 100_000))
        case .float32: return .float32(Float(bits % 3_600_000) / 1_000 - 1_800)
        case .float64: return .float64(Double(bits % 36_000_000) / 10_000 - 1_800)
        case .string: return .string("~" + String(bits, radix: 36))
        case .bytes: return .bytes([0x7E, UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8)])
        case .timestamp: return .timestamp(Timestamp(microseconds: Int64(bits % 4_000_000_000_000_000)))
        case .date: return .date(CalendarDate(days: Int32(bits % 40_000)))
        case .array(let element):
            return .array((0..<Int(bits % 4)).map { _ in value(of: element, &random) })
        }
    }
}
