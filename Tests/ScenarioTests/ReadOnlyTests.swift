// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyTesting
import Testing

/// A repository that may only be read can be asked: by another user, or where it is mounted.
@Suite struct ReadOnlyTests {
    private static let setpriv = "/usr/bin/setpriv"

    /// Whether a command can be run by somebody whom file modes stop: they do not stop root.
    private static let canBeStopped = getuid() != 0 || FileManager.default.isExecutableFile(atPath: setpriv)

    /// Runs a command as somebody who may not write.
    private func run(_ arguments: [String], in folder: TemporaryFolder) throws -> Program.Outcome {
        let process = Process()
        let isRoot = getuid() == 0
        process.executableURL = isRoot ? URL(fileURLWithPath: Self.setpriv) : Program.location
        process.arguments =
            (isRoot
                ? ["--reuid=65534", "--regid=65534", "--clear-groups", Program.location.path] : []) + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        let (output, error) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = error
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Program.Outcome(
            status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            error: String(decoding: complaint, as: UTF8.self))
    }

    private func setModes(_ folder: TemporaryFolder, file: Int, folder mode: Int) throws {
        let manager = FileManager.default
        let names = try manager.subpathsOfDirectory(atPath: folder.path)
        for path in [folder.path] + names.map({ folder.path + "/" + $0 }) {
            let type = try manager.attributesOfItem(atPath: path)[.type] as? FileAttributeType
            try manager.setAttributes([.posixPermissions: type == .typeDirectory ? mode : file], ofItemAtPath: path)
        }
    }

    @Test(.enabled(if: canBeStopped, "needs setpriv to become somebody whom file modes stop"))
    func `get, status, plan and check work in a repository that may only be read`() throws {
        let folder = try TemporaryFolder("read-only")
        for command in [["init"], ["apply"], ["materialize"]] {
            #expect(try Program.run(command, in: folder).status == 0)
        }
        try setModes(folder, file: 0o444, folder: 0o555)
        defer { try? setModes(folder, file: 0o644, folder: 0o755) }
        let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        for command in [
            ["check"], ["plan"], ["plan", "--locked"], ["status"], ["list"], ["show", "basket"],
            ["get", "purchase", "--key", "customer_id=1"],
            ["get", "purchase", "customer_id=1", "--at", "2020-01-01T00:00:00Z"],
        ] {
            let outcome = try run(command, in: folder)
            #expect(outcome.status == 0, "\(command): \(outcome.output)\(outcome.error)")
        }
        let got = try run(["get", "purchase", "--key", "customer_id=1"], in: folder)
        #expect(got.output.contains("52.0"), "\(got.output)")
        #expect(try run(["status"], in: folder).output.contains("materialize"))
        let refused = try run(["materialize"], in: folder)
        #expect(refused.status == 4 && refused.error.contains("E-unwritable"), "\(refused.error)")
        #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
    }

    @Test(.enabled(if: canBeStopped, "needs setpriv to become somebody whom file modes stop"))
    func `what a killed writer left beside a registry is read with it as far as it is whole`() throws {
        let folder = try TemporaryFolder("read-only")
        for command in [["init"], ["apply"]] { #expect(try Program.run(command, in: folder).status == 0) }
        try folder.write("no log that anybody wrote", to: ".tally/registry.db-wal")
        try setModes(folder, file: 0o444, folder: 0o555)
        defer { try? setModes(folder, file: 0o644, folder: 0o755) }
        let outcome = try run(["status"], in: folder)
        #expect(outcome.status == 0 && outcome.output.contains("generation 1"), "\(outcome.output)\(outcome.error)")
    }

    @Test func `the sample goes from init to what is served today`() throws {
        let folder = try TemporaryFolder("sample")
        try folder.write("node_modules/\n", to: ".gitignore")
        let start = try Program.run(["init"], in: folder)
        #expect(start.status == 0 && start.output.contains("kept ./.gitignore; see that it has .tally/"))
        #expect(try folder.read(".gitignore") == "node_modules/\n")
        let steps = try #require(try folder.read("README.md"))
        for command in ["check", "apply", "materialize", "compare purchase"] {
            #expect(steps.contains("tally \(command)"), "\(command)")
            let outcome = try Program.run(command.split(separator: " ").map(String.init), in: folder)
            #expect(outcome.status == 0, "\(command): \(outcome.output)\(outcome.error)")
        }
        for (customer, words) in [("1", "52.0"), ("2", "9.9"), ("3", "outsideMaxAge"), ("4", "notFound")] {
            let got = try Program.run(["get", "purchase", "--key", "customer_id=\(customer)"], in: folder)
            #expect(got.status == 0 && got.output.contains(words), "\(customer): \(got.output)\(got.error)")
        }
    }
}
