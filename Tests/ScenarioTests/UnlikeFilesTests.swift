// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyAssembly
import TallyModel
import TallyTesting
import Testing

/// Parquet files of one source that are not alike in a column.
@Suite struct UnlikeFilesTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("unlike")
        try folder.write("project: unlike\n", to: "tally.yaml")
        try folder.write("event_timestamp,id\n2024-02-01T00:00:00Z,1\n", to: "spine.csv")
        try FileManager.default.createDirectory(atPath: folder.path + "/data", withIntermediateDirectories: true)
    }

    /// Defines a view of one feature, and writes its files: the SQL of column `x` in each.
    private func write(_ feature: String, _ values: [String]) async throws {
        try folder.write(
            """
            kind: Entity
            name: place
            joinKeys: [{name: id, type: int64}]
            ---
            kind: Source
            name: rain
            path: data/*.parquet
            eventTime: ts
            ---
            kind: FeatureView
            name: gauge
            owner: tests
            entities: [place]
            source: rain
            features: [\(feature)]
            ---
            kind: FeatureService
            name: weather
            features: [gauge]

            """, to: "definitions/all.yaml")
        let engine = try StandaloneEngine.open(root: folder.path)
        for (index, value) in values.enumerated() {
            try await engine.writeQuery(
                "SELECT 1::BIGINT AS id, timestamptz '2024-01-0\(index + 1)' AS ts, \(value) AS x",
                to: "data/\(index).parquet")
        }
    }

    @Test(arguments: ["{name: x, type: float64}", "{name: y, type: float64, expression: x}"])
    func `a column that is of a wrong type in one file is told with the file, where all others have no value of it`(
        _ feature: String
    ) async throws {
        try await write(feature, ["NULL::DOUBLE", "'wet'", "NULL::DOUBLE"])
        let check = try Program.run(["check"], in: folder)
        #expect(check.status == 1, "\(check.output)")
        #expect(check.output.contains("column 'x' is string in data/1.parquet"), "\(check.output)")
        // What was found is remembered with its file.
        #expect(try Program.run(["check"], in: folder).output == check.output)
    }

    @Test(
        arguments: [
            ("{name: x, type: bool}", ""), ("{name: y, type: bool, expression: x}", ""),
            ("{name: y, type: float64, expression: cast(x as float64) / 2}", ""),
        ])
    func `a column without any value is null as what was declared for it`(
        feature: String, value: String
    ) async throws {
        try await write(feature, ["NULL::VARCHAR", "NULL::INTEGER"])
        let check = try Program.run(["check"], in: folder)
        #expect(check.status == 0, "\(check.output)")
        #expect(try Program.run(["apply"], in: folder).status == 0)
        let trained = try Program.run(["train", "weather", "--spine", "spine.csv", "-o", "set.csv"], in: folder)
        #expect(trained.status == 0, "\(trained.error)")
        #expect(try folder.read("set.csv")?.split(separator: "\n").last == "2024-02-01T00:00:00Z,1,")
    }
}
