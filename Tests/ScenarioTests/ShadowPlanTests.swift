// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting
import Testing

/// Transforms of views that change in a repository, run side by side over its data.
@Suite struct ShadowPlanTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("shadow")
        try folder.write("project: shadow\n", to: "tally.yaml")
        try folder.write(
            """
            at,card,net,tax,items
            2026-01-01T00:00:00Z,c1,1.5,0.5,1
            2026-01-01T01:00:00Z,c2,0.1,0.2,2
            2026-01-01T02:00:00Z,c1,,1.0,3
            2026-01-01T03:00:00Z,c3,2.0,0.25,4

            """, to: "data/payments.csv")
        try write("net + tax + 0.3")
        #expect(try Program.run(["apply"], in: folder).status == 0)
    }

    private func write(_ expression: String, onDemand: String = "gross * 2.0") throws {
        try folder.write(
            """
            kind: Entity
            name: card
            owner: tests
            joinKeys: [{name: card, type: string}]
            ---
            kind: Source
            name: payments
            owner: tests
            path: data/*.csv
            eventTime: at
            columns: [{name: at, type: timestamp}, {name: card, type: string}, {name: net, type: float64}, \
            {name: tax, type: float64}, {name: items, type: float64}]
            ---
            kind: FeatureView
            name: paid
            owner: tests
            entities: [card]
            source: payments
            features:
              - {name: gross, type: float64, expression: "\(expression)"}
            ---
            kind: FeatureService
            name: fraud
            owner: tests
            features: [paid]
            onDemand:
              - {name: twice, type: float64, expression: "\(onDemand)"}

            """, to: "definitions/all.yaml")
    }

    private func plan(_ arguments: String...) throws -> String {
        let plan = try Program.run(["plan"] + arguments, in: folder)
        #expect(plan.status == 0, "\(plan.error)")
        return plan.output
    }

    @Test func `what a service computes on demand is a transform too, and its rows are nowhere`() throws {
        try write("net + tax + 0.3", onDemand: "(gross * 2.0)")
        let respelled = try Program.run(["plan"], in: folder).output
        #expect(respelled.contains("patch") && !respelled.contains("breaks"), "\(respelled)")
        try write("net + tax + 0.3", onDemand: "gross * 3.0")
        for arguments in [[], ["--shadow"]] {
            let changed = try Program.run(["plan"] + arguments, in: folder).output
            #expect(changed.contains("fraud.twice") && changed.contains("breaks by"), "\(changed)")
        }
    }

    @Test func `an expression in another spelling is the same transform`() throws {
        try write("(NET + tax)+0.3".replacing("NET", with: "net"))
        let text = try plan()
        #expect(!text.contains("transform-changed"), "\(text)")
    }

    @Test func `a transform of another form that computes the same is proven so, and the evidence is kept`() throws {
        try write("tax + net + 0.3")
        #expect(try plan().contains("transform-changed paid.gross"))
        let first = try plan("--shadow")
        #expect(first.contains("transform-shadowed paid.gross"), "\(first)")
        #expect(first.contains("both transforms give the same value in each of 4 rows"), "\(first)")
        #expect(first.contains("service fraud: safe"), "\(first)")
        let later = try plan("--format", "json")
        #expect(later.contains("transform-shadowed"), "the evidence is read back: \(later)")
        // It belongs to that pair of versions and to no other.
        try write("tax + (net + 0.3)")
        #expect(try plan().contains("transform-changed paid.gross"))
    }

    @Test func `columns are read as the source declares them, whatever their texts look like`() throws {
        // The items are float64, though every one of them looks like a whole number.
        try write("items / 2.0")
        #expect(try Program.run(["apply"], in: folder).status == 0)
        try write("items * 0.5")
        let same = try plan("--shadow")
        #expect(same.contains("both transforms give the same value in each of 4 rows"), "\(same)")
        try write("floor(items / 2.0)")
        let other = try plan("--shadow")
        #expect(other.contains("the transforms differ in 2 of 4 rows, first in rows 0, 2"), "\(other)")
    }

    @Test func `where nothing is open, that is said`() throws {
        let plan = try Program.run(["plan", "--shadow"], in: folder)
        #expect(plan.status == 0 && plan.error.contains("nothing was left open"), "\(plan.error)")
    }

    @Test func `a transform that differs is told with the rows`() throws {
        try write("net + (tax + 0.3)")
        let text = try plan("--shadow")
        #expect(text.contains("backward: no, forward: no, meaning: shift, version: major"), "\(text)")
        #expect(text.contains("the transforms differ in 1 of 4 rows, first in row 1"), "\(text)")
        #expect(text.contains("service fraud: breaks by transform-changed paid.gross"), "\(text)")
    }
}
