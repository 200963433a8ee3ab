// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import HTTPTypes
import TallyModel
import TallyTesting
import Testing

@testable import TallyServer

/// Connections: how many, of which versions, and how they end.
@Suite struct ConnectionTests {
    @Test func `who is full lets the one go that waited longest, so that a probe finds a place`() async throws {
        let fixture = try await ServerFixture()
        var settings = ServerSettings()
        settings.mostConnections = 8
        try await LiveServer.run(fixture.parts, settings: settings) { server in
            let bash = try #require(OutsideProgram.find("bash"))
            let crowd = """
                for number in $(seq 60); do
                    exec {file}<>/dev/tcp/127.0.0.1/\(server.port) || exit 1
                    case $((number % 3)) in
                        1) printf 'GET /livez HTT' >&$file ;;
                        2) printf 'GET /livez HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n' >&$file ;;
                    esac
                done
                curl -sS -m 60 -w '%{http_code}' http://127.0.0.1:\(server.port)/livez
                """
            let outcome = try await OutsideProgram.run(bash, ["-c", crowd])
            #expect(outcome.output == "200", "\(outcome)")
        }
    }

    @Test func `HTTP 1.0 gets its answer and the end of the connection, also without a host`() async throws {
        let fixture = try await ServerFixture()
        try await LiveServer.run(fixture.parts) { server in
            for fields in [["-H", "Host:"], ["-H", "Connection: keep-alive"], []] {
                let curl = try #require(OutsideProgram.find("curl"))
                let outcome = try await OutsideProgram.run(
                    curl, ["-sS", "-i", "--http1.0"] + fields + [server.url("/livez")])
                #expect(outcome.output.hasPrefix("HTTP/1.1 200 "), "\(outcome)")
                #expect(outcome.output.contains("Connection: close"), "\(outcome)")
            }
            let filled = try await server.curl(
                "--http1.0", "-H", "Host:", "-H", "Content-Type: application/json", "-d", "{}",
                server.url("/materialize"))
            #expect(filled.hasSuffix("\n421"), "\(filled)")
            let twice = try await server.curl("-H", "Host: a", "-H", "Host: b", server.url("/livez"))
            #expect(twice.hasSuffix("400") || twice.hasSuffix("200"), "\(twice)")
        }
    }

    @Test func `the fields of a head have a size and a number, and a head that keeps to both is read`() async throws {
        let fixture = try await ServerFixture()
        try await LiveServer.run(fixture.parts) { server in
            let curl = try #require(OutsideProgram.find("curl"))
            func status(_ fields: [String]) async throws -> String {
                let words = ["-sS", "-o", "/dev/null", "-w", "%{http_code}"] + fields.flatMap { ["-H", $0] }
                return try await OutsideProgram.run(curl, words + [server.url("/v1/views")]).output
            }
            #expect(try await status(["X-A: " + String(repeating: "a", count: 30 << 10)]) == "200")
            #expect(try await status(["X-A: " + String(repeating: "a", count: 33 << 10)]) == "400")
            #expect(try await status((0..<5).map { "X-\($0): " + String(repeating: "a", count: 8 << 10) }) == "400")
            #expect(try await status((0..<200).map { "X-\($0): a" }) == "200")
            #expect(try await status((0..<300).map { "X-\($0): a" }) == "400")
        }
    }

    @Test func `few open files mean few connections, and hardly any are an error`() throws {
        var settings = ServerSettings()
        settings.threads = 2
        #expect(try settings.keep(within: 1 << 20, used: 20) == nil)
        #expect(settings.mostConnections == 2_048)
        let told = try settings.keep(within: 1_024, used: 20)
        #expect(settings.mostConnections == 837)
        #expect(
            told == "the limit of 1024 open files leaves room for 837 connections, not 2048: raise it with `ulimit -n`")
        settings.mostConnections = 2_048
        _ = try settings.keep(within: 64, used: 16)
        #expect((8...32).contains(settings.mostConnections))
        for (limit, used) in [(0, 0), (20, 16), (64, 1_000), (1, .max), (32, 16)] {
            #expect(throws: TallyError.self) { try settings.keep(within: limit, used: used) }
        }
    }

    @Test func `a field says close in any case, among others, and as a whole word`() async throws {
        let fixture = try await ServerFixture()
        for (field, closes) in [
            ("close", true), ("Close", true), ("keep-alive, CLOSE", true), ("keep-alive,\tclose ", true),
            ("keep-alive", false), ("closed", false), ("", false), ("close\u{301}", false),
        ] {
            let answer = try await fixture.send(.get, "/livez", fields: ["Connection": field])
            #expect(answer.fields[.connection] == (closes ? "close" : nil), "\(field)")
        }
    }

    @Test func `many words of the field cost no more than another text of its length`() {
        let length = 30_000
        // The least of many rounds, in which the fields take turns: whatever else runs counts for all of them.
        func least(_ fields: [String]) -> [Duration] {
            var least = fields.map { _ in Duration.seconds(60) }
            for _ in 0..<12 {
                for (index, field) in fields.enumerated() {
                    let start = ContinuousClock.now
                    #expect(!ConnectionField.saysClose(field))
                    least[index] = min(least[index], start.duration(to: .now))
                }
            }
            return least
        }
        let pieces = ["a", "a,", ",", ", \t", "clos,", "closed,", "close a,"]
        let fields = pieces.map { String(repeating: $0, count: length / $0.utf8.count) }
        let took = least(fields)
        // A word that is copied costs a hundred times a byte that is read.
        for (piece, took) in zip(pieces, took).map({ ($0, $1 / took[0]) }) { #expect(took < 20, "\(piece): \(took)") }
    }

    @Test(arguments: [
        "POST /get-online-features HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n",
        "POST /get-online-features HTTP/1.0\r\n",
        "POST /get-online-features HTTP/1.1\r\nHost: localhost\r\nUpgrade: x\r\n",
    ])
    func `the last answer arrives whole, whatever its client sent behind the request`(head: String) async throws {
        let fixture = try await ServerFixture()
        let keys = (0..<10_000).map { "\($0 % 3)" }.joined(separator: ",")
        let body = #"{"features":["planes:seats","planes:serial"],"entities":{"tail":["# + keys + "]}}"
        let request =
            head + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body
        let tail = String(repeating: "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 3_000)
        let file = try fixture.folder.write(request + tail, to: "request")
        try await LiveServer.run(fixture.parts) { server in
            let bash = try #require(OutsideProgram.find("bash"))
            // The answer is longer than what the client's system takes while the client does not read.
            let outcome = try await OutsideProgram.run(
                bash,
                [
                    "-c",
                    "exec 3<>/dev/tcp/127.0.0.1/\(server.port); cat \(file) >&3 & sleep 0.3; timeout -s KILL 300 cat <&3",
                ])
            #expect(outcome.output.hasPrefix("HTTP/1.1 200 "), "\(outcome.output.prefix(300))")
            let parts = outcome.output.split(separator: "\r\n\r\n", maxSplits: 1)
            let length = try #require(
                parts.first?.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }?.dropFirst(16))
            #expect(Int(length) == parts.last?.utf8.count && outcome.errors.isEmpty, "\(outcome.errors)")
            #expect(Int(length) ?? 0 > 400_000)
        }
    }
}
