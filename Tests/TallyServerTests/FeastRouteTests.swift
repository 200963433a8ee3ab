// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import HTTPTypes
import TallyModel
import Testing

@testable import TallyServer

@Suite struct FeastRouteTests {
    @Test func `an answer is column by column, join keys first, then features in the order of the request`()
        async throws
    {
        let fixture = try await ServerFixture()
        let answer = try await fixture.post(
            "/get-online-features",
            #"{"features":["planes:seats","origin_weather:wind_speed"],"entities":{"tail":[1,2,999],"origin":["JFK","LGA","EWR"]}}"#
        )
        #expect(answer.status == 200)
        #expect(
            answer.text == """
                {"metadata":{"feature_names":["tail","origin","seats","wind_speed"]},"results":[\
                {"values":[1,2,999],"statuses":["PRESENT","PRESENT","PRESENT"],"event_timestamps":\
                ["1970-01-01T00:00:00Z","1970-01-01T00:00:00Z","1970-01-01T00:00:00Z"]},\
                {"values":["JFK","LGA","EWR"],"statuses":["PRESENT","PRESENT","PRESENT"],"event_timestamps":\
                ["1970-01-01T00:00:00Z","1970-01-01T00:00:00Z","1970-01-01T00:00:00Z"]},\
                {"values":[180,null,null],"statuses":["PRESENT","PRESENT","NOT_FOUND"],"event_timestamps":\
                ["1970-01-01T00:00:00Z","1970-01-01T00:00:00Z","1970-01-01T00:00:00Z"]},\
                {"values":[12.25,null,null],"statuses":["PRESENT","OUTSIDE_MAX_AGE","PRESENT"],"event_timestamps":\
                ["2013-01-01T11:00:00Z","2013-01-01T07:00:00Z","2013-01-01T11:00:00Z"]}]}
                """)
    }

    @Test func `full names and the views' metadata come when asked for`() async throws {
        let fixture = try await ServerFixture()
        let answer = try await fixture.post(
            "/get-online-features",
            """
            {"features":["planes:seats"],"entities":{"tail":[1]},"full_feature_names":true,
             "include_feature_view_version_metadata":true,"something_else":{"deep":[1,{"er":null}]}}
            """)
        #expect(answer.json["metadata"]?["feature_names"] == .array([.string("tail"), .string("planes__seats")]))
        #expect(
            answer.json["metadata"]?["feature_view_metadata"] == .array([.object([("name", .string("planes"))])]))
    }

    @Test func `a service takes request data as further entity columns, which are not given back`() async throws {
        let fixture = try await ServerFixture()
        let answer = try await fixture.post(
            "/get-online-features",
            #"{"feature_service":"arrival_delay","features":[],"entities":{"course":[270],"tail":[1],"origin":["JFK"]}}"#
        )
        #expect(answer.status == 200, "\(answer.text)")
        #expect(
            answer.json["metadata"]?["feature_names"]?.arrayValue?.map { $0.stringValue } == [
                "tail", "origin", "wind_speed", "wind_dir", "low_visibility", "station", "seats", "plane_serial",
                "headwind",
            ])
        #expect(answer.json["results"]?.arrayValue?.last?["values"] == .array([.double(12.25)]))
        let full = try await fixture.post(
            "/get-online-features",
            #"{"feature_service":"arrival_delay","entities":{"course":[270],"tail":[1],"origin":["JFK"]},"full_feature_names":true}"#
        )
        #expect(
            full.json["metadata"]?["feature_names"]?.arrayValue?.suffix(2).map { $0.stringValue } == [
                "planes__plane_serial", "headwind",
            ])
    }

    @Test func `a key may be named by its entity, and keys of other entities may be there`() async throws {
        let fixture = try await ServerFixture()
        let answer = try await fixture.post(
            "/get-online-features", #"{"features":["planes:seats"],"entities":{"plane":[1],"origin":["x"]}}"#)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(
            answer.json["metadata"]?["feature_names"]
                == .array([.string("tail"), .string("origin"), .string("seats")]))
    }

    @Test func `what is not there is 404 in Feast's envelope, JSON inside a JSON string`() async throws {
        let fixture = try await ServerFixture()
        for (body, name) in [
            (#"{"features":["nofv:x"],"entities":{"tail":[1]}}"#, "FeatureViewNotFoundException"),
            (#"{"feature_service":"nosv","entities":{"tail":[1]}}"#, "FeatureServiceNotFoundException"),
        ] {
            let answer = try await fixture.post("/get-online-features", body)
            #expect(answer.status == 404)
            #expect(answer.feastError["module"] == .string("feast.errors"))
            #expect(answer.feastError["class"] == .string(name))
            #expect(answer.feastError["message"]?.stringValue?.isEmpty == false)
        }
    }

    @Test func `what Feast answers with 500 for bad input is 422`() async throws {
        let fixture = try await ServerFixture()
        let unknown = try await fixture.post(
            "/get-online-features", #"{"features":["planes:x"],"entities":{"tail":[1]}}"#)
        #expect(unknown.status == 422)
        #expect(unknown.feastError["message"]?.stringValue?.contains("has no feature 'x'") == true)
        for (body, place) in [
            (#"{"features":["planes:seats"],"entities":{}}"#, [JSON.string("entities")]),
            (
                #"{"features":["planes:seats"],"entities":{"tail":[1.5]}}"#,
                [.string("entities"), .string("tail"), .int(0)]
            ),
            (#"{"features":["planes:seats"],"entities":{"tale":[1]}}"#, [.string("entities"), .string("tale")]),
            (
                #"{"features":["planes:seats"],"entities":{"tail":[1],"origin":["a","b"]}}"#, [.string("entities")]
            ),
            (#"{"features":["planes:seats"]}"#, [.string("entities")]),
            (#"{"entities":{"tail":[1]}}"#, [.string("features")]),
            (#"{"features":"planes:seats","entities":{"tail":[1]}}"#, [.string("features")]),
            (
                #"{"features":["planes:seats"],"entities":{"tail":[1]},"full_feature_names":"x"}"#,
                [.string("full_feature_names")]
            ),
            ("{", []),
        ] {
            let answer = try await fixture.post("/get-online-features", body)
            #expect(answer.status == 422, "\(body)")
            let detail = answer.json["detail"]?.arrayValue?.first
            #expect(detail?["loc"] == .array([.string("body")] + place), "\(body): \(answer.text)")
            #expect(detail?["msg"]?.stringValue?.isEmpty == false)
            #expect(detail?["type"]?.stringValue?.isEmpty == false)
        }
    }

    @Test func `without its content type a body is 422, as Feast has it`() async throws {
        let fixture = try await ServerFixture()
        for type in ["text/plain", ""] {
            let answer = try await fixture.post(
                "/get-online-features", #"{"features":["planes:seats"],"entities":{"tail":[1]}}"#,
                fields: ["Content-Type": type])
            #expect(answer.status == 422)
            #expect(answer.json["detail"]?.arrayValue?.count == 1)
        }
        for type in ["application/json; charset=utf-8", "Application/JSON", "application/vnd.api+json"] {
            let answer = try await fixture.post(
                "/get-online-features", #"{"features":["planes:seats"],"entities":{"tail":[1]}}"#,
                fields: ["Content-Type": type])
            #expect(answer.status == 200)
        }
    }

    @Test func `a view that was never filled is 503 and names the command`() async throws {
        let fixture = try await ServerFixture()
        let answer = try await fixture.post(
            "/get-online-features", #"{"features":["untouched:seats"],"entities":{"tail":[1]}}"#)
        #expect(answer.status == 503)
        #expect(answer.feastError["message"]?.stringValue?.contains("tally materialize untouched") == true)
    }

    @Test func `pushing is not implemented, and says so in Feast's envelope`() async throws {
        let fixture = try await ServerFixture()
        for path in ["/push", "/write-to-online-store"] {
            let answer = try await fixture.post(path, #"{"push_source_name":"x","df":{}}"#)
            #expect(answer.status == 501)
            #expect(answer.feastError["class"] == .string("FeastError"))
        }
    }

    @Test func `health is an empty 200 once the server listens, and 503 before`() async throws {
        let fixture = try await ServerFixture()
        let before = try await fixture.get("/health")
        #expect(before.status == 503)
        fixture.server.front.readiness.set(true)
        let after = try await fixture.get("/health")
        #expect(after.status == 200)
        #expect(after.text.isEmpty)
    }
}
