// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyAssembly

/// The text of an answer against its slow twin, the tree.
@Suite struct VectorsTextTests {
    @Test func `an answer is written as its tree is`() {
        var generator = SeededGenerator(seed: 21)
        for round in 0..<60 {
            let vectors = Self.vectors(&generator)
            #expect(
                String(decoding: vectors.text, as: UTF8.self) == vectors.json.compactText, "seed 21, round \(round)")
        }
    }

    /// Vectors of every type and status, with names that JSON has to escape.
    private static func vectors(_ generator: inout SeededGenerator) -> FeatureVectors {
        let count = Int.random(in: 0...4, using: &generator)
        let types = DataType.scalars + [.array(.float64), .array(.array(.bytes))]
        let names = ["a", "ü\"\n", "\u{0}\\"]
        let columns = types.enumerated().map { index, type in
            FeatureVectors.Column(
                name: "\(names[index % 3])\(index)", view: index % 4 == 0 ? nil : names[index % 2],
                feature: names[index % 3], type: type, times: index % 3)
        }
        let release = ReleaseName(service: "ü\"", number: 7, fingerprint: Fingerprint(of: [1]))
        let places: [ReadPosition.Place] = [
            .nowhere, .offline(snapshot: Fingerprint(of: [2])), .online(generation: 3, until: time(&generator)),
        ]
        return FeatureVectors(
            count: count, columns: columns,
            values: types.map { type in
                Column(type: type, values: (0..<count).map { _ in value(type, &generator) })
            },
            statuses: (0..<types.count * count).map { _ in
                ValueStatus.allCases.randomElement(using: &generator) ?? .present
            },
            eventTimes: (0..<3 * count).map { _ in Bool.random(using: &generator) ? nil : time(&generator) },
            release: Bool.random(using: &generator) ? nil : release, time: time(&generator),
            positions: places.map { ReadPosition(view: "v\"", storage: Fingerprint(of: [4]), place: $0) })
    }

    private static func time(_ generator: inout SeededGenerator) -> Timestamp {
        Timestamp(microseconds: Int64(bitPattern: generator.next()) >> Int64.random(in: 0...20, using: &generator))
    }

    private static func value(_ type: DataType, _ generator: inout SeededGenerator) -> Value {
        guard Int.random(in: 0..<5, using: &generator) > 0 else { return .null }
        let bits = generator.next()
        switch type {
        case .bool: return .bool(bits & 1 == 1)
        case .int32: return .int32(Int32(truncatingIfNeeded: bits))
        case .int64: return .int64(Int64(bitPattern: bits) >> Int64(bits % 40))
        case .float32: return .float32(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .float64: return .float64([-0.0, .nan, .infinity, Double(bitPattern: bits)][Int(bits % 4)])
        case .string: return .string(["", "a\u{0}b\u{1F}", "größe \"x\"", String(bits)][Int(bits % 4)])
        case .bytes: return .bytes([0, UInt8(truncatingIfNeeded: bits)])
        case .timestamp: return .timestamp(time(&generator))
        case .date: return .date(CalendarDate(days: Int32(truncatingIfNeeded: bits)))
        case .array(let element): return .array((0..<Int(bits % 3)).map { _ in value(element, &generator) })
        }
    }
}
