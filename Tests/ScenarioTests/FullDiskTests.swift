// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyTesting
import Testing

/// A disk without room: whoever only asks is answered, and whoever writes fails with its reason and leaves what was there.
@Suite struct FullDiskTests {
    /// Runs a command that cannot write a byte into any file, as on a full disk.
    private func run(_ arguments: [String], in folder: TemporaryFolder) throws -> Program.Outcome {
        try Program.run(
            ["-c", "trap '' XFSZ; ulimit -f 0; exec timeout -k 1 60 \"$@\"", "_", Program.location.path] + arguments,
            of: "/bin/bash", in: folder)
    }

    private func repository() throws -> TemporaryFolder {
        let folder = try TemporaryFolder("full")
        for command in [["init"], ["apply"], ["materialize"]] {
            let outcome = try Program.run(command, in: folder)
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        return folder
    }

    private static let asking = [
        ["check"], ["plan"], ["plan", "--locked"], ["status"], ["list"], ["show", "basket"], ["verify"],
        ["get", "purchase", "customer_id=1"], ["get", "purchase", "customer_id=1", "--at", "2020-01-01T00:00:00Z"],
        ["compare", "purchase"], ["doctor"],
    ]

    @Test func `who only asks is answered as before`() throws {
        let folder = try repository()
        for command in Self.asking {
            let (before, outcome) = (try Program.run(command, in: folder), try run(command, in: folder))
            // These tell what time it is.
            let isSame =
                ["status", "doctor"].contains(command[0]) || outcome.output == before.output
                || command[0] == "get" && outcome.output.contains("52.0") == before.output.contains("52.0")
            #expect(
                outcome.status == before.status && isSame,
                "\(command): \(outcome.status) \(outcome.output)\(outcome.error), not \(before.status) \(before.output)"
            )
        }
    }

    @Test func `who writes says so, and what was there stays`() throws {
        let folder = try repository()
        for command in [["apply"], ["materialize"], ["materialize", "--full"]] {
            let outcome = try run(command, in: folder)
            #expect(outcome.status == 4 && outcome.error.contains("E-unwritable"), "\(command): \(outcome.error)")
        }
        #expect(try Program.run(["get", "purchase", "customer_id=1"], in: folder).output.contains("52.0"))
        #expect(try Program.run(["materialize", "--full"], in: folder).status == 0)
        #expect(try Program.run(["doctor"], in: folder).status == 0)
    }
}
