// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@Suite struct ViewColumnsTests {
    private let inputs = [ColumnSchema(name: "a", type: .int64), ColumnSchema(name: "b", type: .int64)]
    private let rows = Batch([
        ("a", Column(type: .int64, storage: .int64([1, 2]))), ("b", Column(type: .int64, storage: .int64([3, 4]))),
    ])

    @Test func `what expressions met comes along behind the features, and is neither stored nor compared`() throws {
        let columns = ViewColumns(
            keys: [], inputs: inputs, features: inputs + [ColumnSchema(name: "c", type: .int64)],
            isComputed: [true, false, true]
        ) { batch in
            // Of a plain column nothing comes along, whatever is said of it.
            [(batch.columns[1], nil), (batch.columns[0], [7, 7]), (batch.columns[1], [0, 2])]
        }
        #expect(columns.hidden.map(\.name) == ["a!findings", "c!findings"])
        #expect(columns.made == columns.features + columns.hidden && columns.hasTransform)
        let made = try columns.make(of: rows)
        #expect(made.schema == columns.made)
        #expect(columns.features(of: made) == [rows.columns[1], rows.columns[0], rows.columns[1]])
        #expect(columns.findings(ofFeature: 0, in: made) == [0, 0])
        #expect(columns.findings(ofFeature: 1, in: made) == nil)
        #expect(columns.findings(ofFeature: 2, in: made) == [0, 2])
    }

    @Test func `columns that nobody computes are stored as they are read`() throws {
        let columns = ViewColumns(keys: inputs, inputs: inputs, features: inputs)
        #expect(!columns.hasTransform && columns.made == inputs)
        let made = try columns.make(of: rows)
        #expect(made == rows && columns.findings(ofFeature: 0, in: made) == nil)
        #expect(columns.withoutValues.made.isEmpty && columns.withoutValues.keys == inputs)
    }
}
