// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import HTTPTypes
import TallyModel
import TallyStore
import Testing

@testable import TallyServer

@Suite struct VectorsRouteTests {
    private static let vector = """
        {"service": "arrival_delay", "entities": {"origin": ["JFK", "LGA", "EWR", "XXX"], "tail": [1, 2, 1, null]},
         "request": {"course": [270, 0, 1e2, null]}}
        """

    @Test func `a vector of a service has every value with status and event time`() async throws {
        let fixture = try await ServerFixture()
        let answer = try await fixture.post("/v1/vectors", Self.vector)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.fields[.contentType] == "application/json")
        let columns = answer.json["columns"]?.arrayValue ?? []
        #expect(
            columns.map { $0["name"]?.stringValue } == [
                "wind_speed", "wind_dir", "low_visibility", "station", "seats", "plane_serial", "headwind",
            ])
        let expired: JSON = .array(["present", "outsideMaxAge", "null", "notFound"].map { .string($0) })
        #expect(columns.first?["statuses"] == expired)
        #expect(columns.first?["values"] == .array([.double(12.25), .null, .null, .null]))
        #expect(columns[3]["values"]?.arrayValue?.first == .string("Kennedy – \u{1F6EB}"))
        #expect(
            columns[5]["values"]?.arrayValue == [
                .int(9_007_199_254_740_993), .int(.min), .int(9_007_199_254_740_993), .null,
            ])
        #expect(columns[6]["view"] == .null)
        #expect(columns[6]["values"]?.arrayValue?.first == .double(12.25))
        #expect(columns[6]["times"] == .int(2))
        let times = answer.json["eventTimes"]?.arrayValue ?? []
        #expect(times.count == 3)
        #expect(
            times.first
                == .array([
                    .string("2013-01-01T11:00:00Z"), .string("2013-01-01T07:00:00Z"), .string("2013-01-01T11:00:00Z"),
                    .null,
                ]))
    }

    @Test func `the receipt is that of the vectors that were read, and repeats`() async throws {
        let fixture = try await ServerFixture()
        let (one, other) = (
            try await fixture.post("/v1/vectors", Self.vector), try await fixture.post("/v1/vectors", Self.vector)
        )
        #expect(one.text == other.text)
        #expect(one.json["release"]?["service"] == .string("arrival_delay"))
        #expect(one.json["receipt"]?["release"] == one.json["release"])
        let layout = try fixture.parts.serving.catalogue.layout(ofService: "arrival_delay")
        let vectors = try await fixture.parts.reader.read(
            layout,
            VectorRequest(
                keys: Batch([
                    ("origin", Column(type: .string, values: ["JFK", "LGA", "EWR", "XXX"].map { .string($0) })),
                    ("tail", Column(type: .int64, values: [.int64(1), .int64(2), .int64(1), .null])),
                ]),
                inputs: Batch([
                    (
                        "course",
                        Column(type: .float64, values: [.float64(270), .float64(0), .float64(100), .null])
                    )
                ])))
        #expect(one.json["receipt"] == Receipt(of: vectors).json)
    }

    @Test func `features are named as they were asked for, in that order`() async throws {
        let fixture = try await ServerFixture()
        let answer = try await fixture.post(
            "/v1/vectors",
            """
            {"entities": {"tail": [1]}, "features": ["planes:legs", "planes:seats", "planes:serial", "planes:photo",
             "planes:built", "planes:seen", "planes:price"]}
            """)
        let columns = answer.json["columns"]?.arrayValue ?? []
        #expect(
            columns.map { $0["name"]?.stringValue } == [
                "planes:legs", "planes:seats", "planes:serial", "planes:photo", "planes:built", "planes:seen",
                "planes:price",
            ])
        #expect(columns.first?["values"] == .array([.array([.double(1.5), .null, .string("NaN")])]))
        #expect(columns[3]["values"] == .array([.string("AAH6/w==")]))
        #expect(columns[4]["values"] == .array([.string("2013-01-01")]))
        #expect(columns[5]["values"] == .array([.string("2013-01-01T12:00:00Z")]))
        #expect(columns[6]["values"] == .array([.double(0.1)]))
        #expect(answer.json["release"] == .null)
        #expect(answer.json["eventTimes"] == .array([.array([.null])]))
    }

    @Test func `what is no number is a string`() async throws {
        let fixture = try await ServerFixture()
        let answer = try await fixture.post(
            "/v1/vectors",
            """
            {"features": ["origin_weather:wind_speed", "origin_weather:wind_dir", "origin_weather:station"],
             "entities": {"origin": ["NAN"]}}
            """)
        let values = (answer.json["columns"]?.arrayValue ?? []).map { $0["values"] }
        #expect(
            values == [
                .array([.string("NaN")]), .array([.string("Infinity")]), .array([.string("a\u{1}b")]),
            ])
    }

    @Test func `an instant of the past is answered from the sources, and the receipt says so`() async throws {
        let fixture = try await ServerFixture()
        let answer = try await fixture.post(
            "/v1/vectors",
            """
            {"features": ["origin_weather:wind_speed"], "entities": {"origin": ["JFK"]}, "at": "2013-01-01T05:30:00-03:00"}
            """)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["time"] == .string("2013-01-01T08:30:00Z"))
        #expect(answer.json["columns"]?.arrayValue?.first?["values"] == .array([.double(1.5)]))
        #expect(answer.json["receipt"]?["read"]?.arrayValue?.first?["snapshot"]?.stringValue?.count == 64)
    }

    @Test func `no entities give an answer without values`() async throws {
        let fixture = try await ServerFixture()
        let answer = try await fixture.post(
            "/v1/vectors", #"{"features": ["planes:seats"], "entities": {"tail": []}}"#)
        #expect(answer.status == 200)
        #expect(answer.json["columns"]?.arrayValue?.first?["values"] == .array([]))
        #expect(answer.json["eventTimes"] == .array([.array([])]))
    }

    /// What is wrong with a body, the status, and what the answer says about it.
    private static let refused: [(body: String, status: Int, says: [String])] = [
        ("", 422, ["ends too early"]),
        ("[]", 422, ["expected an object"]),
        (#"{"service": "arrival_delay"}"#, 422, ["`entities` is missing"]),
        (#"{"entities": {}}"#, 422, ["either `service` or `features`"]),
        (#"{"service": "a", "features": [], "entities": {}}"#, 422, ["either `service` or `features`"]),
        (#"{"service": "arrival_delai", "entities": {}}"#, 404, ["did you mean 'arrival_delay'?", "E-not-found"]),
        (#"{"service": "waiting", "entities": {"tail": [1]}}"#, 503, ["tally materialize untouched"]),
        (#"{"features": ["untouched:seats"], "entities": {"tail": [1]}}"#, 503, ["tally materialize untouched"]),
        (#"{"features": ["plane:seats"], "entities": {"tail": [1]}}"#, 404, ["did you mean 'planes'?"]),
        (#"{"features": ["planes:seat"], "entities": {"tail": [1]}}"#, 404, ["did you mean 'seats'?"]),
        (#"{"features": ["seats"], "entities": {"tail": [1]}}"#, 422, ["features[0]", "`view:feature`"]),
        (#"{"features": [], "entities": {"tail": [1]}}"#, 422, ["no features"]),
        (#"{"features": [7], "entities": {"tail": [1]}}"#, 422, ["features[0]", "expected a string"]),
        (
            #"{"features": ["planes:seats"], "entities": {"tail": [1.5]}}"#, 422,
            ["entities.tail[0]", "int64", "fraction"]
        ),
        (#"{"features": ["planes:seats"], "entities": {"tail": [1, 1e3]}}"#, 422, ["entities.tail[1]", "exponent"]),
        (#"{"features": ["planes:seats"], "entities": {"tail": ["1"]}}"#, 422, ["entities.tail[0]", "found a string"]),
        (
            #"{"features": ["planes:seats"], "entities": {"tail": [9223372036854775808]}}"#, 422,
            ["entities.tail[0]", "out of its range"]
        ),
        (#"{"features": ["planes:seats"], "entities": {"tail": 1}}"#, 422, ["entities.tail", "a list of values"]),
        (#"{"features": ["planes:seats"], "entities": {}}"#, 422, ["no entities"]),
        (
            #"{"features": ["planes:seats"], "entities": {"tail": [1], "tial": [1]}}"#, 422,
            ["entities.tial", "takes tail"]
        ),
        (#"{"features": ["planes:seats"], "entities": {"tail": [1], "tail": [2]}}"#, 422, ["entities.tail", "twice"]),
        (
            #"{"service": "arrival_delay", "entities": {"origin": ["JFK"], "tail": [1, 2]}, "request": {"course": [1]}}"#,
            422, ["entities.tail", "2 values", "has 1"]
        ),
        (
            #"{"service": "arrival_delay", "entities": {"origin": ["JFK"], "tail": [1]}}"#, 422,
            ["request", "'course' of type float64 is missing"]
        ),
        (#"{"service": "arrival_delay", "entities": {"origin": ["JFK"]}}"#, 422, ["join key 'tail' of type int64"]),
        (#"{"features": ["planes:seats"], "entities": {"tail": [1]}, "at": "2013-01-01T05:30:00"}"#, 422, ["offset"]),
        (#"{"features": ["planes:seats"], "entities": {"tail": [1]}, "limit": 3}"#, 422, ["limit", "is no member"]),
        (#"{"features": ["planes:seats"], "features": ["planes:seats"], "entities": {}}"#, 422, ["features", "twice"]),
        (#"{"features": ["planes:seats"], "entities": {"tail": [1]}} x"#, 422, ["text after the end"]),
        (#"{"service": "\ud800", "entities": {"tail": [1]}}"#, 422, ["a lone surrogate"]),
        (#"{"features": ["planes:seats"], "entities": {"tail": [01]}}"#, 422, ["a leading zero"]),
    ]

    @Test func `what a body says wrong is told with its place, and without its values`() async throws {
        let fixture = try await ServerFixture()
        for (body, status, says) in Self.refused {
            let answer = try await fixture.post("/v1/vectors", body)
            #expect(answer.status == status, "\(body): \(answer.text)")
            let error = answer.json["error"]
            let said = ["subject", "message", "help", "code"].map { error?[$0]?.stringValue ?? "" }
                .joined(separator: " ")
            for text in says { #expect(said.contains(text), "\(body): \(said)") }
            #expect(error?["requestId"]?.stringValue == answer.fields[RequestIdentifier.field])
        }
    }

    @Test func `strict text: bytes that are no UTF-8 are refused`() throws {
        #expect(throws: BodyProblem.self) { try JSONScanner([0x22, 0xFF, 0x22]) }
    }
}
