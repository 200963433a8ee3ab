// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import HTTPTypes
import HummingbirdCore
import NIOCore
import TallyModel
import TallyTesting
import Testing

@testable import TallyServer

/// IPC streams of Arrow.
///
/// Golden bytes pin the writer; `Python/tests/test_arrow_answers.py` has pyarrow read the same file.
@Suite struct ArrowStreamTests {
    private static let arrow = ["Accept": ArrowStream.contentType]

    @Test func `columns of every type are written as pyarrow reads them`() throws {
        let bits: [UInt64] = [0x7FF8_0000_0000_0000, 0x8000_0000_0000_0000]
        let columns: [(String, Column)] = [
            ("bool", Column(type: .bool, values: [.bool(true), .null, .bool(false)])),
            ("int32", Column(type: .int32, values: [.int32(.min), .int32(7), .null])),
            ("int64", Column(type: .int64, values: [.int64(.max), .int64(-1), .int64(0)])),
            ("float32", Column(type: .float32, values: [.float32(0.1), .null, .float32(-.infinity)])),
            (
                "float64",
                Column(type: .float64, values: bits.map { .float64(Double(bitPattern: $0)) } + [.float64(1e300)])
            ),
            ("string", Column(type: .string, values: [.string("größe"), .string(""), .null])),
            ("bytes", Column(type: .bytes, values: [.null, .bytes([0, 255]), .bytes([])])),
            ("timestamp", Column(type: .timestamp, values: [.timestamp(ServerFixture.noon), .null, .null])),
            ("date", Column(type: .date, values: [.date(CalendarDate(days: -1)), .null, .null])),
            (
                "array<int32>",
                Column(type: .array(.int32), values: [.array([.int32(1), .null]), .array([]), .null])
            ),
            (
                "array<array<string>>",
                Column(type: .array(.array(.string)), values: [.array([.array([.string("a")]), .null]), .null, .null])
            ),
        ]
        var batch = ArrowColumns(count: 3)
        for (_, column) in columns { batch.add(column) }
        batch.add(words: [1, 0, 1])
        var stream = ArrowStream(capacity: 0)
        let fields = columns.map { ArrowField(name: $0.0, type: $0.1.type, metadata: [("type", $0.0)]) }
        stream.schema(
            fields + [ArrowField(name: "word", type: .string, isDictionary: true)], metadata: [("about", "{\"a\":1}")])
        stream.dictionary(["no", "yes"])
        stream.rows(batch) { (_) throws(Never) in }
        stream.finish()
        let path = GoldenVectors.path("stream.arrow", from: #filePath)
        let golden = try AtomicFile.read(path) ?? []
        let written = Array(buffer: stream.buffer)
        #expect(written == golden, "\(GoldenVectors.hex(written))")
    }

    @Test func `numbers are written as number by number`() {
        var generator = SeededGenerator(seed: 31)
        for count in [0, 1, 2, 65] {
            let numbers = (0..<count).map { _ in Int64(bitPattern: generator.next()) }
            let floats = numbers.map { Double(bitPattern: UInt64(bitPattern: $0)) }
            let small = numbers.map { Int32(truncatingIfNeeded: $0) }
            var (fast, slow) = (ByteBuffer(), ByteBuffer())
            fast.write(numbers: numbers)
            fast.write(numbers: floats)
            fast.write(numbers: small)
            fast.write(numbers: small.map { Float(bitPattern: UInt32(bitPattern: $0)) })
            for number in numbers + numbers { slow.writeInteger(number, endianness: .little) }
            for number in small + small { slow.writeInteger(number, endianness: .little) }
            #expect(fast == slow)
        }
    }

    @Test func `a client gets what its Accept names, and JSON where it likes that better`() async throws {
        let fixture = try await ServerFixture()
        let json = "application/json"
        for (accept, type) in [
            (nil, json), ("*/*", json), ("application/*", json), (json, json),
            (ArrowStream.contentType, ArrowStream.contentType),
            ("Application/Vnd.Apache.Arrow.Stream ; q=0.5", ArrowStream.contentType),
            ("\(ArrowStream.contentType), \(json);q=0.9", ArrowStream.contentType),
            ("\(json), \(ArrowStream.contentType);q=0.5", json), ("\(ArrowStream.contentType);q=0", json),
            ("\(ArrowStream.contentType);q=no", json), ("text/html,\(ArrowStream.contentType)x", json),
        ] as [(String?, String)] {
            let answer = try await fixture.post(
                "/v1/vectors", #"{"features":["planes:seats"],"entities":{"tail":[1]}}"#,
                fields: accept.map { ["Accept": $0] } ?? [:])
            #expect(answer.status == 200)
            #expect(answer.fields[.contentType] == type, "\(accept ?? "")")
        }
    }

    @Test func `what cannot be answered is told as JSON`() async throws {
        let fixture = try await ServerFixture()
        for (body, status) in [
            (#"{"service":"nobody","entities":{"tail":[1]}}"#, 404),
            (#"{"features":["planes:seats"],"entities":{"tail":[1.5]}}"#, 422),
            (#"{"service":"waiting","entities":{"tail":[1]}}"#, 503),
        ] {
            let answer = try await fixture.post("/v1/vectors", body, fields: Self.arrow)
            #expect(answer.status == status && answer.fields[.contentType] == "application/json")
            #expect(answer.json["error"]?["code"]?.stringValue != nil, "\(answer.text)")
        }
    }

    @Test func `a stream is paid for before it is built, until it is sent`() async throws {
        var settings = ServerSettings()
        settings.memoryBytes = 300_000
        let small = try await ServerFixture(settings: settings)
        let tails = (0..<9_000).map { String($0 % 3) }.joined(separator: ",")
        let body = "{\"features\":[\"planes:seats\"],\"entities\":{\"tail\":[\(tails)]}}"
        let refused = try await small.post("/v1/vectors", body, fields: Self.arrow)
        #expect(refused.status == 422 && refused.text.contains("ask in parts"), "\(refused.text)")
        #expect(small.server.front.memory.used == 0)
        let fixture = try await ServerFixture()
        let front = fixture.server.front
        let stay = front.begin()
        let answer = await front.respond(to: ServerFixture.request("/v1/vectors", body, fields: Self.arrow), stay)
        #expect(answer.status == .ok)
        let length = try #require(answer.body.contentLength)
        // Keys of eight bytes, seats of four, statuses of one, event times of eight.
        #expect(length > 9_000 * 21 && length < 9_000 * 21 + 16_384)
        #expect(front.memory.used == length)
        stay.end()
        #expect(front.memory.used == 0)
    }

    @Test func `values are counted as those of a JSON answer`() async throws {
        let fixture = try await ServerFixture()
        let body = #"{"features":["origin_weather:wind_speed"],"entities":{"origin":["JFK","LGA","EWR","?"]}}"#
        for fields in [[:], Self.arrow] { _ = try await fixture.post("/v1/vectors", body, fields: fields) }
        let text = try await fixture.get("/metrics").text
        for status in ["present", "null", "notFound", "outsideMaxAge"] {
            #expect(text.contains("tally_values_served_total{view=\"origin_weather\",status=\"\(status)\"} 2\n"))
        }
    }
}
