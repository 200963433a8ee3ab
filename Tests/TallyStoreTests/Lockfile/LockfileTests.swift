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

    /// The text of a lockfile that says nothing, but for some members.
    static func empty(_ services: String, definitions: String = "{}") -> String {
        "{\"format\": 2, \"project\": \"p\", \"semantics\": 1, \"contracts\": {}, "
            + "\"definitions\": \(definitions), \(services)}"
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
        let none = Lockfile(project: "p", semantics: 0, services: [], definitions: locked.definitions)
        #expect(
            Lockfile.differences(locked: none, wanted: locked).map(\.description) == [
                "project is 'flights', locked is 'p'", "semantics version is '1', locked is '0'",
                "service arrival_delay is not in the lockfile",
            ])
        #expect(
            Lockfile.differences(
                locked: locked, wanted: Lockfile(project: "flights", services: [], definitions: locked.definitions)
            ).map(\.description) == ["service arrival_delay is locked but not defined"])
        let reordered = try graph {
            $0.selection = ["wind_dir", "wind_speed", "low_visibility"].map { .init(feature: $0) }
        }.lockfile
        #expect(
            Lockfile.differences(locked: locked, wanted: reordered).map(\.description) == [
                "service arrival_delay is composed differently"
            ])
    }

    @Test func `a definition that no service uses, an owner and a contract are locked too`() throws {
        let locked = try graph().lockfile
        let entity = try #require(locked.definitions.first)
        let others = locked.definitions.dropFirst().map { $0 }
        let contract = Lockfile.Contract(source: "weather", version: "1.0.0", fingerprint: entity.fingerprint)
        func differences(_ wanted: Lockfile, from locked: Lockfile) -> [String] {
            Lockfile.differences(locked: locked, wanted: wanted).map(\.description)
        }
        func file(_ definitions: [Lockfile.Definition], _ contracts: [Lockfile.Contract] = []) -> Lockfile {
            Lockfile(
                project: locked.project, services: locked.services, contracts: contracts, definitions: definitions)
        }
        #expect(differences(file(others), from: locked) == ["\(entity.id) is locked but not defined"])
        #expect(differences(locked, from: file(others)) == ["\(entity.id) is not in the lockfile"])
        let rewritten = Lockfile.Definition(id: entity.id, fingerprint: Fingerprint(of: "x".utf8))
        #expect(differences(file([rewritten] + others), from: locked) == ["\(entity.id) is declared differently"])
        let all = locked.definitions
        #expect(
            differences(file(all, [contract]), from: locked) == ["source weather: contract is not in the lockfile"])
        let newer = Lockfile.Contract(source: "weather", version: "1.1.0", fingerprint: contract.fingerprint)
        #expect(
            differences(file(all, [newer]), from: file(all, [contract])) == [
                "source weather: contract is '1.1.0', locked is '1.0.0'"
            ])
        let other = Lockfile.Contract(source: "weather", version: "1.0.0", fingerprint: rewritten.fingerprint)
        #expect(
            differences(file(all, [other]), from: file(all, [contract])) == [
                "source weather: contract is declared differently"
            ])
        #expect(try Lockfile.parse(file(all, [contract]).rendered) == file(all, [contract]))
    }

    @Test(
        arguments: [
            ("", "E-corrupt"), ("<<<<<<< HEAD\n", "E-corrupt"), ("{}", "E-corrupt"),
            ("{\"format\": 1}", "E-unreadable"),
            ("{\"format\": 2}", "E-corrupt"),
            ("{\"format\": 2, \"project\": \"p\", \"semantics\": 1, \"services\": {}}", "E-corrupt"),
            (LockfileTests.empty("\"services\": {\"s\": {}}"), "E-corrupt"),
            (LockfileTests.empty("\"services\": []"), "E-corrupt"),
            (LockfileTests.empty("\"services\": {}", definitions: "{\"planet mars\": \"00\"}"), "E-corrupt"),
        ])
    func `text that is no lockfile is refused`(text: String, code: String) {
        do throws(TallyError) {
            _ = try Lockfile.parse(text)
            Issue.record("'\(text)' was read as a lockfile")
        } catch {
            #expect(error.code.name == code)
            #expect(error.help?.description.contains("apply") == true)
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
