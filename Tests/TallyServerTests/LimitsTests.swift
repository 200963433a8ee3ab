// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import HTTPTypes
import HummingbirdCore
import NIOCore
import TallyModel
import TallyStore
import TallyTesting
import Testing

@testable import TallyServer

@Suite struct LimitsTests {
    private static let seats = #"{"features":["planes:seats"],"entities":{"tail":[1,2]}}"#
    private static let past =
        #"{"features":["origin_weather:wind_speed"],"entities":{"origin":["JFK"]},"at":"2013-01-01T08:00:00Z"}"#

    private func settings(_ change: (inout ServerSettings) -> Void) -> ServerSettings {
        var settings = ServerSettings()
        change(&settings)
        return settings
    }

    @Test func `a body over the limit is 413, and the connection ends`() async throws {
        let fixture = try await ServerFixture(settings: settings { $0.longestBodyBytes = Self.seats.utf8.count })
        let fits = try await fixture.post("/v1/vectors", Self.seats)
        #expect(fits.status == 200)
        for path in ["/v1/vectors", "/get-online-features"] {
            let answer = try await fixture.post(path, Self.seats + " ")
            #expect(answer.status == 413)
            #expect(answer.fields[.connection] == "close")
        }
    }

    @Test(arguments: ["90000000", "8388609", "99999999999999999999"])
    func `a body that is declared longer than the limit is 413 before it is sent`(_ length: String) async throws {
        let fixture = try await ServerFixture()
        // A body of which nothing comes.
        let (parts, source) = AsyncStream<ByteBuffer>.makeStream()
        let fields = ["Content-Length": length, "Content-Type": "application/json", "Expect": "100-continue"]
        let stream = RequestBody(asyncSequence: parts)
        let answer = try await fixture.send(.post, "/v1/vectors", fields: fields, stream: stream)
        #expect(answer.status == 413 && answer.fields[.connection] == "close")
        let (front, other) = (fixture.server.front, fields.merging(["Content-Length": "8388608"]) { $1 })
        #expect(!front.letsIn(ServerFixture.request("/v1/vectors", nil, fields: fields)))
        #expect(front.letsIn(ServerFixture.request("/v1/vectors", nil, fields: other)))
        source.finish()
    }

    @Test func `more entities or values than the limits are 422`() async throws {
        let entities = try await ServerFixture(settings: settings { $0.mostEntities = 1 })
        let answer = try await entities.post("/v1/vectors", Self.seats)
        #expect(answer.status == 422)
        #expect(answer.text.contains("more than 1 entities"))
        let values = try await ServerFixture(settings: settings { $0.mostValues = 1 })
        let other = try await values.post("/get-online-features", Self.seats)
        #expect(other.status == 422)
        #expect(other.text.contains("ask in parts"))
    }

    @Test func `more requests at once than the limit are 429 and may come again`() async throws {
        let gate = Gate()
        let limits = settings { settings in
            settings.mostRequestsAtOnce = 1
            // How long the gate stays shut is the machine's mood.
            settings.deadline = .seconds(600)
        }
        let fixture = try await ServerFixture(settings: limits) { WaitingEngine($0, gate: gate) }
        try await withThrowingTaskGroup(of: Answer.self) { tasks in
            tasks.addTask { try await fixture.post("/v1/vectors", Self.past) }
            await gate.waitForVisitor()
            let busy = try await fixture.post("/v1/vectors", Self.seats)
            #expect(busy.status == 429)
            #expect(busy.fields[.retryAfter] == "1")
            let watched = try await fixture.get("/metrics")
            #expect(watched.status == 200)
            #expect(watched.text.contains("tally_requests_in_flight 2\n"))
            gate.open()
            for try await first in tasks { #expect(first.status == 200, "\(first.text)") }
        }
        let again = try await fixture.post("/v1/vectors", Self.seats)
        #expect(again.status == 200)
    }

    @Test func `an answer that takes longer than the deadline is 504`() async throws {
        let gate = Gate()
        let fixture = try await ServerFixture(settings: settings { $0.deadline = .milliseconds(1) }) {
            WaitingEngine($0, gate: gate)
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                await gate.waitForVisitor()
                try? await Task.sleep(for: .milliseconds(20))
                gate.open()
            }
            let answer = try await fixture.post("/v1/vectors", Self.past)
            #expect(answer.status == 504)
            #expect(answer.json["error"]?["code"] == .string("E-interrupted"))
            try await tasks.waitForAll()
        }
    }

