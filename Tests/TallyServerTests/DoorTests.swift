// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import TallyModel
import TallyTesting
import Testing

@testable import TallyServer

@Suite struct DoorTests {
    private static let seats = #"{"features":["planes:seats"],"entities":{"tail":[1]}}"#
    private static let fill = #"{"feature_views":["planes"]}"#

    private static func route(_ template: String) throws -> Route {
        try #require(RouteTable.entries.first { $0.route.template == template }).route
    }

    private func ask(_ fixture: ServerFixture, _ route: Route, _ authorization: String? = nil) async throws -> Answer {
        let path = route.template.replacingOccurrences(of: "{name}", with: "planes")
        let fields = authorization.map { ["Authorization": $0] } ?? [:]
        guard route.method == .post else {
            return try await fixture.send(.get, route == .unknown ? "/nope" : path, fields: fields)
        }
        return try await fixture.post(path, route.changes ? Self.fill : Self.seats, fields: fields)
    }

    @Test func `without tokens nobody is asked for one`() async throws {
        let kit = try TokenKit()
        let fixture = try await ServerFixture(door: try kit.door())
        #expect(try await fixture.post("/v1/vectors", Self.seats).status == 200)
        #expect(try await fixture.get("/").status == 200)
        let odd = try await fixture.send(.get, "/metrics", fields: ["Authorization": "Bearer anything"])
        #expect(odd.status == 200)
    }

    @Test func `each route takes the tokens that it should, and probes take none`() async throws {
        let kit = try TokenKit()
        var texts: [TokenScope: String] = [:]
        for scope in TokenScope.allCases { texts[scope] = try await kit.add(scope) }
        let fixture = try await ServerFixture(door: try kit.door())
        fixture.server.front.readiness.set(true)
        for route in RouteTable.entries.map(\.route) + [.unknown] {
            let isProbe = ["/health", "/livez", "/readyz"].contains(route.template)
            let bare = try await ask(fixture, route)
            #expect(bare.status == (isProbe ? 200 : 401), "\(route)")
            for (scope, text) in texts {
                let answer = try await ask(fixture, route, "Bearer \(text)")
                let isIn = isProbe || scope != .read || !route.changes
                #expect((answer.status == 403) == !isIn && answer.status != 401, "\(route) \(scope) \(answer.status)")
            }
        }
    }

    @Test(arguments: [
        "", "Bearer", "Bearer ", "Basic QQ==", "bearer tly_", "Token TOKEN", "TOKEN", "BearerTOKEN", "Bearer TOKENa",
        "Bearer TOKEN, Bearer TOKEN", "Bearer UPPER", "Bearer TOKEN x", "\u{212A}earer TOKEN", "Bearer\tTOKEN",
    ])
    func `what is no token of ours lets nobody in`(field: String) async throws {
        let kit = try TokenKit()
        let text = try await kit.add(.admin)
        let fixture = try await ServerFixture(door: try kit.door())
        let sent = field.replacingOccurrences(of: "TOKEN", with: text)
            .replacingOccurrences(of: "UPPER", with: text.uppercased())
        #expect(try await ask(fixture, try Self.route("/v1/services"), sent).status == 401)
    }

    @Test(arguments: ["Bearer", "bearer", "BEARER", "bEaReR"])
    func `the scheme may be written in any case`(scheme: String) async throws {
        let kit = try TokenKit()
        let text = try await kit.add(.read)
        let fixture = try await ServerFixture(door: try kit.door())
        #expect(try await ask(fixture, try Self.route("/v1/services"), "\(scheme) \(text)").status == 200)
        #expect(try await ask(fixture, try Self.route("/v1/services"), "\(scheme)  \(text)").status == 200)
    }

    @Test func `a refusal has the shape of its path, says what to send, and repeats nothing`() async throws {
        let kit = try TokenKit()
        let text = try await kit.add(.read)
        _ = try await kit.add(.write)
        let stranger = try await TokenKit().add(.admin)
        let fixture = try await ServerFixture(door: try kit.door())
        let native = try await ask(fixture, try Self.route("/v1/vectors"))
        #expect(native.json["error"]?["code"] == .string("E-denied"))
        #expect(native.fields[.wwwAuthenticate] == #"Bearer realm="tally""#)
        #expect(native.fields[.connection] == "close")
        let feast = try await ask(fixture, try Self.route("/materialize"), "Bearer \(text)")
        #expect(feast.status == 403)
        #expect(feast.feastError["class"] == .string("FeastPermissionError"), "\(feast.text)")
        #expect(feast.feastError["message"]?.stringValue?.contains("scope write") == true, "\(feast.text)")
        #expect(
            feast.fields[.wwwAuthenticate] == #"Bearer realm="tally", error="insufficient_scope", scope="write""#)
        let page = try await ask(fixture, try Self.route("/"), "Bearer \(stranger)")
        #expect(page.status == 401 && page.fields[.contentType] == Reply.htmlType)
        #expect(page.fields[.wwwAuthenticate] == #"Bearer realm="tally", error="invalid_token""#)
        #expect(!page.text.contains("flights"), "a stranger is told the project")
        let metrics = try await ask(fixture, try Self.route("/metrics"), "Bearer \(text)").text
        for told in [native.text, feast.text, page.text, metrics] + fixture.lines.all {
            #expect(!told.contains(text.dropFirst(4)) && !told.contains(stranger.dropFirst(4)))
        }
        #expect(fixture.lines.all.contains { $0.contains("status=403") && $0.contains("token=read") })
        #expect(!fixture.lines.all.contains { $0.contains("status=401") && $0.contains("token=") })
    }

