// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

/// A registry that another process keeps for itself, for as long as it likes.
@Suite(.serialized) struct HeldRegistryTests {
    /// A program that does something to the registry, says so, and goes on until this value goes.
    private final class Holder {
        private let process = Process()
        private let input = Pipe()

        init(_ script: String, _ path: String) throws {
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", "-c", script + "\nprint('held', flush=True)\nsys.stdin.read()\n", path]
            let output = Pipe()
            (process.standardInput, process.standardOutput) = (input, output)
            try process.run()
            let told = output.fileHandleForReading.availableData
            try #require(String(decoding: told, as: UTF8.self).hasPrefix("held"))
        }

        var number: Int32 { process.processIdentifier }

        deinit {
            // Not by closing its input, whose other end programs may hold that were started meanwhile, and not by a signal
            // that threads of tests block and programs inherit blocked.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    /// A lock on every byte of a file, as a program takes it that lets nobody else in.
    private func hold(_ folder: TemporaryFolder) throws -> Holder {
        try Holder(
            """
            import fcntl, sys
            file = open(sys.argv[1], "r+b")
            fcntl.lockf(file, fcntl.LOCK_EX)
            """, folder.path + "/.tally/registry.db")
    }

    private func repository() throws -> TemporaryFolder {
        let folder = try TemporaryFolder("held")
        for command in [["init"], ["apply"], ["materialize"]] {
            let outcome = try Program.run(command, in: folder)
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        return folder
    }

    @Test func `who only asks is answered`() throws {
        let folder = try repository()
        let holder = try hold(folder)
        defer { withExtendedLifetime(holder) {} }
        let began = ContinuousClock.now
        for command in [
            ["plan"], ["status"], ["get", "purchase", "customer_id=1"],
            ["get", "purchase", "customer_id=1", "--at", "2020-01-01T00:00:00Z"], ["show", "basket"],
        ] {
            let outcome = try Program.run(command, in: folder, seconds: 30)
            #expect(outcome.status == 0, "\(command): \(outcome.status) \(outcome.output)\(outcome.error)")
        }
        #expect(ContinuousClock.now - began < .seconds(60))
    }

    @Test func `a server starts, and what was set aside is listed`() throws {
        let folder = try repository()
        let holder = try hold(folder)
        defer { withExtendedLifetime(holder) {} }
        let listed = try Program.run(["quarantine", "list"], in: folder, seconds: 30)
        #expect(listed.status == 0 && listed.output.contains("nothing was set aside"), "\(listed.error)")
        // It goes on until it is stopped.
        let served = try Program.run(["serve", "--port", "0", "--drain", "0s"], in: folder, seconds: 10)
        #expect(served.output.contains("listening on http://127.0.0.1:"), "\(served.status) \(served.error)")
        #expect(!served.error.contains("E-conflict"), "\(served.error)")
    }

    @Test func `who writes waits a few seconds, and then names the file and who holds it`() throws {
        let folder = try repository()
        let holder = try hold(folder)
        defer { withExtendedLifetime(holder) {} }
        for command in [["apply"], ["materialize"]] {
            let outcome = try Program.run(command, in: folder, seconds: 30)
            #expect(outcome.status == 4 && outcome.error.contains("E-busy"), "\(outcome.status) \(outcome.error)")
            #expect(outcome.error.contains("registry.db") && outcome.error.contains("5 seconds"), "\(outcome.error)")
            #expect(outcome.error.contains("(process \(holder.number))"), "\(outcome.error)")
        }
    }

    @Test func `what a killed writer committed and had not moved yet is read, too`() throws {
        let folder = try repository()
        let path = folder.path + "/.tally/registry.db"
        var writer: Holder? = try Holder(
            """
            import hashlib, sqlite3, struct, sys
            db = sqlite3.connect(sys.argv[1])
            db.execute("pragma wal_autocheckpoint = 0")
            row = ("scrub", "kept in the log", 0, 0, "0" * 64, "{}")
            # The seal as docs/formats.md has it; a run without a detail has seven columns of it that are null.
            def part(value):
                tag, data = ((0, b"") if value is None else (3, value.encode()) if isinstance(value, str)
                             else (1, struct.pack("<q", value)))
                return bytes([tag]) + struct.pack("<q", len(data)) + data
            seal = hashlib.sha256(b"".join(map(part, ("run", *row, *[None] * 7)))).hexdigest()
            db.execute("insert into run (command, subject, started_at, duration, identity, summary, seal) values "
                       "(?, ?, ?, ?, ?, ?, ?)", (*row, seal))
            db.commit()
            """, path)
        withExtendedLifetime(writer) {}
        writer = nil
        #expect(FileName.hasBytes(path + "-wal"))
        let holder = try hold(folder)
        defer { withExtendedLifetime(holder) {} }
        let outcome = try Program.run(["status"], in: folder, seconds: 30)
        #expect(outcome.status == 0 && outcome.output.contains("kept in the log"), "\(outcome.output)\(outcome.error)")
    }
}
