// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// The column-shaped encodings against their row-shaped twins.
@Suite struct EncodedRowsTests {
    private static let types: [DataType] = DataType.scalars + [.array(.int32), .array(.string)]

    @Test func `rows of columns have the bytes of rows of values`() {
        var generator = SeededGenerator(seed: 51)
        for round in 0..<40 {
            let count = Int.random(in: 0...40, using: &generator)
            let columns = (0..<Int.random(in: 0...19, using: &generator)).map { _ in
                let type = Self.types[Int.random(in: 0..<Self.types.count, using: &generator)]
                return Column(type: type, values: (0..<count).map { _ in Value.random(type, &generator) })
            }
            let rows = (0..<count).filter { _ in Bool.random(using: &generator) }.shuffled(using: &generator)
            let encoded = EncodedRows(rows: rows, of: columns)
            #expect(encoded.count == rows.count)
            for (index, row) in rows.enumerated() {
                let bytes = Array(encoded.bytes[encoded.range(index)])
                #expect(bytes == CanonicalEncoding.row(columns.map { $0[row] }), "seed 51, round \(round)")
            }
        }
    }

    @Test func `keys of columns have the bytes of keys of values`() {
        var generator = SeededGenerator(seed: 52)
        let types = DataType.scalars.filter(\.canBeKey)
        for round in 0..<40 {
            let columns = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                let type = types[Int.random(in: 0..<types.count, using: &generator)]
                var values: [Value] = []
                while values.count < 30 {
                    let value = Value.random(type, &generator)
                    if !value.isNull { values.append(value) }
                }
                return Column(type: type, values: values)
            }
            let encoded = EncodedRows(keys: Array(0..<30), of: columns)
            for row in 0..<30 {
                let bytes = Array(encoded.bytes[encoded.range(row)])
                #expect(bytes == EntityKey(columns.map { $0[row] })?.bytes, "seed 52, round \(round)")
            }
        }
    }
}
