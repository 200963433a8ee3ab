// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

/// What commands may write to: never what is read, and never what is somebody else's without being asked.
@Suite struct OutputTests {
    /// A folder with the repository of `tally init`, applied.
    private func shop() throws -> TemporaryFolder {
        let folder = try TemporaryFolder("outputs")
        for command in [["init"], ["apply"]] { #expect(try Program.run(command, in: folder).status == 0) }
        return folder
    }

    private func train(_ output: String, _ more: String..., in folder: TemporaryFolder) throws -> Program.Outcome {
        try Program.run(
            ["train", "purchase", "--spine", "data/spine.csv", "-o", output, "--as-of", "2026-01-02T10:00:00Z"] + more,
            in: folder)
    }

    @Test(
        arguments: [
            "data/baskets.csv", "data/spine.csv", "data/../data/outcomes.csv", "definitions/shop.yaml", "tally.yaml",
            "tally.lock", "link.csv", "hard.csv", "linked/baskets.csv", ".tally/registry.db", ".tally/new.csv",
        ])
    func `a training set never replaces what a source, a spine or the repository reads`(output: String) throws {
        let folder = try shop()
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: folder.path + "/link.csv", withDestinationPath: "data/baskets.csv")
        try manager.createSymbolicLink(atPath: folder.path + "/linked", withDestinationPath: "data")
        try manager.linkItem(atPath: folder.path + "/data/outcomes.csv", toPath: folder.path + "/hard.csv")
        let before = try AtomicFile.read(folder.path + "/" + output)
        let outcome = try train(output, "--force", in: folder)
        #expect(outcome.status == 2 && outcome.error.contains("is not written over"), "\(output): \(outcome.error)")
        #expect(try AtomicFile.read(folder.path + "/" + output) == before)
    }

    @Test(
        arguments: [
            ("data/*.csv", "data/new.csv"), ("data/**/*.csv", "data/deep/new.csv"), ("**/*.csv", "new.csv"),
            ("parts/*/x.csv", "elsewhere/x.csv"), ("data/[a-c]*.csv", "data/bnew.csv"),
        ])
    func `a new file that a source's pattern would read from then on is refused`(
        pattern: String, output: String
    ) throws {
        let folder = try shop()
        let manager = FileManager.default
        for name in ["data/deep", "parts", "elsewhere"] {
            try manager.createDirectory(atPath: folder.path + "/" + name, withIntermediateDirectories: true)
        }
        try manager.createSymbolicLink(atPath: folder.path + "/parts/one", withDestinationPath: "../elsewhere")
        try redefine("path: data/baskets.csv", as: "path: \"\(pattern)\"", in: folder)
        let outcome = try train(output, "--force", in: folder)
        #expect(outcome.status == 2 && outcome.error.contains("source baskets"), "\(pattern): \(outcome.error)")
        #expect(!manager.fileExists(atPath: folder.path + "/" + output))
    }

    @Test func `the manifest beside a set is held against what is read, and so are the files of a query`() throws {
        let folder = try shop()
        try redefine(
            "path: data/baskets.csv",
            as: "query: select * from read_csv('data/baskets.csv') union all select * from 'more/*.csv'", in: folder)
        try FileManager.default.createDirectory(atPath: folder.path + "/more", withIntermediateDirectories: true)
        for output in ["data/baskets.csv", "more/new.csv"] {
            let outcome = try train(output, "--force", in: folder)
            #expect(outcome.status == 2 && outcome.error.contains("query of source baskets"), "\(outcome.error)")
        }
        try redefine("path: data/outcomes.csv", as: "path: logs/*.json", in: folder)
        try FileManager.default.createDirectory(atPath: folder.path + "/logs", withIntermediateDirectories: true)
        let outcome = try train("logs/set.csv", in: folder)
        #expect(outcome.status == 2 && outcome.error.contains("set.csv.manifest.json"), "\(outcome.error)")
    }

    @Test func `a training set of ours is replaced, and a file of somebody else only by force`() throws {
        let folder = try shop()
        for output in ["set.csv", "set.parquet"] {
            #expect(try train(output, in: folder).status == 0)
            #expect(try train(output, in: folder).status == 0)
            try folder.write("1,2\n", to: "own-" + output)
            let refused = try train("own-" + output, in: folder)
            #expect(refused.status == 2 && refused.error.contains("--force"), "\(refused.error)")
            #expect(try folder.read("own-" + output) == "1,2\n")
            #expect(try train("own-" + output, "--force", in: folder).status == 0)
        }
        // A Parquet file tells what it is itself; beside a CSV file the manifest does.
        for name in ["set.csv", "set.parquet"] {
            try FileManager.default.removeItem(atPath: folder.path + "/\(name).manifest.json")
        }
        #expect(try train("set.parquet", in: folder).status == 0)
        #expect(try train("set.csv", in: folder).status == 2)
        try folder.write("{}", to: "other.csv.manifest.json")
        #expect(try train("other.csv", in: folder).status == 2)
        #expect(try train("data", in: folder).status == 2)
        #expect(try train("/dev/null", "--force", in: folder).status == 2)
    }

