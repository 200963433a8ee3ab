// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import HTTPTypes
import ServiceLifecycle
import Synchronization
import TallyModel
import TallyTesting
import Testing

@testable import TallyServer

@Suite struct MaterializeRouteTests {
    @Test func `materialize fills, promotes, and is visible at once`() async throws {
        let fixture = try await ServerFixture()
        let before = try await fixture.post("/v1/vectors", #"{"service":"waiting","entities":{"tail":[1]}}"#)
        #expect(before.status == 503)
        let answer = try await fixture.post(
            "/materialize",
            #"{"start_ts":"2012-01-01T00:00:00","end_ts":"2013-01-01T12:00:00","feature_views":["untouched"],"version":null}"#
        )
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.text == "null")
        let after = try await fixture.post("/v1/vectors", #"{"service":"waiting","entities":{"tail":[1]}}"#)
        #expect(after.json["columns"]?.arrayValue?.first?["values"] == .array([.int(180)]))
    }

    @Test func `without names every view is filled`() async throws {
        let fixture = try await ServerFixture(isFilled: false)
        let answer = try await fixture.post("/materialize-incremental", #"{"end_ts":"2013-01-01T12:00:00Z"}"#)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try fixture.store.generations().map(\.view).sorted() == ["origin_weather", "planes", "untouched"])
    }

    @Test func `in the background it is accepted, and done before the server stops`() async throws {
        let fixture = try await ServerFixture(isFilled: false)
        let answer = try await fixture.post("/materialize?async=true", #"{"feature_views":["planes"]}"#)
        #expect(answer.status == 202)
        #expect(answer.text == #"{"status":"accepted","feature_views":["planes"]}"#)
        let group = ServiceGroup(services: [fixture.server.front.desk], logger: fixture.server.front.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(try fixture.store.generations().map(\.view) == ["planes"])
    }

    @Test func `a second run of the same view is 409 and names it`() async throws {
        let gate = Gate()
        let fixture = try await ServerFixture(isFilled: false) { WaitingEngine($0, gate: gate) }
        try await withThrowingTaskGroup(of: Answer.self) { tasks in
            tasks.addTask { try await fixture.post("/materialize", #"{"feature_views":["planes"]}"#) }
            await gate.waitForVisitor()
            let second = try await fixture.post("/materialize", #"{"feature_views":["planes","untouched"]}"#)
            #expect(second.status == 409)
            #expect(second.json["feature_views"] == .array([.string("planes")]))
            #expect(second.json["error"]?.stringValue?.isEmpty == false)
            gate.open()
            for try await first in tasks { #expect(first.status == 200) }
        }
        let third = try await fixture.post("/materialize", #"{"feature_views":["planes"]}"#)
        #expect(third.status == 200)
    }

    @Test func `fills that clients wait for take turns, and too many are 429`() async throws {
        let gate = Gate()
        var settings = ServerSettings()
        (settings.mostSourceReadsAtOnce, settings.mostSourceReadsWaiting) = (1, 0)
        let fixture = try await ServerFixture(settings: settings, isFilled: false) { WaitingEngine($0, gate: gate) }
        try await withThrowingTaskGroup(of: Answer.self) { tasks in
            tasks.addTask { try await fixture.post("/materialize", #"{"feature_views":["planes"]}"#) }
            await gate.waitForVisitor()
            let second = try await fixture.post("/materialize", #"{"feature_views":["untouched"]}"#)
            #expect(second.status == 429 && second.fields[.retryAfter] == "1", "\(second.text)")
            gate.open()
            for try await first in tasks { #expect(first.status == 200) }
        }
        let third = try await fixture.post("/materialize", #"{"feature_views":["untouched"]}"#)
        #expect(third.status == 200, "\(third.text)")
    }

    @Test func `bad requests are refused before anything runs`() async throws {
        let fixture = try await ServerFixture(isFilled: false)
        for (path, body, status, says) in [
            ("/materialize-incremental", "{}", 422, "end_ts"),
            ("/materialize", #"{"start_ts":"2014-01-01T00:00:00Z","end_ts":"2013-01-01T00:00:00Z"}"#, 422, "start_ts"),
            ("/materialize", #"{"start_ts":"yesterday"}"#, 422, "ISO 8601"),
            ("/materialize", #"{"feature_views":["plane"]}"#, 404, "did you mean 'planes'?"),
            ("/materialize", "[]", 422, "expected an object"),
        ] {
            let answer = try await fixture.post(path, body)
            #expect(answer.status == status)
            #expect(answer.text.contains(says), "\(answer.text)")
        }
        #expect(try fixture.store.generations().isEmpty)
    }

    @Test func `a registry that somebody keeps is waited for once, and a client learns neither where it is nor who`()
        async throws
    {
        let held = Mutex<HeldRegistry?>(nil)
        let fixture = try await ServerFixture(
            isFilled: false,
            registry: { inner in
                let registry = HeldRegistry(inner)
                held.withLock { $0 = registry }
                return registry
            })
        let answer = try await fixture.post("/materialize", "{}")
        #expect(answer.status == 503 && answer.fields[.retryAfter] == "5")
        #expect(held.withLock { $0?.attempts } == 1)
        #expect(answer.text.contains("another process on the server's machine keeps the registry"), "\(answer.text)")
        for word in [HeldRegistry.path, HeldRegistry.holder, "4711", "secret place", "registry.db"] {
            #expect(!answer.text.contains(word), "\(answer.text)")
        }
        let id = try #require(answer.fields[RequestIdentifier.field])
        #expect(
            fixture.lines.all.contains {
                $0.contains(id) && $0.contains(HeldRegistry.path) && $0.contains(HeldRegistry.holder)
            })
    }

    @Test(arguments: [
        ("no file matches /srv/repo/data/*.csv", "no file matches …/*.csv"),
        ("'/srv/repo/a.csv' changed", "'…/a.csv' changed"), ("(/a/b/c.csv)", "(…/c.csv)"), ("/srv/a", "…/a"),
        ("data/a.csv and view.v/x", "data/a.csv and view.v/x"), ("see http://a.example/b", "see http://a.example/b"),
        ("`tally apply`, 3 / 4", "`tally apply`, 3 / 4"), ("/", "/"), ("", ""), ("path=/x/y/z, /q/r", "path=…/z, …/r"),
    ])
    func `a client reads the last part alone of a path on the server's machine`(words: String, told: String) {
        for code in [TallyError.Code.notFound, .conflict, .corrupt, .invalidData, .misuse, .clock, .notMaterialized] {
            let error = TallyError(code, words, subject: words, help: Advice(words))
            #expect(error.told.message == told && error.told.subject == told && error.told.help == Advice(told))
            #expect(error.isWithheld == (words != told))
        }
        #expect(TallyError(.brokenPromise, "x", subject: words).told.subject == told)
    }

    @Test func `what fails inside is 500 with the request's id and nothing else`() async throws {
        let fixture = try await ServerFixture(isFilled: false) { BrokenEngine($0) }
        let answer = try await fixture.post(
            "/materialize", #"{"feature_views":["planes"]}"#, fields: ["x-request-id": "my-request.1"])
        #expect(answer.status == 500)
        #expect(answer.fields[RequestIdentifier.field] == "my-request.1")
        #expect(answer.feastError["message"]?.stringValue?.contains("my-request.1") == true)
        #expect(!answer.text.contains("secret"))
        #expect(fixture.lines.all.contains { $0.contains("my-request.1") && $0.contains("secret") })
    }
}