    @Test func `who is kept out learns nothing about paths, methods and bodies`() async throws {
        let kit = try TokenKit()
        _ = try await kit.add(.read)
        let fixture = try await ServerFixture(door: try kit.door())
        for path in ["/nope", "/v1/services/nobody", "/v1/vectors", "/views/%ff"] {
            #expect(try await fixture.get(path).status == 401)
        }
        #expect(try await fixture.post("/v1/vectors", "{").status == 401)
    }

    @Test func `a token is worth nothing from the instant on at which it expires`() async throws {
        let kit = try TokenKit()
        let text = try await kit.add(
            .read, until: Timestamp(microseconds: ServerFixture.noon.microseconds + 10_000_000))
        let fixture = try await ServerFixture(door: try kit.door())
        fixture.setClock(9)
        #expect(try await ask(fixture, try Self.route("/v1/services"), "Bearer \(text)").status == 200)
        fixture.setClock(10)
        #expect(try await ask(fixture, try Self.route("/v1/services"), "Bearer \(text)").status == 401)
        #expect(
            try await ask(fixture, try Self.route("/v1/services")).status == 401,
            "a door with one expired token is no open one")
    }

    @Test func `tokens count, and are worth nothing, without a restart, and the door never opens by itself`()
        async throws
    {
        let kit = try TokenKit()
        let door = try kit.door()
        let fixture = try await ServerFixture(door: door)
        let locks = Locks(door: door, certificates: nil, clock: fixture.clock)
        var logger = Logger(label: "test") { _ in fixture.lines.handler }
        logger.logLevel = .info
        func look() { locks.refresh(logger) }
        #expect(try await ask(fixture, try Self.route("/v1/services")).status == 200)
        let first = try await kit.add(.read, name: "first")
        look()
        #expect(try await ask(fixture, try Self.route("/v1/services")).status == 401)
        #expect(try await ask(fixture, try Self.route("/v1/services"), "Bearer \(first)").status == 200)
        let second = try await kit.add(.read, name: "second")
        try await kit.file.remove("first")
        look()
        #expect(try await ask(fixture, try Self.route("/v1/services"), "Bearer \(first)").status == 401)
        #expect(try await ask(fixture, try Self.route("/v1/services"), "Bearer \(second)").status == 200)
        try kit.folder.write("{", to: TokenFile.path)
        look()
        #expect(fixture.lines.all.contains { $0.contains("error the tokens could not be read anew") })
        #expect(
            try await ask(fixture, try Self.route("/v1/services"), "Bearer \(second)").status == 200,
            "what was known stays")
        try FileManager.default.removeItem(atPath: kit.file.path)
        look()
        #expect(door.isLocked)
        #expect(try await ask(fixture, try Self.route("/v1/services")).status == 401)
        #expect(try await ask(fixture, try Self.route("/v1/services"), "Bearer \(second)").status == 401)
    }

    @Test func `a token that is revoked or expires while its body is on its way lets nobody in`() async throws {
        for isRevoked in [true, false] {
            let kit = try TokenKit()
            let end = Timestamp(microseconds: ServerFixture.noon.microseconds + 10_000_000)
            let text = try await kit.add(.write, until: isRevoked ? nil : end)
            _ = try await kit.add(.read)
            let door = try kit.door()
            var settings = ServerSettings()
            settings.deadline = .seconds(600)
            let fixture = try await ServerFixture(settings: settings, isFilled: false, door: door)
            let (parts, part) = AsyncStream<ByteBuffer>.makeStream()
            part.yield(ByteBuffer(string: "{"))
            async let answer = fixture.send(
                .post, "/materialize",
                fields: ["Authorization": "Bearer \(text)", "Content-Type": "application/json"],
                stream: RequestBody(asyncSequence: parts))
            while fixture.server.front.memory.used == 0 { await Task.yield() }
            if isRevoked {
                try await kit.file.remove("write")
                try door.refresh(at: fixture.clock())
            } else {
                fixture.setClock(10)
            }
            part.yield(ByteBuffer(string: "}"))
            part.finish()
            let (status, field) = (try await answer.status, try await answer.fields[.wwwAuthenticate])
            #expect(status == 401 && field?.contains("invalid_token") == true)
            #expect(try fixture.store.generations().isEmpty)
        }
    }

    @Test func `a caller who came before the first token needs one behind its body`() async throws {
        let kit = try TokenKit()
        let door = try kit.door()
        let before = door.caller(nil, at: ServerFixture.noon)
        #expect(throws: Never.self) { try door.again(before, at: ServerFixture.noon).check(.read) }
        _ = try await kit.add(.read)
        try door.refresh(at: ServerFixture.noon)
        #expect(throws: Refusal.self) { try door.again(before, at: ServerFixture.noon).check(.read) }
    }

    @Test func `a token is revoked within a second while somebody keeps the registry`() async throws {
        let kit = try TokenKit()
        let text = try await kit.add(.read)
        let gate = Gate()
        let fixture = try await ServerFixture(door: try kit.door(), registry: { HeldRegistry($0, gate: gate) })
        let pace = ManualClock()
        try await LiveServer.run(fixture.parts, pace: pace) { server in
            defer { gate.open() }
            let url = server.url("/v1/services")
            await pace.waitForSleeper()
            while !gate.hasVisitor {
                pace.advance(by: .seconds(1))
                await Task.yield()
            }
            try await kit.file.remove("read")
            let end = ContinuousClock.now + .seconds(20)
            var answer = ""
            while !answer.hasSuffix("\n401"), ContinuousClock.now < end {
                pace.advance(by: .seconds(1))
                answer = try await server.curl("-H", "Authorization: Bearer \(text)", url)
            }
            #expect(answer.hasSuffix("\n401"), "\(answer)")
            #expect(gate.hasVisitor)
        }
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("localhost", true), ("LOCALHOST", true), ("::1", true),
        ("0.0.0.0", false), ("::", false), ("", false), ("192.168.1.2", false), ("127.0.0.1.example", false),
        ("127.1", false), ("localhost.example", false), ("::ffff:127.0.0.1", false), ("example", false),
    ])
    func `nobody listens beyond this machine without a token unless told so in so many words`(
        host: String, staysHere: Bool
    ) async throws {
        var settings = ServerSettings()
        settings.host = host
        #expect(settings.staysOnThisMachine == staysHere)
        let kit = try TokenKit()
        let open = try await ServerFixture(settings: settings, isFilled: false, door: try kit.door())
        if staysHere {
            #expect(throws: Never.self) { try open.server.checkAddress() }
        } else {
            let error = await #expect(throws: TallyError.self) { try await open.server.run() }
            #expect(error?.code == .misuse && error?.help?.description.contains("tally token create") == true)
        }
        settings.isOpenToEverybody = true
        let told = try await ServerFixture(settings: settings, isFilled: false, door: try kit.door())
        #expect(throws: Never.self) { try told.server.checkAddress() }
        settings.isOpenToEverybody = false
        _ = try await kit.add(.read)
        let locked = try await ServerFixture(settings: settings, isFilled: false, door: try kit.door())
        #expect(throws: Never.self) { try locked.server.checkAddress() }
    }

    @Test func `the command on a service's page sends a token where one is needed`() async throws {
        let kit = try TokenKit()
        let open = try await ServerFixture(door: try kit.door()).get("/services/arrival_delay")
        #expect(open.text.contains("http://localhost") && !open.text.contains("Authorization"))
        let text = try await kit.add(.read)
        let pair = try SelfSignedCertificate(in: kit.folder.path + "/tls", names: [], at: ServerFixture.noon)
        let certificates = try Certificates(certificate: pair.certificate, key: pair.key, at: ServerFixture.noon)
        let fixture = try await ServerFixture(door: try kit.door(), certificates: certificates)
        let page = try await fixture.send(
            .get, "/services/arrival_delay", fields: ["Authorization": "Bearer \(text)"])
        #expect(page.text.contains("Authorization: Bearer $TALLY_TOKEN"), "\(page.text)")
        #expect(page.text.contains("https://localhost"))
    }

    @Test func `curl gets in with a token, over a socket`() async throws {
        let kit = try TokenKit()
        let text = try await kit.add(.read)
        let fixture = try await ServerFixture(door: try kit.door())
        let pace = ManualClock()
        try await LiveServer.run(fixture.parts, pace: pace) { server in
            let url = server.url("/v1/services")
            let bare = try await server.curl(url)
            #expect(bare.hasSuffix("\n401"))
            let known = try await server.curl("-H", "Authorization: Bearer \(text)", url)
            #expect(known.hasSuffix("\n200"))
            let probe = try await server.curl(server.url("/livez"))
            #expect(probe == "\n200")
            let body = try await server.post("/v1/vectors", Self.seats + String(repeating: " ", count: 100_000))
            #expect(body.hasSuffix("\n401") || body.hasPrefix("curl 55") || body.hasPrefix("curl 56"), "\(body)")
            try await kit.file.remove("read")
            var answer = known
            while !answer.hasSuffix("\n401") {
                pace.advance(by: .seconds(1))
                answer = try await server.curl("-H", "Authorization: Bearer \(text)", url)
            }
        }
    }
}
