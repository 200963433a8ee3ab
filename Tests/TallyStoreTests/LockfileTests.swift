// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyStore
import TallyTesting
import Testing

@Suite struct LockfileTests {
    private func graph(_ change: (inout FlightDefinitions) -> Void = { _ in }) throws -> FingerprintGraph {
        try FingerprintGraph.build(from: FlightDefinitions.changed(change))
    }

    @Test func `its text is stable`() throws {
        try GoldenText.check(try graph().lockfile.rendered, in: GoldenText.path("tally.lock"))
    }

    @Test func `it reads back as what it was`() throws {
        let lockfile = try graph().lockfile
        #expect(try Lockfile.parse(lockfile.rendered) == lockfile)
        let empty = Lockfile(project: "p", services: [])
        #expect(try Lockfile.parse(empty.rendered) == empty)
    }

    @Test func `equal lockfiles have no differences`() throws {
        let lockfile = try graph().lockfile
        #expect(Lockfile.differences(locked: lockfile, wanted: lockfile).isEmpty)
    }

    @Test func `every difference is named, with the fingerprint that moved`() throws {
        let locked = try graph().lockfile
        let wanted = try graph {
            $0.timeToLive = nil
            $0.onDemand = [Feature(name: "tailwind", type: .float64, expression: "wind_speed * 2")]
        }.lockfile
        #expect(
            Lockfile.differences(locked: locked, wanted: wanted).map(\.description) == [
                "service arrival_delay: expression headwind is locked but not defined",
                "service arrival_delay: expression tailwind is not in the lockfile",
                "service arrival_delay: view origin_weather has another value fingerprint",
            ])
        let none = Lockfile(project: "p", semantics: 0, services: [])
        #expect(
            Lockfile.differences(locked: none, wanted: locked).map(\.description) == [
                "project is 'flights', locked is 'p'", "semantics version is '1', locked is '0'",
                "service arrival_delay is not in the lockfile",
            ])
        #expect(
            Lockfile.differences(locked: locked, wanted: Lockfile(project: "flights", services: []))
                .map(\.description) == ["service arrival_delay is locked but not defined"])
        let reordered = try graph {
            $0.selection = ["wind_dir", "wind_speed", "low_visibility"].map { .init(feature: $0) }
        }.lockfile
        #expect(
            Lockfile.differences(locked: locked, wanted: reordered).map(\.description) == [
                "service arrival_delay is composed differently"
            ])
    }

    @Test(
        arguments: [
            ("", "E-corrupt"), ("<<<<<<< HEAD\n", "E-corrupt"), ("{}", "E-corrupt"),
            ("{\"format\": 2}", "E-unreadable"),
            ("{\"format\": 1}", "E-corrupt"),
            ("{\"format\": 1, \"project\": \"p\", \"semantics\": 1, \"services\": {\"s\": {}}}", "E-corrupt"),
            ("{\"format\": 1, \"project\": \"p\", \"semantics\": 1, \"services\": []}", "E-corrupt"),
        ])
    func `text that is no lockfile is refused`(text: String, code: String) {
        do throws(TallyError) {
            _ = try Lockfile.parse(text)
            Issue.record("'\(text)' was read as a lockfile")
        } catch {
            #expect(error.code.name == code)
            #expect(error.help?.contains("apply") == true)
        }
    }

    @Test func `a missing or different file is locked, a damaged one is corrupt`() throws {
        let folder = try TemporaryFolder("lock")
        let path = folder.path + "/tally.lock"
        #expect(code(path, try graph()) == .locked)
        try folder.write(try graph().lockfile.rendered, to: "tally.lock")
        #expect(code(path, try graph()) == nil)
        #expect(code(path, try graph { $0.timeToLive = nil }) == .locked)
        try folder.write("<<<<<<<", to: "tally.lock")
        #expect(code(path, try graph()) == .corrupt)
        try AtomicFile.write([0xFF, 0xFE], to: path)
        #expect(code(path, try graph()) == .corrupt)
    }

    private func code(_ path: String, _ graph: FingerprintGraph) -> TallyError.Code? {
        do throws(TallyError) {
            try LockCheck.verify(path: path, wanted: graph)
            return nil
        } catch {
            return error.code
        }
    }
}
