// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDefinitions
import TallyModel

/// A correct repository in memory, with every key of every kind at least once.
enum SampleRepository {
    static let project = DefinitionFile(
        path: "tally.yaml",
        text: """
            project: flights
            stores: {registry: "sqlite:.tally/registry.db", offline: duckdb, online: "lmdb:.tally/online"}

            """)

    static let entities = """
        # What features are about.
        kind: Entity
        name: airport
        description: The airport of departure.
        owner: ops-data
        tags: {domain: flights, tier: 1}
        joinKeys: [{name: origin, type: string}]
        ---
        kind: Entity
        name: no
        joinKeys:
          - name: "no"
            type: int64

        """

    static let sources = """
        ---
        kind: Source
        name: weather
        path: data/weather/*
        format: parquet
        eventTime: observed_at
        knownAfter: 20m
        timeZone: America/New_York
        ---
        kind: Source
        name: landed
        query: >-
          select *, cast(day as timestamptz) as at
          from 'flights.parquet'
        eventTime: at
        knownTime: filed_at
        columns:
          - {name: flight_id, type: string}
          - {name: at, type: timestamp}
          - {name: filed_at, type: timestamp}
          - {name: arr_delay, type: float64}
        ---
        kind: Source
        name: lanes
        path: data/lanes.csv.gz

        """

    static let views = """
        kind: FeatureView
        name: origin_weather
        description: 'Hourly weather: it''s measured at the airport.'
        owner: ops-data
        entities: [airport]
        source: weather
        timeToLive: 3h
        features:
          - {name: wind_speed, type: float64, unit: mph}
          - name: low_visibility
            type: bool
            strict: false
            expression: |
              visib < 1.0
              and wind_speed > 0.0
            tags: {on: yes}
          - {name: recent, type: "array<int64>"}
        ---
        kind: FeatureView
        name: lane
        owner: ops-data
        entities: [no, airport]
        source: lanes
        features: [{name: width, type: float64, strict: true, expression: "cast(width as float64)"}]

        """

    static let services = """
        kind: FeatureService
        name: arrival_delay
        owner: delay-model
        features: [{origin_weather: [low_visibility, {name: wind_speed, as: wind}]}, lane]
        request: {course: float64, distance: float64}
        onDemand:
          - {name: double_headwind, type: float64, expression: "2.0 * headwind"}
          - {name: headwind, type: float64, unit: mph, expression: "wind * cos(radians(course))"}
          - {name: hour_of_day, type: int64, expression: hour(observed_at)}
        label: {source: landed, keys: [flight_id], column: arr_delay, maturity: 6h, unripe: flag, as: delay}

        """

    static let files = [
        project, DefinitionFile(path: "definitions/entities.yaml", text: entities),
        DefinitionFile(path: "definitions/sources.yaml", text: sources),
        DefinitionFile(path: "definitions/views.yaml", text: views),
        DefinitionFile(path: "definitions/services.yml", text: services),
    ]

    static func described(_ columns: [(String, DataType)]) -> TableDescription {
        TableDescription(
            files: ["data/1"], columns: columns.map { .init(name: $0.0, type: $0.1, nativeType: $0.1.name) })
    }

    static let descriptions = [
        "weather": described([
            ("origin", .string), ("observed_at", .timestamp), ("wind_speed", .float64), ("visib", .float32),
            ("recent", .array(.int32)),
        ]),
        "lanes": described([("no", .int32), ("origin", .string), ("width", .string)]),
    ]
}
