// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

/// What killed runs leave beside their outputs goes with the next run, and nothing else does.
@Suite(.serialized) struct LeftoverTests {
    /// The number of a process that is gone.
    private func goneProcess() throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/true")
        try process.run()
        process.waitUntilExit()
        return process.processIdentifier
    }

    private func names(_ folder: TemporaryFolder) -> [String] {
        folder.names.filter { $0.hasPrefix("train.parquet.partial-") }
    }

    @Test func `a killed training run leaves a file, which the next one removes`() throws {
        let folder = try TemporaryFolder("killed")
        for command in [["init"], ["apply"]] { #expect(try Program.run(command, in: folder).status == 0) }
        let head = try #require(try folder.read("data/spine.csv")?.split(separator: "\n").prefix(2).map(String.init))
        let spine = [head[0]] + [String](repeating: head[1], count: 600_000)
        try folder.write(spine.joined(separator: "\n") + "\n", to: "data/long.csv")
        let train = ["train", "purchase", "--spine", "data/long.csv", "-o", "train.parquet"]
        let process = try Program.start(train, in: folder)
        var left: [String] = []
        while process.isRunning, left.isEmpty {
            usleep(2_000)
            left = names(folder)
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        left = names(folder)
        #expect(left.count == 1 && left[0].hasPrefix("train.parquet.partial-"), "\(left)")
        // Another output's run leaves it alone.
        let other = try Program.run(
            ["train", "purchase", "--spine", "data/spine.csv", "-o", "other.parquet"], in: folder)
        #expect(other.status == 0, "\(other.output)\(other.error)")
        #expect(names(folder) == left)
        let again = try Program.run(
            ["train", "purchase", "--spine", "data/spine.csv", "-o", "train.parquet"], in: folder)
        #expect(again.status == 0, "\(again.output)\(again.error)")
        #expect(names(folder).isEmpty)
    }

    @Test func `only what bears a writer's name goes, and only when the writer is gone`() throws {
        let folder = try TemporaryFolder("leftover")
        for command in [["init"], ["apply"]] { #expect(try Program.run(command, in: folder).status == 0) }
        let gone = try goneProcess()
        let ours = [
            "train.csv.partial-\(gone)-1", "train.csv.manifest.json.partial-\(gone)-2",
            ".tally/clock.json.partial-\(gone)-3", ".tally/online/data.checked.partial-\(gone)-4",
            ".tally/quarantine/t/verdicts/x.json.partial-\(gone)-5", ".tally/scratch/scratch-\(gone)-6",
        ]
        let others = [
            "train.csv.partial-\(getpid())-1", "train.csv.partial-\(gone)", "train.csv.partial-\(gone)-1-2",
            "train.csv.partial-\(gone)-x", "train.csv.partial-notes", "trainer.csv.partial-\(gone)-1",
            "data/train.csv.partial-\(gone)-1", "train.csv.bak",
        ]
        for name in ours + others { try folder.write("x", to: name) }
        let held = "train.csv.partial-\(gone)-9"
        try folder.write("x", to: held)
        let lock = try #require(try FileLock.trying(folder.path + "/" + held))
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/train.csv.partial-\(gone)-8", withDestinationPath: "data/spine.csv")
        let outcome = try Program.run(
            ["train", "purchase", "--spine", "data/spine.csv", "-o", "train.csv", "--as-of", "2026-01-02T10:00:00Z"],
            in: folder)
        #expect([0, 3].contains(outcome.status), "\(outcome.output)\(outcome.error)")
        withExtendedLifetime(lock) {}
        for name in ours { #expect(!FileName.exists(folder.path + "/" + name), "\(name)") }
        for name in others + [held, "train.csv.partial-\(gone)-8", "data/spine.csv"] {
            #expect(FileName.exists(folder.path + "/" + name), "\(name)")
        }
    }
}
