// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import HTTPTypes
import Logging
import ServiceLifecycle
import Synchronization
import TallyModel
import TallyStore
import TallyTesting
import Testing

@testable import TallyServer

@Suite struct LifecycleTests {
    private final class Answers: Sendable {
        let all = Mutex<[String]>([])
        let metrics = Mutex<Metrics?>(nil)
    }

    private static let seats = #"{"features":["planes:seats"],"entities":{"tail":[1]}}"#
    private static let past =
        #"{"features":["origin_weather:wind_speed"],"entities":{"origin":["JFK"]},"at":"2013-01-01T08:00:00Z"}"#

    @Test func `it answers over a socket what it answers in process`() async throws {
        let fixture = try await ServerFixture()
        let inProcess = try await fixture.post("/v1/vectors", Self.seats)
        try await LiveServer.run(fixture.parts) { server in
            let posted = try await server.post("/v1/vectors", Self.seats)
            #expect(posted == inProcess.text + "\n200")
            let health = try await server.curl(server.url("/health"))
            #expect(health == "\n200")
            let head = try await server.curl("-I", server.url("/"))
            #expect(head.hasSuffix("\n200"))
            let missing = try await server.curl(server.url("/nope"))
            #expect(missing.hasSuffix("\n404"))
        }
    }

    @Test func `a body over the limit gets its answer before the connection ends`() async throws {
        let fixture = try await ServerFixture()
        var settings = ServerSettings()
        settings.longestBodyBytes = 10_000
        let long = try fixture.folder.write(
            #"{"features":["planes:seats"],"entities":{"tail":["# + String(repeating: " ", count: 30_000) + "1]}}",
            to: "long.json")
        try await LiveServer.run(fixture.parts, settings: settings) { server in
            for form in [["-H", "Expect:"], ["-H", "Expect:", "-H", "Transfer-Encoding: chunked"]] {
                let curl = try #require(OutsideProgram.find("curl"))
                let outcome = try await OutsideProgram.run(
                    curl,
                    ["-sS", "-w", "\n%{http_code}", "-H", "Content-Type: application/json"] + form
                        + ["--data-binary", "@" + long, server.url("/v1/vectors")])
                #expect(outcome.output.hasSuffix("\n413"), "\(outcome)")
            }
        }
    }

    @Test func `a stop lets the requests in flight finish, and says so at readyz first`() async throws {
        let gate = Gate()
        let fixture = try await ServerFixture { WaitingEngine($0, gate: gate) }
        let pace = ManualClock()
        var settings = ServerSettings()
        settings.drain = .seconds(5)
        settings.deadline = .seconds(600)
        settings.refreshInterval = .seconds(600)
        try await LiveServer.run(fixture.parts, settings: settings, pace: pace) { server in
            try await withThrowingTaskGroup(of: String.self) { tasks in
                for _ in 0..<8 { tasks.addTask { try await server.post("/v1/vectors", Self.past) } }
                await gate.waitForVisitor()
                let before = try await server.curl(server.url("/readyz"))
                #expect(before == "\n200")
                await server.stop()
                var after = before
                while after == "\n200" { after = try await server.curl(server.url("/readyz")) }
                #expect(after == "\n503")
                let still = try await server.post("/v1/vectors", Self.seats)
                #expect(still.hasSuffix("\n200"))
                pace.advance(by: .seconds(5))
                gate.open()
                for try await answer in tasks { #expect(answer.hasSuffix("\n200"), "\(answer)") }
            }
        }
    }

    @Test func `under load a stop cuts nothing off`() async throws {
        let fixture = try await ServerFixture()
        let answers = Answers()
        try await LiveServer.run(fixture.parts) { server in
            answers.metrics.withLock { $0 = server.metrics }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for worker in 0..<6 {
                    tasks.addTask {
                        for _ in 0..<40 {
                            let answer = try await server.post("/v1/vectors", Self.seats)
                            answers.all.withLock { $0.append(answer) }
                            if answer.hasPrefix("curl 7") { return }
                            if worker == 0, answers.all.withLock({ $0.count }) > 30 { await server.stop() }
                        }
                    }
                }
                try await tasks.waitForAll()
            }
        }
        let all = answers.all.withLock { $0 }
        #expect(all.filter { $0.hasSuffix("\n200") }.count > 30)
        // Whatever the server took it answered, and the answer came through whole. A connection that it never took is
        // refused, or reset by the system (curl 7, 56, 52), and the request can be sent again.
        let taken = answers.metrics.withLock { $0 }?.snapshot.latencies.values.reduce(0) { sum, latency in
            sum + latency.buckets.reduce(0, +)
        }
        #expect(all.count { $0.hasSuffix("\n200") } == taken)
        for answer in all where !answer.hasSuffix("\n200") {
            #expect(["curl 7:", "curl 56:", "curl 52:"].contains { answer.hasPrefix($0) }, "\(answer)")
        }
    }

