// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Flights in small: one view with times, keys of text and a time to live, one without times and with every other type.
enum FlightData {
    static var definitions: DefinitionSet {
        DefinitionSet(
            project: Project(name: "flights"),
            entities: [
                Entity(name: "airport", joinKeys: [ColumnSchema(name: "origin", type: .string)]),
                Entity(name: "plane", joinKeys: [ColumnSchema(name: "tail", type: .int64)]),
            ],
            sources: [
                Source(
                    name: "weather", location: .files(path: "data/weather.parquet", format: .parquet),
                    eventTime: "observed_at"),
                Source(name: "fleet", location: .files(path: "data/fleet.parquet", format: .parquet)),
            ],
            views: views, services: services,
            sourceColumns: ["weather": tables["data/weather.parquet"]?.schema ?? [], "fleet": fleet.schema])
    }

    private static var views: [FeatureView] {
        [
            FeatureView(
                name: "origin_weather", entities: ["airport"], source: "weather", timeToLive: TimeSpan("3h"),
                features: [
                    Feature(
                        name: "wind_speed", type: .float64, unit: "mph",
                        annotation: Annotation(description: "Mean wind <b>speed</b> & more.")),
                    Feature(name: "wind_dir", type: .float64),
                    Feature(name: "low_visibility", type: .bool, expression: "visib < 1.0"),
                    Feature(name: "station", type: .string),
                ],
                annotation: Annotation(description: "Hourly weather at the departure airport.", owner: "ops-data")),
            FeatureView(
                name: "planes", entities: ["plane"], source: "fleet",
                features: fleet.schema.dropFirst().map { Feature(name: $0.name, type: $0.type) }),
            FeatureView(
                name: "untouched", entities: ["plane"], source: "fleet",
                features: [Feature(name: "seats", type: .int32)]),
        ]
    }

    private static var services: [FeatureService] {
        [
            FeatureService(
                name: "arrival_delay",
                selections: [
                    FeatureService.Selection(view: "origin_weather"),
                    FeatureService.Selection(
                        view: "planes",
                        items: [.init(feature: "seats"), .init(feature: "serial", alias: "plane_serial")]),
                ],
                request: [ColumnSchema(name: "course", type: .float64)],
                onDemand: [
                    Feature(
                        name: "headwind", type: .float64, expression: "wind_speed * cos(radians(wind_dir - course))",
                        unit: "mph")
                ],
                annotation: Annotation(description: "What the delay model reads.", owner: "delay-model")),
            FeatureService(name: "waiting", selections: [FeatureService.Selection(view: "untouched")]),
        ]
    }

    static var tables: [String: Batch] { ["data/weather.parquet": weather, "data/fleet.parquet": fleet] }

    /// JFK an hour ago and five hours ago, LGA five hours ago (expired at noon), EWR with nulls, NAN with what is no number.
    static var weather: Batch {
        let rows: [(String, Int64, Double?, Double?, Double?, String?)] = [
            ("JFK", -5, 1.5, 10, 0.5, "K\"JFK\\"), ("JFK", -1, 12.25, 270, 10, "Kennedy – \u{1F6EB}"),
            ("LGA", -5, 3, 90, 2, "KLGA"), ("EWR", -1, nil, nil, nil, nil), ("NAN", -1, .nan, .infinity, 1, "a\u{1}b"),
        ]
        return Batch([
            ("origin", Column(type: .string, values: rows.map { .string($0.0) })),
            (
                "observed_at",
                Column(
                    type: .timestamp,
                    values: rows.map {
                        .timestamp(Timestamp(microseconds: ServerFixture.noon.microseconds + $0.1 * 3_600_000_000))
                    })
            ),
            ("wind_speed", Column(type: .float64, values: rows.map { $0.2.map { .float64($0) } ?? .null })),
            ("wind_dir", Column(type: .float64, values: rows.map { $0.3.map { .float64($0) } ?? .null })),
            ("visib", Column(type: .float64, values: rows.map { $0.4.map { .float64($0) } ?? .null })),
            ("station", Column(type: .string, values: rows.map { $0.5.map { .string($0) } ?? .null })),
        ])
    }

    /// Planes 1 and 2 and one whose number needs 64 bits.
    static var fleet: Batch {
        let tails: [Int64] = [1, 2, 9_007_199_254_740_993]
        return Batch([
            ("tail", Column(type: .int64, values: tails.map { .int64($0) })),
            ("seats", Column(type: .int32, values: [.int32(180), .null, .int32(.min)])),
            ("serial", Column(type: .int64, values: [.int64(9_007_199_254_740_993), .int64(.min), .int64(.max)])),
            ("price", Column(type: .float32, values: [.float32(0.1), .float32(1e30), .float32(-.infinity)])),
            (
                "built",
                Column(type: .date, values: [.date(CalendarDate(days: 15_706)), .null, .date(CalendarDate(days: 0))])
            ),
            (
                "seen",
                Column(
                    type: .timestamp,
                    values: [.timestamp(ServerFixture.noon), .timestamp(Timestamp(microseconds: -1)), .null])
            ),
            ("photo", Column(type: .bytes, values: [.bytes([0, 1, 250, 255]), .bytes([]), .null])),
            (
                "legs",
                Column(
                    type: .array(.float64),
                    values: [.array([.float64(1.5), .null, .float64(.nan)]), .array([]), .null])
            ),
        ])
    }
}
