// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

/// `tally doctor`, and what other commands say of stored files that are damaged.
@Suite struct DoctorTests {
    let folder: TemporaryFolder

    init() throws {
        let repository = try OneViewRepository("doctor")
        folder = repository.folder
        try repository.define(source: "readings", at: "path: data/*.csv", features: "{name: level, type: float64}")
        let rows = (0..<2_000).map { "\($0),2024-01-05T10:00:00Z,\($0).5" }
        try folder.write("id,ts,level\n" + rows.joined(separator: "\n") + "\n", to: "data/a.csv")
        for command in ["apply", "materialize"] {
            let outcome = try Program.run([command], in: folder)
            try #require(outcome.status == 0, "\(outcome.error)")
        }
    }

    private var data: String { folder.path + "/.tally/online/data.mdb" }

    private func doctor() throws -> (status: Int32, states: [String: String]) {
        let outcome = try Program.run(["doctor", "--format", "json"], in: folder)
        let findings = try JSON(parsing: outcome.output)["findings"]?.arrayValue ?? []
        var states: [String: String] = [:]
        for finding in findings {
            states[finding["what"]?.stringValue ?? ""] = finding["state"]?.stringValue
            let isKept = finding["state"]?.stringValue == "kept"
            #expect(isKept || finding["advice"]?.stringValue?.isEmpty == false, "\(finding)")
        }
        return (outcome.status, states)
    }

    @Test func `a store in order is kept, view by view`() throws {
        let found = try doctor()
        #expect(found.status == 0)
        #expect(Set(found.states.values) == ["kept"])
        #expect(
            found.states.keys.sorted() == [
                "clock", "disk", "fills", "leftovers", "online store", "registry", "view gauge",
            ])
        let text = try Program.run(["doctor"], in: folder)
        #expect(text.output.contains("all 2000 keys of generation 1 are as they were written"))
    }

    @Test func `damaged pages end every command with what to do, and a full fill replaces the store`() throws {
        var bytes = try #require(try AtomicFile.read(data))
        bytes.removeLast(bytes.count / 4_096 / 2 * 4_096)
        try AtomicFile.write(bytes, to: data)
        for command in [
            ["get", "weather", "id=7"], ["status"], ["materialize"], ["materialize", "gauge", "--full"], ["gc"],
        ] {
            let outcome = try Program.run(command, in: folder)
            #expect(outcome.status == 4, "\(command): \(outcome.status)")
            #expect(outcome.error.contains("error[E-corrupt]") && outcome.error.contains("tally materialize --full"))
        }
        let found = try doctor()
        #expect(found.status == 1 && found.states["online store"] == "broken")
        let full = try Program.run(["materialize", "--full"], in: folder)
        #expect(full.status == 0, "\(full.error)")
        #expect(full.error.contains("data.mdb.damaged-"))
        #expect(try Program.run(["get", "weather", "id=7"], in: folder).output.contains("7.5"))
        #expect(try doctor().status == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/.tally/online")
        let kept = try #require(names.first { $0.hasPrefix("data.mdb.damaged-") })
        #expect(try AtomicFile.read(folder.path + "/.tally/online/" + kept) == bytes)
    }

    @Test func `an empty registry is no new one where something was applied`() throws {
        for name in ["registry.db", "registry.db-wal", "registry.db-shm"] {
            try? FileManager.default.removeItem(atPath: folder.path + "/.tally/" + name)
        }
        let gone = try doctor()
        #expect(gone.status == 1 && gone.states["registry"] == "broken")
        try folder.write("", to: ".tally/registry.db")
        for command in ["status", "apply", "plan", "materialize"] {
            let outcome = try Program.run([command], in: folder)
            #expect(outcome.status == 4 && outcome.error.contains("E-corrupt"), "\(command): \(outcome.error)")
        }
        let empty = try doctor()
        #expect(empty.status == 1 && empty.states["registry"] == "broken")
    }

    @Test func `a damaged page of the registry is told`() throws {
        let path = folder.path + "/.tally/registry.db"
        var bytes = try #require(try AtomicFile.read(path))
        for place in stride(from: 4_096 + 8, to: bytes.count, by: 4_096) { bytes[place] ^= 0xFF }
        try AtomicFile.write(bytes, to: path)
        let found = try doctor()
        #expect(found.status == 1 && found.states["registry"] == "broken")
    }

    @Test func `a store of yesterday is told, whatever its pages and cells say`() throws {
        let online = folder.path + "/.tally/online/"
        var before: [String: [UInt8]] = [:]
        for name in ["data.mdb", "data.checked"] { before[name] = try AtomicFile.read(online + name) }
        try folder.write("id,ts,level\n7,2024-01-06T10:00:00Z,70.5\n", to: "data/b.csv")
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        #expect(try doctor().status == 0)
        for (name, bytes) in before { try AtomicFile.write(bytes, to: online + name) }
        let found = try doctor()
        #expect(found.status == 1 && found.states["fill of gauge"] == "broken", "\(found.states)")
        #expect(found.states["view gauge"] == "kept" && found.states["online store"] == "kept")
        #expect(try Program.run(["materialize", "gauge", "--full"], in: folder).status == 0)
        #expect(try doctor().status == 0)
        try FileManager.default.removeItem(atPath: online)
        let gone = try doctor()
        #expect(gone.status == 3 && gone.states["fill of gauge"] == "unproven", "\(gone.states)")
    }

    @Test func `a clock that stops fills is told, and so is a file that does not say`() throws {
        let path = ".tally/clock.json"
        let text = try #require(try folder.read(path))
        let year = try #require(text.firstMatch(of: #/"wall":"(\d{4})/#)).1
        for other in [text.replacing("\"wall\":\"\(year)", with: "\"wall\":\"2199"), "", "{}", String(text.prefix(20))]
        {
            try folder.write(other, to: path)
            let found = try doctor()
            #expect(found.status == 1 && found.states["clock"] == "broken", "\(other): \(found.states)")
            let filled = try Program.run(["materialize"], in: folder)
            #expect(filled.status == 4 && filled.error.contains("--accept-clock"), "\(other): \(filled.error)")
        }
        #expect(try Program.run(["get", "weather", "id=7"], in: folder).status == 0)
        #expect(try Program.run(["materialize", "--accept-clock"], in: folder).status == 0)
        #expect(try doctor().status == 0)
    }

    @Test func `what killed runs left is told`() throws {
        try folder.write("x", to: "train.parquet.partial-999999999-1")
        let outcome = try Program.run(["doctor"], in: folder)
        #expect(outcome.status == 0 && outcome.output.contains("train.parquet.partial-999999999-1"))
    }
}
