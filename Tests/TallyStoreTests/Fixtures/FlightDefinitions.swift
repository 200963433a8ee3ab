// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyStore

/// The definitions of the flights example in small, with a knob for whatever a test changes.
struct FlightDefinitions {
    var project = "flights"
    var keys = [ColumnSchema(name: "origin", type: .string)]
    var entityAnnotation = Annotation()
    var weatherPath = "data/weather/*.parquet"
    /// Takes the place of the path.
    var weatherQuery: String?
    var knownTime = Source.KnownTime.after(TimeSpan(microseconds: 1_200_000_000))
    var timeZone = "UTC"
    var windSpeedType = DataType.float64
    /// Of a column that only an expression reads.
    var visibilityType = DataType.float64
    var timeToLive: TimeSpan? = TimeSpan("3h")
    var viewName = "origin_weather"
    var viewAnnotation = Annotation(description: "Hourly weather.", owner: "ops-data", tags: ["tier": "1"])
    var features = [
        Feature(name: "wind_speed", type: .float64, unit: "mph"),
        Feature(name: "wind_dir", type: .float64),
        Feature(name: "low_visibility", type: .bool, expression: "visib < 1.0"),
    ]
    var selection: [FeatureService.Selection.Item]?
    var request = [ColumnSchema(name: "course", type: .float64), ColumnSchema(name: "distance", type: .float64)]
    var onDemand = [
        Feature(
            name: "headwind", type: .float64, expression: "wind_speed * cos(radians(wind_dir - course))", unit: "mph")
    ]
    var label: FeatureService.Label? = FeatureService.Label(
        source: "landed_flights", keys: ["flight_id"], column: "arr_delay",
        maturity: TimeSpan(microseconds: 21_600_000_000))
    var extraWeatherColumns: [ColumnSchema] = []
    var hasService = true
    var hasView = true

    var set: DefinitionSet {
        let weather = Source(
            name: "weather",
            location: weatherQuery.map { .query($0) } ?? .files(path: weatherPath, format: .parquet),
            eventTime: "observed_at", knownTime: knownTime, timeZone: timeZone)
        let landed = Source(
            name: "landed_flights", location: .query("select * from 'data/flights/*.parquet'"), eventTime: "landed_at")
        let view = FeatureView(
            name: viewName, entities: ["airport"], source: "weather", timeToLive: timeToLive, features: features,
            annotation: viewAnnotation)
        let service = FeatureService(
            name: "arrival_delay", selections: [FeatureService.Selection(view: viewName, items: selection)],
            request: request, onDemand: onDemand, label: label, annotation: Annotation(owner: "delay-model"))
        return DefinitionSet(
            project: Project(name: project),
            entities: [Entity(name: "airport", joinKeys: keys, annotation: entityAnnotation)],
            sources: [weather, landed], views: hasView ? [view] : [], services: hasService ? [service] : [],
            sourceColumns: [
                "weather": keys + [
                    ColumnSchema(name: "observed_at", type: .timestamp),
                    ColumnSchema(name: "wind_speed", type: windSpeedType),
                    ColumnSchema(name: "wind_dir", type: .float64), ColumnSchema(name: "visib", type: visibilityType),
                ] + extraWeatherColumns,
                "landed_flights": [
                    ColumnSchema(name: "flight_id", type: .int64), ColumnSchema(name: "landed_at", type: .timestamp),
                    ColumnSchema(name: "arr_delay", type: .float64),
                ],
            ])
    }

    /// The definitions with something changed.
    static func changed(_ change: (inout FlightDefinitions) -> Void) -> DefinitionSet {
        var definitions = FlightDefinitions()
        change(&definitions)
        return definitions.set
    }

    static let time = Timestamp(microseconds: 1_357_020_000_000_000)

    /// A registry's state with definitions applied, one set after the other.
    static func applied(_ sets: DefinitionSet..., registry: any Registry) async throws -> RegistryState {
        for set in sets {
            let plan = try Planner.plan(current: try await registry.state(), wanted: set)
            _ = try await registry.commit(RegistryCommit(plan, at: time, by: "ann"))
        }
        return try await registry.state()
    }
}
