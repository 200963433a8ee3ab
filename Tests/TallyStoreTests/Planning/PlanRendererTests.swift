// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyStore
import TallyTesting
import Testing

@Suite struct PlanRendererTests {
    private let registry = InMemoryRegistry()

    private func plan(_ change: (inout FlightDefinitions) -> Void) async throws -> Plan {
        let state = try await FlightDefinitions.applied(FlightDefinitions().set, registry: registry)
        return try Planner.plan(current: state, wanted: FlightDefinitions.changed(change))
    }

    /// Places as an index of the YAML files would give them: of definitions, and of two fields.
    private func locate(_ id: DefinitionID, _ path: [String]) -> TallyModel.SourceLocation? {
        let lines = [
            "entity airport": 1, "source weather": 5, "view origin_weather": 12,
            "view origin_weather/timeToLive": 16, "view origin_weather/features/wind_speed": 18,
        ]
        return lines[([id.description] + path).joined(separator: "/")].map {
            TallyModel.SourceLocation(file: "definitions/weather.yaml", line: $0, column: 1)
        }
    }

    private func line(_ place: TallyModel.SourceLocation) -> String? {
        switch place.line {
        case 16: "timeToLive: 2h"
        case 18: "  - {name: wind_speed, type: float64, unit: knots}"
        default: nil
        }
    }

    private func text(_ plan: Plan) -> String { PlanRenderer.text(plan, locate: locate, line: line) }

    @Test func `a first plan reads well`() throws {
        let plan = try Planner.plan(current: .empty, wanted: FlightDefinitions().set)
        try GoldenText.check(text(plan), in: GoldenText.path("plan-first.txt"))
    }

    @Test func `a plan with every kind of change reads well`() async throws {
        let plan = try await plan {
            $0.timeToLive = TimeSpan("2h")
            $0.features[0] = Feature(name: "wind_speed", type: .float64, unit: "knots")
            $0.entityAnnotation = Annotation(owner: "ops-data")
            $0.onDemand = []
        }
        try GoldenText.check(text(plan), in: GoldenText.path("plan-changes.txt"))
    }

    @Test func `a moved source reads well`() async throws {
        let plan = try await plan { $0.weatherPath = "data/weather2/*.parquet" }
        try GoldenText.check(text(plan), in: GoldenText.path("plan-source.txt"))
    }

    @Test func `a plan says which views each materialization reads whole`() async throws {
        let query = "select * from 'data/weather/*.parquet'"
        let plan = try await plan { $0.weatherQuery = query }
        try GoldenText.check(text(plan), in: GoldenText.path("plan-query.txt"))
        let telling = try await self.plan {
            $0.weatherQuery = query
            $0.knownTime = .column("observed_at")
        }
        #expect(!text(telling).contains("reads weather whole"))
    }

    @Test func `a removal reads well`() async throws {
        let plan = try await plan {
            $0.hasView = false
            $0.hasService = false
        }
        try GoldenText.check(text(plan), in: GoldenText.path("plan-removal.txt"))
    }

    @Test func `no definition can break the lines of a plan, or write to the terminal`() async throws {
        let plan = try await plan { $0.viewAnnotation = Annotation(description: "two\nlines\t\u{1B}[31m") }
        #expect(text(plan).contains("    description: Hourly weather. -> two\\nlines\\t\\u{1b}[31m\n"))
    }

    @Test func `nothing to do is one line`() async throws {
        #expect(text(try await plan { _ in }) == "nothing to do: 5 definitions are applied\n")
        let empty = DefinitionSet(
            project: Project(name: "p"), entities: [Entity(name: "e", joinKeys: [])], sources: [], views: [],
            services: [],
            sourceColumns: [:])
        let state = try await FlightDefinitions.applied(empty, registry: InMemoryRegistry())
        let plan = try Planner.plan(current: state, wanted: empty)
        #expect(text(plan) == "nothing to do: 1 definition is applied\n")
    }

    @Test func `programs read the same plan as JSON`() async throws {
        let plan = try await plan { $0.timeToLive = TimeSpan("2h") }
        try GoldenText.check(PlanRenderer.json(plan).prettyText, in: GoldenText.path("plan.json"))
    }
}