    @Test func `requests one behind the other whose answers nobody reads do not hold up a stop`() async throws {
        let fixture = try await ServerFixture()
        var settings = ServerSettings()
        settings.deadline = .seconds(2)
        // A stop that waited for the client would last as long as this.
        settings.idleTimeout = .seconds(900)
        let keys = (0..<9_000).map { "\($0 % 3)" }.joined(separator: ",")
        let body = #"{"features":["planes:seats","planes:serial"],"entities":{"tail":["# + keys + "]}}"
        let text =
            "POST /v1/vectors HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n" + body
        let file = try fixture.folder.write(String(repeating: text, count: 200), to: "requests")
        let clock = ContinuousClock()
        let told = Mutex<ContinuousClock.Instant?>(nil)
        try await LiveServer.run(fixture.parts, settings: settings) { server in
            let bash = try #require(OutsideProgram.find("bash"))
            async let client = OutsideProgram.run(
                bash, ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(server.port); timeout -s KILL 600 cat \(file) >&3"])
            let end = clock.now + .seconds(120)
            // An answer that is stuck on its way: the number of requests that were taken up stays.
            var (last, same) = (-1, 0)
            while same < 10, clock.now < end {
                let taken = server.metrics.snapshot.latencies.values.reduce(0) { $0 + $1.buckets.reduce(0, +) }
                (last, same) = (taken, taken == last && taken > 0 ? same + 1 : 0)
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect((1..<200).contains(last), "\(last)")
            told.withLock { $0 = clock.now }
            await server.stop()
            _ = try await client
        }
        let took = try #require(told.withLock { $0 }).duration(to: clock.now)
        #expect(took < .seconds(300), "\(took)")
    }

    @Test(arguments: ["zz\r\n", "5\nabcde\n", "-1\r\n", "5\r\nabcdeX"])
    func `a body that is no HTTP is answered at once, and its connection ends`(chunk: String) async throws {
        let fixture = try await ServerFixture()
        // Who waited for the rest of it would wait for ten minutes.
        var settings = ServerSettings()
        (settings.deadline, settings.idleTimeout) = (.seconds(600), .seconds(600))
        try await LiveServer.run(fixture.parts, settings: settings) { server in
            let bash = try #require(OutsideProgram.find("bash"))
            let head =
                "POST /v1/vectors HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
            let file = try fixture.folder.write(head + chunk, to: "request")
            let outcome = try await OutsideProgram.run(
                bash, ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(server.port); cat \(file) >&3; timeout -s KILL 300 cat <&3"])
            #expect(outcome.output.hasPrefix("HTTP/1.1 400 "), "\(outcome)")
            #expect(outcome.output.contains("not written as HTTP") && outcome.status == 0, "\(outcome)")
        }
    }

    @Test(arguments: [
        ("GET /livez RTSP/1.0\r\n\r\n", [400]), ("POST /materialize RTSP/1.0\r\nHost: localhost\r\n\r\n", [400]),
        ("GET  /livez  RTSP/1.0\r\nX: GET /livez HTTP/1.0\r\n\r\n", [400]), ("SOURCE /livez ICE/1.0\r\n\r\n", [400]),
        ("GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /livez RTSP/1.0\r\n\r\n", [200, 400]),
        ("GET /livez HTTP/1.0\r\nX: RTSP/1.0\r\n\r\n", [200]),
        ("GET /livez HTTP/1.1\r\nHost: a\r\nX: a ICE/1\r\n\r\n", [200]),
        ("\r\n\r\nGET /livez HTTP/1.0\r\n\r\n", [200]),
    ])
    func `only HTTP is HTTP`(text: String, statuses: [Int]) async throws {
        let fixture = try await ServerFixture(isFilled: false)
        try await LiveServer.run(fixture.parts) { server in
            let bash = try #require(OutsideProgram.find("bash"))
            for pause in ["", "sleep 0.3; "] {
                // In one piece, and torn in the midst of its last request.
                let cut = text.utf8.count - 12
                let file = try fixture.folder.write(text, to: "request")
                let outcome = try await OutsideProgram.run(
                    bash,
                    [
                        "-c",
                        "exec 3<>/dev/tcp/127.0.0.1/\(server.port); head -c \(cut) \(file) >&3; \(pause)"
                            + "tail -c +\(cut + 1) \(file) >&3; "
                            + "timeout -s KILL 100 grep -a -m \(statuses.count) '^HTTP/1.1 ' <&3",
                    ])
                let found = outcome.output.split(separator: "HTTP/1.1 ").compactMap { Int($0.prefix(3)) }
                #expect(found == statuses, "\(text): \(outcome)")
            }
        }
    }

    @Test func `an address that is taken is an error that says what to do`() async throws {
        let fixture = try await ServerFixture()
        try await LiveServer.run(fixture.parts) { server in
            var settings = ServerSettings()
            settings.port = server.port
            let second = TallyServer(fixture.parts, settings: settings, logger: fixture.server.front.logger)
            do {
                try await second.run()
                Issue.record("two servers listen at one port")
            } catch let error as TallyError {
                #expect(error.code == .misuse)
                #expect(error.message == "cannot listen at 127.0.0.1:\(server.port)")
                #expect(error.help?.description.contains("--port") == true)
            }
        }
    }

    @Test func `what another process fills is served at the next look, without a restart`() async throws {
        let fixture = try await ServerFixture()
        let pace = ManualClock()
        let refresher = Refresher(
            book: fixture.server.front.book, readiness: fixture.server.front.readiness,
            interval: .seconds(1), clock: pace, logger: fixture.server.front.logger)
        let group = ServiceGroup(services: [refresher], logger: fixture.server.front.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await pace.waitForSleeper()
            _ = try await fixture.parts.materializer.run(MaterializationRequest(views: ["untouched"]))
            let early = try await fixture.post("/v1/vectors", #"{"service":"waiting","entities":{"tail":[1]}}"#)
            #expect(early.status == 503)
            pace.advance(by: .seconds(1))
            await pace.waitForSleeper()
            let late = try await fixture.post("/v1/vectors", #"{"service":"waiting","entities":{"tail":[1]}}"#)
            #expect(late.status == 200)
            #expect(late.json["release"]?["number"] == .int(1))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func `rows that are gone are 503 on both routes, and never nulls with 200`() async throws {
        let fixture = try await ServerFixture()
        #expect(try await fixture.post("/v1/vectors", Self.seats).status == 200)
        _ = try await fixture.store.drop(try fixture.store.generations().map(\.storage))
        let native = try await fixture.post("/v1/vectors", Self.seats)
        #expect(native.status == 503 && native.text.contains("E-not-materialized"), "\(native.text)")
        let feast = try await fixture.post(
            "/get-online-features", #"{"features":["planes:seats"],"entities":{"tail":[1]}}"#)
        #expect(feast.status >= 400 && !feast.text.contains("NOT_FOUND"), "\(feast.text)")
    }

    @Test func `a store that is gone is told at readyz and in the log, once, and comes back`() async throws {
        let fixture = try await ServerFixture()
        let pace = ManualClock()
        let front = fixture.server.front
        front.readiness.set(true)
        let refresher = Refresher(
            book: front.book, readiness: front.readiness, interval: .seconds(1), clock: pace, logger: front.logger)
        let group = ServiceGroup(services: [refresher], logger: front.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await pace.waitForSleeper()
            for error in [nil, TallyError(.notMaterialized, "its files were moved away", subject: "store"), nil] {
                fixture.store.lose(error)
                for _ in 0..<3 {
                    pace.advance(by: .seconds(1))
                    await pace.waitForSleeper()
                    let ready = try await fixture.send(.get, "/readyz")
                    #expect(ready.status == (error == nil ? 200 : 503))
                    #expect(ready.text == (error == nil ? "" : "E-not-materialized\n"))
                    // What was read before goes on being served, and nobody is sent away.
                    let answer = try await fixture.post("/v1/vectors", Self.seats)
                    #expect(answer.status == 200 && answer.fields[.connection] == nil)
                }
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(fixture.lines.all.count { $0.contains("its files were moved away") } == 1)
    }

    @Test func `two servers on one store answer the same, byte by byte`() async throws {
        let fixture = try await ServerFixture()
        let other = ServerParts(
            serving: try await Serving(registry: fixture.registry, store: fixture.store),
            reader: VectorReader(store: fixture.store, clock: fixture.clock), materializer: fixture.parts.materializer,
            store: fixture.store, registry: fixture.registry, clock: fixture.clock)
        try await LiveServer.run(fixture.parts) { one in
            try await LiveServer.run(other) { two in
                async let first = one.post("/v1/vectors", Self.seats)
                async let second = two.post("/v1/vectors", Self.seats)
                let (left, right) = (try await first, try await second)
                #expect(left == right)
                #expect(left.hasSuffix("\n200"))
            }
        }
    }

    @Test func `many at once are all answered right`() async throws {
        let fixture = try await ServerFixture()
        try await withThrowingTaskGroup(of: (Int, Answer).self) { tasks in
            for index in 0..<200 {
                tasks.addTask {
                    let tail = index % 3 == 0 ? "1" : index % 3 == 1 ? "2" : "9007199254740993"
                    let body = #"{"features":["planes:serial"],"entities":{"tail":["# + tail + "]}}"
                    return (index % 3, try await fixture.post("/v1/vectors", body))
                }
            }
            for try await (kind, answer) in tasks {
                let values: [JSON] = [.int(9_007_199_254_740_993), .int(.min), .int(.max)]
                #expect(answer.json["columns"]?.arrayValue?.first?["values"] == .array([values[kind]]))
            }
        }
    }
}
