// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import HTTPTypes
import TallyModel
import Testing

@testable import TallyServer

@Suite struct MetricsTests {
    @Test func `values are counted by view and status`() async throws {
        let fixture = try await ServerFixture()
        _ = try await fixture.post(
            "/v1/vectors",
            #"{"features":["origin_weather:wind_speed","origin_weather:wind_dir"],"entities":{"origin":["JFK","LGA","EWR","?"]}}"#
        )
        _ = try await fixture.post(
            "/get-online-features", #"{"features":["origin_weather:wind_speed"],"entities":{"origin":["JFK"]}}"#)
        let text = try await fixture.get("/metrics").text
        for (status, number) in [("present", 3), ("null", 2), ("notFound", 2), ("outsideMaxAge", 2)] {
            #expect(
                text.contains("tally_values_served_total{view=\"origin_weather\",status=\"\(status)\"} \(number)\n"))
        }
    }

    @Test func `the age of data stands beside what is promised`() async throws {
        let fixture = try await ServerFixture()
        fixture.setClock(4 * 3_600)
        let text = try await fixture.get("/metrics").text
        #expect(text.contains("tally_view_age_seconds{view=\"origin_weather\"} 14400\n"))
        #expect(text.contains("tally_view_promised_age_seconds{view=\"origin_weather\"} 10800\n"))
        #expect(text.contains("tally_view_filled_timestamp_seconds{view=\"planes\"} 1357041600\n"))
        #expect(!text.contains("tally_view_age_seconds{view=\"untouched\"}"))
        let view = try await fixture.get("/v1/views/origin_weather")
        #expect(view.json["freshness"] == .string("broken"))
        #expect(view.json["ageSeconds"] == .int(14_400))
    }

    @Test func `latencies are a histogram by route and status, cumulated`() {
        let metrics = Metrics()
        for microseconds in [50, 100, 101, 999_999, 10_000_000] {
            metrics.begin()
            metrics.end(Route(template: "/v1/vectors"), status: 200, .microseconds(microseconds))
        }
        metrics.begin()
        let text = MetricsText(metrics, views: [], now: ServerFixture.noon).text
        let name = "tally_request_duration_seconds"
        #expect(text.contains("\(name)_bucket{route=\"/v1/vectors\",status=\"200\",le=\"0.0001\"} 2\n"))
        #expect(text.contains("\(name)_bucket{route=\"/v1/vectors\",status=\"200\",le=\"0.00025\"} 3\n"))
        #expect(text.contains("\(name)_bucket{route=\"/v1/vectors\",status=\"200\",le=\"5\"} 4\n"))
        #expect(text.contains("\(name)_bucket{route=\"/v1/vectors\",status=\"200\",le=\"+Inf\"} 5\n"))
        #expect(text.contains("\(name)_sum{route=\"/v1/vectors\",status=\"200\"} 11.00025\n"))
        #expect(text.contains("tally_requests_in_flight 1\n"))
    }

    @Test func `every line is a comment or a sample with a number`() async throws {
        let fixture = try await ServerFixture()
        _ = try await fixture.get("/")
        let answer = try await fixture.get("/metrics")
        #expect(answer.fields[.contentType]?.hasPrefix("text/plain; version=0.0.4") == true)
        for line in answer.text.split(separator: "\n") where !line.hasPrefix("#") {
            let value = line.split(separator: " ").last.flatMap { Double($0) }
            #expect(value != nil, "\(line)")
            #expect(line.hasPrefix("tally_"))
        }
        #expect(answer.text.contains("tally_build_info{version=\"\(TallyVersion.current)\""))
    }
}
