// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

/// The program as a person or a script runs it: text, exit status, and what is on the disk afterwards.
@Suite struct CommandLineTests {
    @Test func `a new repository goes from init to a training set`() throws {
        let folder = try TemporaryFolder("command")
        #expect(try Program.run(["init"], in: folder).status == 0)
        #expect(try Program.run(["check"], in: folder).output.hasSuffix("checked: all kept\n"))
        let applied = try Program.run(["apply"], in: folder)
        #expect(applied.output.hasSuffix("applied as generation 1\nwrote tally.lock\n"))
        #expect(try Program.run(["apply"], in: folder).output == "nothing to do: 5 definitions are applied\n")
        #expect(try Program.run(["plan", "--locked"], in: folder).status == 0)
        let trained = try Program.run(
            ["train", "purchase", "--spine", "data/spine.csv", "-o", "train.csv", "--as-of", "2026-01-02T10:00:00Z"],
            in: folder)
        #expect(trained.status == 0, "\(trained.error)")
        #expect(
            trained.output.contains(
                """
                train.csv: 5 rows of 6 in the spine

                view    found  not found  too old  ties
                basket      4          1        1     0

                label: 4 ripe, 1 unripe (1 rows left out), 1 without one
                """), "\(trained.output)")
        let rows = String(decoding: try AtomicFile.read(folder.path + "/train.csv") ?? [], as: UTF8.self)
        #expect(
            rows == """
                visit_id,customer_id,event_timestamp,items,total,mean_price,bought
                101,1,2026-01-01T10:03:00Z,1,12.5,12.5,false
                102,1,2026-01-01T10:05:00Z,2,30.0,15.0,true
                104,2,2026-01-02T09:30:00Z,3,45.0,15.0,
                105,3,2026-01-01T09:00:00Z,,,,false
                106,4,2026-01-01T09:00:00Z,,,,true

                """)
    }

    @Test func `a contract file that is not there is no broken contract`() throws {
        let folder = try TemporaryFolder("command")
        for arguments in [
            ["contract", "lint", "none.odcs.yaml"], ["contract", "lint", "none.odcs.yaml", "--fail-on", "never"],
            ["contract", "diff", "none.odcs.yaml", "none.odcs.yaml"],
        ] {
            let outcome = try Program.run(arguments, in: folder)
            #expect(
                outcome.status == 2 && outcome.error.contains("none.odcs.yaml: there is no such file"),
                "\(outcome.error)")
        }
    }

    @Test func `a changed definition fails the lock, shows its line, and has to be applied before training`() throws {
        let folder = try TemporaryFolder("command")
        for command in [["init"], ["apply"]] { #expect(try Program.run(command, in: folder).status == 0) }
        let file = folder.path + "/definitions/shop.yaml"
        let text = String(decoding: try AtomicFile.read(file) ?? [], as: UTF8.self)
        try AtomicFile.write(Array(text.replacing("timeToLive: 1d", with: "timeToLive: 2d").utf8), to: file)
        let plan = try Program.run(["plan"], in: folder)
        #expect(plan.output.contains("timeToLive: 1d -> 2d"), "\(plan.output)")
        #expect(plan.output.contains("definitions/shop.yaml:28"), "\(plan.output)")
        #expect(plan.output.contains("used by: service purchase"))
        let locked = try Program.run(["plan", "--locked"], in: folder)
        #expect(locked.status == 1 && locked.error.contains("error[E-locked]"))
        let train = try Program.run(["train", "purchase", "--spine", "data/spine.csv", "-o", "x.csv"], in: folder)
        #expect(train.status == 4 && train.error.contains("error[E-conflict]"), "\(train.error)")
        let before = try AtomicFile.read(folder.path + "/tally.lock")
        #expect(try Program.run(["apply", "--dry-run"], in: folder).status == 0)
        #expect(try AtomicFile.read(folder.path + "/tally.lock") == before)
    }

    @Test func `status tells what the last fills did, and what they warned about`() throws {
        let folder = try TemporaryFolder("command")
        for command in [["init"], ["apply"], ["materialize"]] {
            #expect(try Program.run(command, in: folder).status == 0)
        }
        let first = try Program.run(["status"], in: folder).output
        #expect(first.contains("full: 7 read, 3 written, 4 older"), "\(first)")
        let file = folder.path + "/data/baskets.csv"
        let text = String(decoding: try AtomicFile.read(file) ?? [], as: UTF8.self)
        try AtomicFile.write(Array(text.replacing("1,8.0", with: "1,9.0").utf8), to: file)
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        let second = try Program.run(["status"], in: folder).output
        #expect(second.contains("incremental: 7 read, "), "\(second)")
        #expect(second.contains("warning: source baskets: 0 files are gone and 1 changed"), "\(second)")
        #expect(try Program.run(["materialize", "--full"], in: folder).status == 0)
        #expect(try !Program.run(["status"], in: folder).output.contains("files are gone"))
    }

    /// SEMANTICS 11.1.
    @Test func `exit statuses tell broken, misuse and unproven apart`() throws {
        let folder = try TemporaryFolder("command")
        #expect(try Program.run(["check"], in: folder).status == 2)
        #expect(try Program.run(["init"], in: folder).status == 0)
        #expect(try Program.run(["init"], in: folder).status == 2)
        #expect(try Program.run(["--no-such-option"], in: folder).status == 2)
        #expect(try Program.run(["show", "baskte"], in: folder).error.contains("did you mean 'basket'?"))
        #expect(try Program.run(["-C", folder.path, "list"], in: folder).status == 0)
        let nowhere = try Program.run(
            ["train", "purchase", "--spine", "data/spine.csv", "-o", "no/such/x.csv"], in: folder)
        #expect(nowhere.status == 4, "\(nowhere.error)")
        #expect(try Program.run(["--version"], in: folder).output == TallyVersion.current + "\n")
        try FileManager.default.removeItem(atPath: folder.path + "/data/baskets.csv")
        let unproven = try Program.run(["check"], in: folder)
        #expect(unproven.status == 3, "\(unproven.output)")
        try AtomicFile.write(Array("kind: Entity\nnmae: x\n".utf8), to: folder.path + "/definitions/more.yaml")
        let broken = try Program.run(["check", "--format", "json"], in: folder)
        #expect(broken.status == 1)
        #expect(try JSON(parsing: broken.output)["diagnostics"]?.arrayValue?.isEmpty == false)
    }

    @Test func `an interrupt ends with 130 and leaves no partial file`() throws {
        let folder = try TemporaryFolder("command")
        for command in [["init"], ["apply"]] { #expect(try Program.run(command, in: folder).status == 0) }
        var spine = "visit_id,customer_id,event_timestamp\n"
        for row in 0..<200_000 { spine += "\(row),\(row % 5),2026-01-01T10:03:00Z\n" }
        try AtomicFile.write(Array(spine.utf8), to: folder.path + "/spine.csv")
        let process = try Program.start(
            ["train", "purchase", "--spine", "spine.csv", "-o", "out.parquet", "--memory", "256MB"], in: folder)
        // The file being written is the sign that the work is under way.
        while process.isRunning, try partialFiles(in: folder).isEmpty { usleep(1_000) }
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        #expect(try partialFiles(in: folder).isEmpty)
    }

    private func partialFiles(in folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("out.parquet") }
    }
}
