// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// Columns and batches, and the canonical form of their values (SEMANTICS 5.7).
@Suite struct ColumnTests {
    private static let types: [DataType] =
        DataType.scalars + [.array(.int32), .array(.string), .array(.array(.float64))]

    @Test(arguments: types)
    func `a column gives back the values it was made of`(type: DataType) {
        var generator = SeededGenerator(seed: 41)
        let values = Self.values(type, count: 150, &generator)
        let column = Column(type: type, values: values)
        #expect(column.count == 150)
        #expect(zip(column.values, values).allSatisfy { $0.isIdentical(to: $1) })
        #expect(column.validity.nullCount == values.count(where: \.isNull))
    }

    @Test(arguments: types)
    func `slices, selections and concatenations hold the rows they are said to`(type: DataType) {
        var generator = SeededGenerator(seed: 42)
        for round in 0..<30 {
            let count = Int.random(in: 0...140, using: &generator)
            let column = Column(type: type, values: Self.values(type, count: count, &generator))
            let low = Int.random(in: 0...count, using: &generator)
            let range = low..<Int.random(in: low...count, using: &generator)
            let slice = column.slice(range)
            #expect(slice == Column(type: type, values: Array(column.values[range])), "seed 42, round \(round)")
            let indices = count == 0 ? [] : (0..<50).map { _ in Int.random(in: 0..<count, using: &generator) }
            #expect(
                column.selecting(indices) == Column(type: type, values: indices.map { column[$0] }),
                "seed 42, round \(round)")
            let parts = [column.slice(0..<low), column.slice(low..<count), .nulls(type: type, count: 2)]
            #expect(
                Column.concatenating(parts) == Column(type: type, values: column.values + [.null, .null]),
                "seed 42, round \(round)")
        }
    }

    @Test func `a null's slot holds nothing, so that equal columns are equal`() {
        let left = Column(type: .int64, values: [.int64(1), .null])
        #expect(left.storage == .int64([1, 0]))
        #expect(Column(type: .string, values: [.null, .string("")]).storage == .bytes(offsets: [0, 0, 0], bytes: []))
    }

    @Test func `masks clear the bits behind their end and forget that nothing is absent`() {
        let mask = Validity(words: [.max], count: 3)
        #expect(mask == Validity(allPresent: 3))
        #expect(mask.words == nil)
        let one = Validity(words: [0b1111_1101], count: 3)
        #expect(one.words == [0b101])
        #expect(one.nullCount == 1)
        #expect(!one[1])
        #expect(Validity(words: [], count: 0).isAllPresent)
    }

    @Test func `masks are cut, met and joined bit by bit`() {
        var generator = SeededGenerator(seed: 43)
        for round in 0..<200 {
            let count = Int.random(in: 0...200, using: &generator)
            let left = (0..<count).map { _ in Bool.random(using: &generator) }
            let right = (0..<count).map { _ in Int.random(in: 0..<10, using: &generator) > 0 }
            let (leftMask, rightMask) = (
                Validity(count: count) { left[$0] }, Validity(count: count) { right[$0] }
            )
            let both = leftMask.intersection(rightMask)
            #expect((0..<count).allSatisfy { both[$0] == (left[$0] && right[$0]) }, "seed 43, round \(round)")
            let low = Int.random(in: 0...count, using: &generator)
            let part = leftMask.slice(low..<count)
            #expect((low..<count).allSatisfy { part[$0 - low] == left[$0] }, "seed 43, round \(round)")
            let joined = Validity.concatenating([leftMask, rightMask])
            #expect(joined == Validity(count: 2 * count) { ($0 < count ? left : right)[$0 % max(1, count)] })
        }
    }

    @Test func `a batch finds columns by name and gives rows`() {
        let batch = Batch([
            ("a", Column(type: .int32, values: [.int32(1), .null])),
            ("b", Column(type: .bool, values: [.bool(true), .bool(false)])),
        ])
        #expect(batch["b"]?[1] == .bool(false))
        #expect(batch["c"] == nil)
        #expect(batch.row(1) == [.null, .bool(false)])
        #expect(batch.slice(1..<2).row(0) == batch.row(1))
        #expect(Batch(schema: [], columns: [], count: 5).slice(1..<3).count == 2)
    }

    @Test func `values are canonical in one NaN and without a negative zero`() {
        let negative = Double(bitPattern: 0xFFF8_0000_0000_0001)
        #expect(Value.float64(negative).canonical.isIdentical(to: .float64(.nan.canonical)))
        #expect(!Value.float64(-0.0).isIdentical(to: .float64(0)))
        #expect(Value.array([.float32(-0.0), .null]).canonical.isIdentical(to: .array([.float32(0), .null])))
        #expect(Value.float64(.nan).isIdentical(to: .float64(.nan)))
    }

    @Test func `type names are read back, and only they`() {
        for type in Self.types { #expect(DataType(name: type.name) == type) }
        for name in ["", "Int64", "array<>", "array<int", "array<nothing>", "int64 ", "varchar"] {
            #expect(DataType(name: name) == nil)
        }
    }

    @Test func `a type of arrays in arrays without end is no type`() {
        func name(_ depth: Int) -> String {
            String(repeating: "array<", count: depth) + "int64" + String(repeating: ">", count: depth)
        }
        #expect(DataType(name: name(DataType.deepestNesting))?.name == name(DataType.deepestNesting))
        #expect(DataType(name: name(DataType.deepestNesting + 1)) == nil)
        #expect(DataType(name: name(200_000)) == nil)
    }

    private static func values(_ type: DataType, count: Int, _ generator: inout SeededGenerator) -> [Value] {
        (0..<count).map { _ in
            Int.random(in: 0..<4, using: &generator) == 0 ? .null : value(type, &generator)
        }
    }

    private static func value(_ type: DataType, _ generator: inout SeededGenerator) -> Value {
        let number = Int32(truncatingIfNeeded: generator.next())
        switch type {
        case .bool: return .bool(number < 0)
        case .int32: return .int32(number)
        case .int64: return .int64(Int64(number) << 20)
        case .float32: return .float32(Float(number) / 3)
        case .float64: return .float64(Double(number) / 3)
        case .string: return .string(number % 5 == 0 ? "" : "é\(number)")
        case .bytes: return .bytes([UInt8(truncatingIfNeeded: number), 0])
        case .timestamp: return .timestamp(Timestamp(microseconds: Int64(number)))
        case .date: return .date(CalendarDate(days: number))
        case .array(let element): return .array(values(element, count: Int(number.magnitude % 4), &generator))
        }
    }
}
