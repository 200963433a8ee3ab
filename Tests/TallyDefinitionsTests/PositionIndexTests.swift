// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDefinitions
import TallyModel
import Testing

@Suite("PositionIndex")
struct PositionIndexTests {
    let positions = RepositoryReader.read(files: SampleRepository.files).positions

    private func text(_ location: TallyModel.SourceLocation?) -> String? {
        guard let location, let line = positions.sourceLine(location) else { return nil }
        return String(line.unicodeScalars.dropFirst(location.column - 1).prefix(location.length))
    }

    @Test(arguments: [
        (["name"], "origin_weather"), ([], "origin_weather"), (["timeToLive"], "3h"), (["features"], "features"),
        (["features", "wind_speed"], "wind_speed"), (["features", "wind_speed", "unit"], "mph"),
        (["features", "low_visibility", "strict"], "false"), (["features", "2", "type"], "\"array<int64>\""),
        (["entities", "airport"], "airport"), (["entities", "0"], "airport"),
        (["description"], "'Hourly weather: it''s measured at the airport.'"),
        (["features", "low_visibility", "expression"], "|"),
        (["features", "low_visibility", "tags", "on"], "yes"),
    ])
    func `a path leads to what is written there`(_ path: [String], _ expected: String) {
        #expect(text(positions.location(.featureView, "origin_weather", path)) == expected)
    }

    @Test
    func `the selections of a service are found by view, their features by name`() {
        func found(_ path: [String]) -> String? { text(positions.location(.featureService, "arrival_delay", path)) }
        #expect(found(["features", "origin_weather"]) == "origin_weather")
        #expect(found(["features", "origin_weather", "wind_speed", "as"]) == "wind")
        #expect(found(["features", "lane"]) == "lane")
        #expect(found(["request", "distance"]) == "float64")
        #expect(found(["label", "keys", "flight_id"]) == "flight_id")
        #expect(found(["label", "maturity"]) == "6h")
    }

    @Test
    func `what is not written has no place`() {
        #expect(positions.location(.entity, "plane") == nil)
        #expect(positions.location(.entity, "airport", ["expression"]) == nil)
        #expect(positions.location(.entity, "airport", ["name", "deeper"]) == nil)
        #expect(positions.location(.entity, "airport", ["joinKeys", "7"]) == nil)
        #expect(positions.projectLocation(["stores", "cache"]) == nil)
        #expect(positions.sourceLine(TallyModel.SourceLocation(file: "tally.yaml", line: 99, column: 1)) == nil)
        #expect(positions.sourceLine(TallyModel.SourceLocation(file: "other.yaml", line: 1, column: 1)) == nil)
    }

    @Test
    func `the keys of tally.yaml have places`() {
        #expect(text(positions.projectLocation(["project"])) == "flights")
        #expect(text(positions.projectLocation(["stores", "offline"])) == "duckdb")
        #expect(positions.projectLocation(["stores", "offline"])?.line == 2)
    }
}