    @Test func `request ids are taken over when they are sane, else made`() async throws {
        let fixture = try await ServerFixture()
        for sane in ["a", "7b0c.A_z-9", String(repeating: "x", count: 64)] {
            let answer = try await fixture.send(.get, "/livez", fields: ["x-request-id": sane])
            #expect(answer.fields[RequestIdentifier.field] == sane)
        }
        var made = Set<String>()
        for odd in ["", "two words", "ümlaut", String(repeating: "x", count: 65), "<b>"] {
            let answer = try await fixture.send(.get, "/livez", fields: ["x-request-id": odd])
            let id = answer.fields[RequestIdentifier.field] ?? ""
            #expect(id.utf8.count == 15)
            #expect(made.insert(id).inserted)
        }
    }

    @Test func `one line a request tells route and status, but neither values nor keys nor paths`() async throws {
        let fixture = try await ServerFixture()
        _ = try await fixture.post(
            "/v1/vectors", #"{"features":["origin_weather:station"],"entities":{"origin":["JFK"]}}"#)
        _ = try await fixture.post(
            "/get-online-features", #"{"features":["origin_weather:station"],"entities":{"origin":[7]}}"#)
        _ = try await fixture.get("/JFK?Kennedy")
        #expect(fixture.lines.all.count == 3)
        #expect(fixture.lines.all[0].contains("route=/v1/vectors status=200"))
        #expect(fixture.lines.all[1].contains("route=/get-online-features status=422"))
        #expect(fixture.lines.all[2].contains("route=unknown status=404"))
        #expect(!fixture.lines.all.contains { $0.contains("JFK") || $0.contains("Kennedy") })
    }

    @Test func `unknown paths are 404, other methods 405 with what is allowed, HEAD a GET without body`() async throws {
        let fixture = try await ServerFixture()
        for path in ["/nope", "/v1", "/v1/", "/v1/services/", "/v1/services/a/b", "//", "/views/%ff", "/views/%4"] {
            let answer = try await fixture.get(path)
            #expect(answer.status == 404, "\(path)")
        }
        let wrong = try await fixture.get("/v1/vectors")
        #expect(wrong.status == 405)
        #expect(wrong.fields[.allow] == "POST")
        let posted = try await fixture.post("/v1/services", "{}")
        #expect(posted.status == 405)
        #expect(posted.fields[.allow] == "GET, HEAD")
        let (head, get) = (try await fixture.send(.head, "/v1/services"), try await fixture.get("/v1/services"))
        #expect(head.status == 200)
        #expect(head.text.isEmpty)
        #expect(head.fields[.contentLength] == String(get.text.utf8.count))
    }

    @Test func `a damaged row is 500 and tells its place, not its key`() async throws {
        let fixture = try await ServerFixture()
        let storage = try fixture.parts.serving.catalogue.view("planes").fingerprints.storage
        var entry: OnlineKey?
        try fixture.store.scan(storage) { (key, _) throws(TallyError) in entry = entry ?? key }
        let key = try #require(entry)
        #expect(fixture.store.damage(storage, key) { $0[$0.count / 2] ^= 1 })
        let answer = try await fixture.post("/v1/vectors", Self.seats)
        #expect(answer.status == 500)
        #expect(answer.json["error"]?["code"] == .string("E-corrupt"))
        #expect(answer.json["error"]?["help"]?.stringValue?.contains("tally materialize planes --full") == true)
        #expect(answer.json["error"]?["subject"]?.stringValue?.contains("sha256:") == true)
    }

    @Test func `the date is that of the clock`() async throws {
        let fixture = try await ServerFixture()
        let answer = try await fixture.get("/livez")
        #expect(answer.fields[.date] == "Tue, 01 Jan 2013 12:00:00 GMT")
    }
}
