// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting
import Testing

/// Local times at the end of summer time name two instants: the first is taken, and everybody is told.
@Suite struct RepeatedHourTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("hour")
        try folder.write("project: hour\n", to: "tally.yaml")
        let promised = "kind: DataContract\nid: readings\nversion: 1.0.0\nstatus: active\napiVersion: v3.2.0\n"
        try folder.write(
            promised + "schema:\n  - name: readings\n    logicalType: object\n    properties:\n"
                + "      - {name: id, logicalType: integer, required: true}\n", to: "contracts/readings.odcs.yaml")
        try folder.write(
            """
            kind: Entity
            name: meter
            joinKeys: [{name: id, type: int64}]
            ---
            kind: Source
            name: readings
            path: readings.csv
            eventTime: at
            timeZone: Europe/Berlin
            contract: contracts/readings.odcs.yaml
            ---
            kind: Source
            name: bills
            path: bills.csv
            eventTime: billed
            timeZone: Europe/Berlin
            ---
            kind: FeatureView
            name: use
            owner: tests
            entities: [meter]
            source: readings
            features: [{name: kwh, type: float64}]
            ---
            kind: FeatureService
            name: model
            owner: tests
            features: [use]
            label: {source: bills, keys: [id], column: paid, maturity: 1d}

            """, to: "definitions/all.yaml")
        // The clock went back at 03:00 on this day, and forward at 02:00 on 2024-03-31.
        try folder.write(
            """
            id,at,kwh
            1,2024-10-27T01:30:00,1.0
            1,2024-10-27T02:30:00,2.0
            1,2024-10-27T02:30:00,3.0
            1,2024-03-31T02:30:00,0.5

            """, to: "readings.csv")
        try folder.write("id,billed,paid\n1,2024-10-27T02:15:00,true\n2,2024-10-28T00:00:00,false\n", to: "bills.csv")
        try folder.write("id,event_timestamp\n1,2024-10-27T00:45:00Z\n2,2024-10-27T00:45:00Z\n", to: "spine.csv")
        #expect(try Program.run(["apply"], in: folder).status == 0)
    }

    @Test func `train, materialize and verify tell how many times the clock shows twice or skips`() throws {
        let trained = try Program.run(["train", "model", "--spine", "spine.csv", "-o", "out.csv"], in: folder)
        #expect(trained.status == 0, "\(trained.error)")
        for words in [
            "view use: 3 times stand in an hour that clocks in Europe/Berlin show twice or skip",
            "label source bills: 1 time stands in an hour", "of an hour shown twice the first is taken",
        ] { #expect(trained.error.contains(words), "\(words) in \(trained.error)") }
        // 02:30 is taken for the first of its two instants, 00:30Z, which was before the spine's time.
        #expect(try folder.read("out.csv")?.contains("1,2024-10-27T00:45:00Z,3.0,true") == true)
        let filled = try Program.run(["materialize"], in: folder)
        #expect(filled.error.contains("view use: 3 times stand in an hour"), "\(filled.error)")
        let verified = try Program.run(["verify"], in: folder)
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
        #expect(verified.error.contains("source readings: 3 times stand in an hour"), "\(verified.error)")
    }

    @Test func `times with an offset are told nothing of`() throws {
        try folder.write(
            "id,at,kwh\n1,2024-10-27T02:30:00+02:00,2.0\n1,2024-10-27T02:30:00+01:00,3.0\n", to: "readings.csv")
        try folder.write("id,billed,paid\n1,2024-10-27T02:15:00+01:00,true\n", to: "bills.csv")
        for command in [["train", "model", "--spine", "spine.csv", "-o", "out.csv"], ["materialize"], ["verify"]] {
            let outcome = try Program.run(command, in: folder)
            #expect(outcome.status == 0 && !outcome.error.contains("show twice"), "\(command): \(outcome.error)")
        }
    }
}
