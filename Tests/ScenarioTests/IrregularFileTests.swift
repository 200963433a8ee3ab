// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

/// Pipes, sockets, devices and links that lead back up: refused by name, and never waited for.
@Suite struct IrregularFileTests {
    private func repository() throws -> TemporaryFolder {
        let folder = try TemporaryFolder("irregular")
        for command in [["init"], ["apply"], ["materialize"]] {
            #expect(try Program.run(command, in: folder).status == 0)
        }
        return folder
    }

    /// What may stand where a file is expected.
    enum Stranger: CaseIterable {
        case pipe
        case device
        case socket

        func make(_ path: String, in folder: TemporaryFolder) throws {
            FileName.remove(path)
            try FileName.makeFolder(FileName.folder(of: path))
            let (program, words): (String, [String]) =
                switch self {
                case .pipe: ("mkfifo", [path])
                case .device: ("ln", ["-s", "/dev/zero", path])
                case .socket:
                    ("python3", ["-c", "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])", path])
                }
            let outcome = try Program.run([program] + words, of: "/usr/bin/env", in: folder)
            try #require(outcome.status == 0, "\(outcome.error)")
        }
    }

    @Test(arguments: Stranger.allCases)
    func `in the place of definitions, contracts and the lockfile they are diagnostics and errors`(
        stranger: Stranger
    ) throws {
        let folder = try repository()
        // A contract that lies elsewhere, behind a link, is none of this repository.
        let contracts = stranger == .device ? [] : ["contracts/more.odcs.yaml"]
        for path in ["definitions/more.yaml", "tally.yaml"] + contracts {
            let before = try folder.read(path)
            try stranger.make(folder.path + "/" + path, in: folder)
            let outcome = try Program.run(["check"], in: folder, seconds: 20)
            #expect(outcome.status == 4, "\(path): \(outcome.status) \(outcome.output)\(outcome.error)")
            #expect(outcome.output.contains(path) && outcome.output.contains("a pipe, a socket or a device"))
            FileName.remove(folder.path + "/" + path)
            if let before { try folder.write(before, to: path) }
        }
        try stranger.make(folder.path + "/tally.lock", in: folder)
        let locked = try Program.run(["plan", "--locked"], in: folder, seconds: 20)
        #expect(locked.status == 4 && locked.error.contains("tally.lock"), "\(locked.status) \(locked.error)")
    }

    @Test(arguments: Stranger.allCases)
    func `in the place of data they are no files, or errors`(stranger: Stranger) throws {
        let folder = try repository()
        try stranger.make(folder.path + "/given.csv", in: folder)
        for command in [
            ["train", "purchase", "--spine", "given.csv", "-o", "out.csv"],
            ["contract", "import", "given.csv"], ["contract", "lint", "given.csv"], ["diff", "given.csv", "given.csv"],
            ["verify", "--contract", "given.csv", "--data", "given.csv"],
        ] {
            let outcome = try Program.run(command, in: folder, seconds: 20)
            #expect([1, 2, 4].contains(outcome.status), "\(command): \(outcome.status) \(outcome.error)")
        }
        try stranger.make(folder.path + "/data/baskets.csv", in: folder)
        for command in [["check"], ["plan"], ["materialize"], ["get", "purchase", "customer_id=1"]] {
            let outcome = try Program.run(command, in: folder, seconds: 20)
            #expect(outcome.status != 124 && outcome.status < 128, "\(command): \(outcome.status)")
        }
    }

    @Test(arguments: Stranger.allCases)
    func `in the place of what is stored they are errors`(stranger: Stranger) throws {
        for path in [".tally/registry.db", ".tally/online/data.mdb", ".tally/clock.json", ".tally/described.json"] {
            let folder = try repository()
            try stranger.make(folder.path + "/" + path, in: folder)
            for command in [["status"], ["get", "purchase", "customer_id=1"], ["doctor"]] {
                let outcome = try Program.run(command, in: folder, seconds: 30)
                #expect(outcome.status != 124 && outcome.status < 128, "\(path) \(command): \(outcome.status)")
            }
        }
    }

    @Test func `links that lead back up are followed once`() throws {
        let folder = try repository()
        for place in ["definitions", "contracts", "data"] {
            try FileName.makeFolder(folder.path + "/" + place)
            for name in ["again", "once-more", "up"] {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(folder.path)/\(place)/\(name)", withDestinationPath: name == "up" ? ".." : ".")
            }
        }
        let checked = try Program.run(["check"], in: folder, seconds: 20)
        #expect(checked.status == 0, "\(checked.status) \(checked.output)\(checked.error)")
        let linted = try Program.run(["contract", "lint", "contracts"], in: folder, seconds: 20)
        #expect(linted.status == 2, "\(linted.status) \(linted.error)")
        let doctor = try Program.run(["doctor"], in: folder, seconds: 20)
        #expect([0, 3].contains(doctor.status), "\(doctor.status) \(doctor.output)\(doctor.error)")
    }

    @Test func `a file of definitions of a terabyte is refused by its size`() throws {
        let folder = try repository()
        let path = try folder.write("", to: "definitions/huge.yaml")
        let made = try Program.run(["truncate", "-s", "1T", path], of: "/usr/bin/env", in: folder)
        try #require(made.status == 0, "\(made.error)")
        let outcome = try Program.run(["check"], in: folder, seconds: 20)
        #expect(outcome.status == 4 && outcome.output.contains("bytes"), "\(outcome.status) \(outcome.output)")
    }
}
