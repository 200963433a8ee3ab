// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyAssembly
import TallyModel
import TallyTesting
import Testing

/// Whatever types the columns of a Parquet file have, what `contract import` proposes is a contract that its data keep.
@Suite struct ImportedTypeTests {
    /// Values of types that features cannot have, or have otherwise, by name.
    static let types: KeyValuePairs<String, String> = [
        "map": "map {'a': i, 'b': 2}", "map_of_integers": "map([i::INTEGER], ['x' || i])",
        "map_of_maps": "map {'a': map {'b': i}}", "map_of_structs": "map {'a': {'q': i, 'r, (s': 'x'}}",
        "map_of_lists": "map {'a': [i, 2]}", "map_of_decimals": "map {'a': i::DECIMAL(10, 2)}",
        "map_without_value": "NULL::MAP(VARCHAR, INTEGER)", "list_of_structs": "[{'a': i, 'b': 'x'}]",
        "list_of_maps": "[map {'a': i}]", "list_of_decimals": "[i::DECIMAL(9, 2)]", "list_of_lists": "[[i], [2]]",
        "list_of_decimal_lists": "[[i::DECIMAL(9, 2)]]", "list_of_times": "[TIME '10:00:00']",
        "list_of_uuids": "[uuid()]", "list_of_nulls": "[NULL::INTEGER]", "array": "[i, 2.5, 3]::FLOAT[3]",
        "struct": "{'a, (b': i, 'é': 2}", "struct_of_map": "{'m': map {'a': i}, 'n': 1}",
        "struct_of_nulls": "{'a': {'b': NULL::INTEGER}}", "decimal": "i::DECIMAL(18, 3)",
        "wide_decimal": "(i * 1000000007)::DECIMAL(38, 10)", "time": "make_time(1, (i % 60)::INTEGER, 1.5)",
        "zoned_time": "'10:00:00+02'::TIMETZ", "uuid": "uuid()", "enum": "'x'::ENUM('x', 'y')",
        "interval": "to_days(i::INTEGER)", "blob": "('\\xAA' || i)::BLOB",
        "hugeint": "(i::HUGEINT * 100000000000000000000)",
        "ubigint": "(18446744073709551000::HUGEINT + i)::UBIGINT", "tinyint": "(i % 100)::TINYINT",
        "bit": "'0101'::BIT",
        "json": "('{\"a\":' || i || '}')::JSON", "nanoseconds": "make_timestamp_ns(i::BIGINT)",
        "seconds": "(TIMESTAMP '2024-01-01')::TIMESTAMP_S", "null": "NULL",
    ]

    @Test func `a proposal for a column of any type passes the linter, its data and the published schema`() async throws
    {
        let folder = try TemporaryFolder("types")
        let engine = try StandaloneEngine.open(root: folder.path)
        var documents: [JSON] = []
        for (name, value) in Self.types {
            try await engine.writeQuery(
                "SELECT i::BIGINT AS id, \(value) AS v FROM range(400) r(i)", to: "\(folder.path)/\(name).parquet")
            let made = try Program.run(
                ["contract", "import", "\(name).parquet", "-o", "\(name).odcs.yaml"], in: folder)
            #expect(made.status == 0, "\(name): \(made.error)")
            let lint = try Program.run(["contract", "lint", "\(name).odcs.yaml"], in: folder)
            #expect(lint.status == 0 && lint.output.contains("no problems"), "\(name): \(lint.output)")
            let kept = try Program.run(
                ["verify", "--contract", "\(name).odcs.yaml", "--data", "\(name).parquet"], in: folder)
            #expect(kept.status == 0, "\(name): \(kept.output)\(kept.error)")
            let shown = try Program.run(["contract", "import", "\(name).parquet", "--format", "json"], in: folder)
            documents.append(try JSON(parsing: shown.output))
        }
        guard let python = OutsideJudges.python else { return }
        let asked = try folder.write(
            documents.map { document in
                let question = JSON.object([("version", .string("3.2.0")), ("document", document)])
                return question.compactText + "\n"
            }.joined(), to: "questions")
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = [OutsideJudges.script("odcs-judge.py"), asked, folder.path + "/answers"]
        try process.run()
        process.waitUntilExit()
        let answers = try #require(try folder.read("answers")).split(separator: "\n")
        #expect(answers.count == Self.types.count)
        for (name, answer) in zip(Self.types.map(\.key), answers) { #expect(answer == "valid", "\(name): \(answer)") }
    }

    @Test func `nothing is promised of the type of a column that has no value yet`() async throws {
        let folder = try TemporaryFolder("types")
        let engine = try StandaloneEngine.open(root: folder.path)
        try await engine.writeQuery("SELECT 1 AS id, NULL::DOUBLE AS v", to: folder.path + "/1.parquet")
        try await engine.writeQuery("SELECT 1 AS id, NULL AS v", to: folder.path + "/2.parquet")
        _ = try Program.run(["contract", "import", "[12].parquet", "-o", "c.odcs.yaml"], in: folder)
        try await engine.writeQuery("SELECT 1 AS id, 'text' AS v", to: folder.path + "/1.parquet")
        let kept = try Program.run(["verify", "--contract", "c.odcs.yaml", "--data", "[12].parquet"], in: folder)
        #expect(kept.status == 0, "\(kept.output)\(kept.error)")
    }

    @Test func `a column without a name is read like any other`() async throws {
        let folder = try TemporaryFolder("types")
        try folder.write(",a\n0,x\n1,y\n", to: "t.csv")
        _ = try Program.run(["contract", "import", "t.csv", "-o", "c.odcs.yaml"], in: folder)
        let kept = try Program.run(["verify", "--contract", "c.odcs.yaml", "--data", "t.csv"], in: folder)
        #expect(kept.status == 0, "\(kept.output)\(kept.error)")
    }
}
