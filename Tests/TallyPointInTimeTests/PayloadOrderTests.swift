// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing
@testable import TallyPointInTime

@Suite("PayloadOrder")
struct PayloadOrderTests {
    @Test(arguments: 0..<10)
    func `comparing word by word orders rows as their canonical bytes do`(block: UInt64) {
        for seed in (block * 12)..<(block * 12 + 12) {
            var maker = CaseMaker(seed: seed)
            let input = maker.make()
            let rows = input.source.map(\.values)
            for first in rows.prefix(4) {
                for second in rows.prefix(4) { check(first, second, input.layout, seed) }
            }
        }
    }

    private func check(_ held: [Value?], _ challenger: [Value?], _ layout: SourceLayout, _ seed: UInt64) {
        let store = SlotStore(source: layout, slotCount: 1)
        let record = unsafe store.base
        let columns = layout.payload.enumerated().map { column, kind in
            OwnedVector(kind, [held[column], challenger[column]], forcesValidity: true)
        }
        let borrowed = unsafe columns.map { column in
            unsafe PayloadColumn(
                values: UnsafeRawPointer(column.values), validity: column.validity.map { unsafe UnsafePointer($0) })
        }
        // Row 0 of the vectors goes to slot 0.
        let zero = 0
        unsafe withUnsafePointer(to: zero) { zero in
            let writer = unsafe PayloadWriter(store: store, slots: zero, rows: zero, count: 1)
            for column in unsafe borrowed.indices { unsafe writer.write(column, borrowed[column]) }
        }
        let (order, isDistinct) = unsafe PayloadOrder(store: store, columns: borrowed).compare(1, record)
        let split = layout.comparedColumns
        let old = (canonicalBytes(held[..<split]), canonicalBytes(held[split...]))
        let new = (canonicalBytes(challenger[..<split]), canonicalBytes(challenger[split...]))
        let expected =
            old.0 != new.0 ? sign(old.0, new.0) : (old.1 != new.1 ? sign(old.1, new.1) : 0)
        #expect(order == expected, "seed \(seed): \(challenger) against \(held)")
        #expect(isDistinct == (old.0 != new.0), "seed \(seed): \(challenger) against \(held)")
        withExtendedLifetime(columns) {}
    }

    private func sign(_ old: [UInt8], _ new: [UInt8]) -> Int { old.lexicographicallyPrecedes(new) ? 1 : -1 }
}