    @Test func `contracts and summaries are written to no file that is read`() throws {
        let folder = try shop()
        #expect(
            try Program.run(["contract", "import", "data/baskets.csv", "-o", "c.odcs.yaml"], in: folder).status == 0)
        for command in [
            ["contract", "import", "data/baskets.csv", "-o", "data/baskets.csv", "--force"],
            ["contract", "import", "spare.csv", "-o", "spare.csv", "--force"],
            ["contract", "export", "basket", "-o", "definitions/shop.yaml", "--force"],
            ["contract", "export", "basket", "-o", "definitions/new.yaml", "--force"],
            ["verify", "--contract", "c.odcs.yaml", "--data", "spare.csv", "--summary", "spare.csv"],
            ["verify", "--contract", "c.odcs.yaml", "--data", "spare.csv", "--summary", "c.odcs.yaml"],
            ["check", "--summary", "data/baskets.csv"], ["verify", "--summary", "tally.yaml"],
        ] {
            try folder.write("a,b\n1,2\n", to: "spare.csv")
            let outcome = try Program.run(command, in: folder)
            #expect(outcome.status == 2, "\(command): \(outcome.error)")
        }
        #expect(try folder.read("data/baskets.csv")?.hasPrefix("customer_id,") == true)
        let export = ["contract", "export", "basket", "-o", "basket.odcs.yaml"]
        #expect(try Program.run(export, in: folder).status == 0)
        #expect(try Program.run(export, in: folder).status == 2)
        #expect(try Program.run(export + ["--force"], in: folder).status == 0)
    }

    @Test(
        arguments: [
            ("s/,[1-4],/,9,/", "none of them has a key of the source"),
            ("s/,2026-01-0[12]/,2020-01-01/", "nothing of it was known yet"),
            ("s/,2026-01-0[12]/,2027-01-01/", "older than the time to live of 1d"),
            ("s/,2026-01-0.*$/,/", "no row of the spine has a time"),
        ])
    func `a view that has rows and gives none is unproven, and the first line says why`(
        change: String, reason: String
    ) throws {
        let folder = try shop()
        let sed = Process()
        sed.executableURL = URL(fileURLWithPath: "/bin/sed")
        sed.arguments = ["-i", change, folder.path + "/data/spine.csv"]
        try sed.run()
        sed.waitUntilExit()
        let outcome = try train("set.csv", in: folder)
        #expect(outcome.status == 3, "\(outcome.output)\(outcome.error)")
        let first = outcome.output.split(separator: "\n").first ?? ""
        #expect(first.hasPrefix("unproven: view basket: nothing was found") && first.contains(reason), "\(first)")
        #expect(FileManager.default.fileExists(atPath: folder.path + "/set.csv"))
        let manifest = try JSON(parsing: try #require(try folder.read("set.csv.manifest.json")))
        #expect(manifest["unproven"]?.arrayValue?.count == 1)
    }

    @Test func `labels that nobody finds, or that are all unripe, are unproven`() throws {
        let folder = try shop()
        let early = ["train", "purchase", "--spine", "data/spine.csv", "-o", "set.csv", "--as-of"]
        try folder.write(
            "visit_id,customer_id,event_timestamp\n101,1,2026-01-01T10:03:00Z\n", to: "data/spine.csv")
        let unripe = try Program.run(early + ["2026-01-01T10:30:00Z"], in: folder)
        #expect(unripe.status == 3 && unripe.output.hasPrefix("unproven: label bought: all of 1 row are left out"))
        try folder.write(
            "visit_id,customer_id,event_timestamp\n999,1,2026-01-01T10:03:00Z\n", to: "data/spine.csv")
        let missing = try Program.run(early + ["2026-01-02T10:30:00Z"], in: folder)
        #expect(missing.status == 3 && missing.output.hasPrefix("unproven: label bought: none was found"))
    }

    private func redefine(_ old: String, as new: String, in folder: TemporaryFolder) throws {
        let text = try #require(try folder.read("definitions/shop.yaml"))
        #expect(text.contains(old))
        try folder.write(text.replacing(old, with: new), to: "definitions/shop.yaml")
    }
}
