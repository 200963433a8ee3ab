// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// Vectors put together word by word, against their twins that go value by value.
@Suite struct VectorValuesTests {
    private static let types: [DataType] = DataType.scalars + [.array(.int32), .array(.string)]

    /// Rows of random types, and for each stored value the column that shows it.
    private struct Rows {
        let types: [DataType]
        let values: [[Value]]
        let targets: [Int]
        let columns: [DataType]

        init(_ generator: inout SeededGenerator) {
            // Every third time only types of eight bytes, and rows without a null among them: these have a way of their own.
            let isWide = Int.random(in: 0..<3, using: &generator) == 0
            let choice = isWide ? [DataType.int64, .float64, .timestamp] : VectorValuesTests.types
            var types: [DataType] = []
            for _ in 0..<Int.random(in: 1...19, using: &generator) {
                types.append(choice[Int.random(in: 0..<choice.count, using: &generator)])
            }
            values = (0..<Int.random(in: 1...70, using: &generator)).map { _ in
                let isFull = isWide && Bool.random(using: &generator)
                return types.map { type in
                    var value = Value.random(type, &generator)
                    while isFull && value.isNull { value = Value.random(type, &generator) }
                    return value
                }
            }
            var shown = types.indices.filter { _ in Int.random(in: 0..<4, using: &generator) > 0 }
            shown.shuffle(using: &generator)
            targets = types.indices.map { shown.firstIndex(of: $0) ?? -1 }
            columns = shown.map { types[$0] }
            self.types = types
        }
    }

    private static func take(
        _ bytes: [UInt8], _ decoder: RowDecoder, _ values: inout VectorValues, _ entity: Int, _ targets: [Int]
    ) -> Bool {
        unsafe values.take(bytes.span.bytes, 0..<bytes.count, decoder, entity: entity, columns: targets)
    }

    @Test func `rows taken apart into columns are the rows that were stored`() {
        var generator = SeededGenerator(seed: 71)
        for round in 0..<200 {
            let rows = Rows(&generator)
            let decoder = RowDecoder(types: rows.types)
            var found = VectorValues(types: rows.columns, count: rows.values.count)
            for (entity, row) in rows.values.enumerated() {
                let bytes = CanonicalEncoding.row(row)
                #expect(Self.take(bytes, decoder, &found, entity, rows.targets), "seed 71, round \(round)")
            }
            for (index, column) in rows.targets.enumerated() where column >= 0 {
                let values = found.column(column)
                for (entity, row) in rows.values.enumerated() {
                    #expect(values[entity].isIdentical(to: row[index].canonical), "seed 71, round \(round)")
                    let status = found.statuses[column * rows.values.count + entity]
                    #expect(status == (row[index].isNull ? .null : .present))
                }
            }
        }
    }

    @Test func `bytes that are no row of these types are told, as their twin does`() {
        var generator = SeededGenerator(seed: 72)
        var refused = 0
        for round in 0..<400 {
            let rows = Rows(&generator)
            let decoder = RowDecoder(types: rows.types)
            var bytes = CanonicalEncoding.row(rows.values[0])
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
            case 1: bytes.append(UInt8.random(in: 0...255, using: &generator))
            default:
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] ^= UInt8.random(in: 1...255, using: &generator)
            }
            var found = VectorValues(types: rows.columns, count: 1)
            let isTaken = Self.take(bytes, decoder, &found, 0, rows.targets)
            #expect(isTaken == (decoder.decode(bytes) != nil), "seed 72, round \(round)")
            if !isTaken { refused += 1 }
        }
        #expect(refused > 200)
    }

    @Test func `values set one by one read back, and a mark hides them`() {
        var generator = SeededGenerator(seed: 73)
        for type in Self.types {
            var found = VectorValues(types: [type, type], count: 9)
            let values = (0..<9).map { _ in Value.random(type, &generator) }
            for entity in 0..<9 { found.set(0, entity, values[(entity + 1) % 9]) }
            for (entity, value) in values.enumerated() { found.set(0, entity, value) }
            found.mark(0, 4, .outsideMaxAge)
            found.copy(0, to: 1)
            let expected = values.enumerated().map { $0 == 4 ? Value.null : $1 }
            let column = Column(type: type, values: expected)
            #expect(found.column(1) == column || type == .float64 || type == .float32)
            for entity in 0..<9 { #expect(found.column(1)[entity].isIdentical(to: expected[entity])) }
            #expect(found.statuses[4] == .outsideMaxAge && found.statuses[13] == .outsideMaxAge)
        }
    }

    @Test func `a digest is over the bytes that its definition names`() {
        var generator = SeededGenerator(seed: 74)
        for type in Self.types {
            let values = (0..<20).map { _ in Value.random(type, &generator) }
            for values in [values, values.filter { !$0.isNull }] {
                let statuses = values.map { $0.isNull ? ValueStatus.notFound : .present }
                let vectors = FeatureVectors(
                    count: values.count,
                    columns: [FeatureVectors.Column(name: "f", view: nil, feature: "f", type: type, times: 0)],
                    values: [Column(type: type, values: values)], statuses: statuses,
                    eventTimes: values.map { _ in nil }, release: nil, time: Timestamp(microseconds: 0), positions: [])
                var bytes: [UInt8] = [0, 0, 0, 1, UInt8(ascii: "f")]
                for (value, status) in zip(values, statuses) {
                    bytes.append(status.rawValue)
                    CanonicalEncoding.append(value, to: &bytes)
                }
                #expect(Receipt(of: vectors).digest == Fingerprint(of: bytes), "\(type)")
            }
        }
    }
}
