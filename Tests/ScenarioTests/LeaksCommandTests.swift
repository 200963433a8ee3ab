// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// `tally leaks` over small files; the oracle over random ones is `Python/tests/test_leaks.py`.
@Suite struct LeaksCommandTests {
    private static let ask = [
        "leaks", "train.csv", "--source", "weather=weather.csv", "--on", "origin", "--time", "departs", "--event-time",
        "weather=observed_at", "--known", "weather=20m",
    ]

    private func folder(_ training: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder("leaks")
        try folder.write(
            """
            origin,observed_at,temp,wind
            JFK,2024-01-01T10:00:00Z,1.5,3
            JFK,2024-01-01T11:00:00Z,2.5,4
            JFK,2024-01-01T12:00:00Z,3.5,5

            """, to: "weather.csv")
        try folder.write(training, to: "train.csv")
        return folder
    }

    private static let leaking = """
        origin,departs,weather__temp,wind
        JFK,2024-01-01T10:30:00Z,1.5,3
        JFK,2024-01-01T11:05:00Z,2.5,3
        JFK,2024-01-01T11:30:00Z,2.5,4
        JFK,2024-01-01T11:08:00Z,3.5,3

        """

    @Test func `a column that knows the future is told with its rows and hours, and ends with 1`() throws {
        let folder = try folder(Self.leaking)
        let found = try Program.run(Self.ask, in: folder)
        #expect(found.status == 1, "\(found.error)")
        #expect(
            found.output == """
                train.csv: weather__temp know the future

                column         from          verdict  rows  lawful  future  older  missing  unexplained
                weather__temp  weather.temp  leak        4       2       2      0        0            0
                wind           weather.wind  clean       4       4       0      0        0            0

                leak: weather__temp: 2 of 4 rows know the future, by 15 min to 1.2 h (median 15 min); 1 of them had \
                happened, and were not known yet
                  row 1, origin JFK, 2024-01-01T11:05:00Z: 2.5 instead of 1.5; known 2024-01-01T11:20:00Z, 15 min later
                  row 3, origin JFK, 2024-01-01T11:08:00Z: 3.5 instead of 1.5; known 2024-01-01T12:20:00Z, 1.2 h later

                """, "\(found.output)")
    }

    @Test func `the set as it should have been is clean, and a file is not written over`() throws {
        let folder = try folder(Self.leaking)
        let made = try Program.run(Self.ask + ["-o", "right.parquet", "--format", "json"], in: folder)
        #expect(made.status == 1, "\(made.error)")
        #expect(made.output.contains(#""verdict": "leak""#), "\(made.output)")
        let again = try Program.run(["leaks", "right.parquet"] + Self.ask.dropFirst(2), in: folder)
        #expect(again.status == 0, "\(again.output)\(again.error)")
        #expect(again.output.hasPrefix("right.parquet: every compared value was known at its row's time\n"))
        let twice = try Program.run(Self.ask + ["-o", "right.parquet"], in: folder)
        #expect(twice.status == 2 && twice.error.contains("there is a file already"), "\(twice.error)")
    }

    @Test func `what could not be judged ends with 3 and is named`() throws {
        let folder = try folder("origin,departs,temp,distance\nJFK,2024-01-01T10:30:00Z,1.5,7\n")
        let open = try Program.run(Self.ask, in: folder)
        #expect(open.status == 3, "\(open.error)")
        #expect(open.output.contains("unproven: distance was not compared: it stands in no source"), "\(open.output)")
        #expect(try Program.run(Self.ask + ["--except", "distance"], in: folder).status == 0)
        let timeless = try Program.run(Self.ask + ["--except", "distance", "--timeless", "weather"], in: folder)
        #expect(timeless.status == 3 && timeless.output.contains("has no event time"), "\(timeless.output)")
    }

    @Test func `a wrong call says what to write`() throws {
        let folder = try folder(Self.leaking)
        for (words, message) in [
            (["--event-time", "wether=at"], "names the source 'wether'"),
            (["--column", "wind=x"], "no column of a source"),
            (["--label", "delay"], "there is no column 'delay'"), (["--ttl", "weather=soon"], "no length of time"),
            (["-o", "right.csv"], "is no .parquet"), (["--samples", "1001"], "between 0 and 1000"),
        ] {
            let outcome = try Program.run(Self.ask + words, in: folder)
            #expect(outcome.status == 2 && outcome.error.contains(message), "\(words): \(outcome.error)")
        }
        let bare = try Program.run(["leaks", "train.csv", "--on", "origin"], in: folder)
        #expect(bare.status == 2 && bare.error.contains("--source"), "\(bare.error)")
    }
}
