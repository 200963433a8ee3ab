// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyAssembly
import TallyModel
import TallyTesting
import Testing

/// Parquet files of one source that are not alike in a column.
@Suite struct UnlikeFilesTests {
    private let repository: OneViewRepository
    private var folder: TemporaryFolder { repository.folder }

    init() throws {
        repository = try OneViewRepository("unlike")
        try folder.write("event_timestamp,id\n2024-02-01T00:00:00Z,1\n", to: "spine.csv")
        try FileManager.default.createDirectory(atPath: folder.path + "/data", withIntermediateDirectories: true)
    }

    /// Defines a view of one feature, and writes its files: the SQL of column `x` in each.
    private func write(_ feature: String, _ values: [String]) async throws {
        try repository.define(source: "rain", at: "path: data/*.parquet", features: feature)
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

    @Test(arguments: [["1::SMALLINT", "2::UTINYINT", "1.5::FLOAT"], ["1.5::FLOAT", "1::USMALLINT", "2::TINYINT"]])
    func `small whole numbers of several types stand beside float32`(_ values: [String]) async throws {
        try await write("{name: x, type: float32}", values)
        let check = try Program.run(["check"], in: folder)
        #expect(check.status == 0, "\(check.output)")
    }

    @Test func `a wider type that comes later stops nothing, also beside an expression`() async throws {
        try await write("{name: x, type: int64}, {name: y, type: float64, expression: x / 2}", ["7::USMALLINT"])
        #expect(try Program.run(["apply"], in: folder).status == 0)
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        try await write(
            "{name: x, type: int64}, {name: y, type: float64, expression: x / 2}", ["7::USMALLINT", "9::BIGINT"])
        let filled = try Program.run(["materialize"], in: folder)
        #expect(filled.status == 0, "\(filled.error)")
        let trained = try Program.run(["train", "weather", "--spine", "spine.csv", "-o", "set.csv"], in: folder)
        #expect(trained.status == 0, "\(trained.error)")
        #expect(try folder.read("set.csv")?.split(separator: "\n").last == "2024-02-01T00:00:00Z,1,7,3.5")
    }

    @Test func `names that DuckDB numbers are found by their places`() async throws {
        try await write("{name: x, type: int64}", [])
        let engine = try StandaloneEngine.open(root: folder.path)
        // DuckDB writes `X_1` for the second and would read the third as something else again.
        try await engine.writeQuery(
            "SELECT 1::BIGINT AS id, timestamptz '2024-01-01' AS ts, 5::BIGINT AS q, 6::BIGINT AS x_1, 7::BIGINT AS x",
            to: "data/0.parquet")
        let path = folder.path + "/data/0.parquet"
        var bytes = try #require(try AtomicFile.read(path))
        // The column q becomes X, a twin of x whose number is taken: names have one length, so nothing moves.
        for index in bytes.indices.dropFirst(2) where bytes[index] == UInt8(ascii: "q") && bytes[index - 1] == 1 {
            bytes[index] = UInt8(ascii: "X")
        }
        try AtomicFile.write(bytes, to: path)
        #expect(try Program.run(["apply"], in: folder).status == 0)
        let trained = try Program.run(["train", "weather", "--spine", "spine.csv", "-o", "set.csv"], in: folder)
        #expect(trained.status == 0, "\(trained.error)")
        #expect(try folder.read("set.csv")?.split(separator: "\n").last == "2024-02-01T00:00:00Z,1,7")
    }

    @Test func `the types of a file without rows stop nothing beside files that have some`() async throws {
        try await write("{name: x, type: bool}", ["NULL::BOOLEAN"])
        let engine = try StandaloneEngine.open(root: folder.path)
        try await engine.writeQuery("SELECT 1::BIGINT AS id, timestamptz '2024-01-01' AS ts", to: "data/0.parquet")
        try await engine.writeQuery(
            "SELECT 1::BIGINT AS id, timestamptz '2024-01-01' AS ts, 1::BIGINT AS x WHERE false", to: "data/1.parquet")
        let check = try Program.run(["check"], in: folder)
        #expect(check.status == 0, "\(check.output)")
    }
}
