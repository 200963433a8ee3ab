// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyStore
import TallyTesting
import Testing

@Suite struct PlannerTests {
    private let registry = InMemoryRegistry()

    /// The plan from the flights definitions to changed ones.
    private func plan(_ change: (inout FlightDefinitions) -> Void) async throws -> Plan {
        let state = try await FlightDefinitions.applied(FlightDefinitions().set, registry: registry)
        return try Planner.plan(current: state, wanted: FlightDefinitions.changed(change))
    }

    /// A plan in short: sign of action, definition, effect, backfill.
    private func short(_ plan: Plan) -> [String] {
        plan.changes.map {
            "\($0.action.rawValue) \($0.id): \($0.effect.rawValue)" + ($0.needsBackfill ? ", backfill" : "")
        }
    }

    @Test func `everything is new to a new registry`() async throws {
        let plan = try Planner.plan(current: .empty, wanted: FlightDefinitions().set)
        #expect(
            short(plan) == [
                "added entity airport: storage", "added source landed_flights: storage",
                "added source weather: storage",
                "added view origin_weather: storage, backfill", "added service arrival_delay: storage",
            ])
        #expect(plan.candidates.map(\.service) == ["arrival_delay"])
        #expect(plan.backfills == ["origin_weather"])
    }

    @Test func `there is nothing to do for what is applied`() async throws {
        let plan = try await plan { _ in }
        #expect(plan.isEmpty)
        #expect(plan.releases.count == 1)
    }

    @Test func `a changed time to live needs no backfill and moves the service`() async throws {
        let plan = try await plan { $0.timeToLive = TimeSpan("2h") }
        #expect(short(plan) == ["changed view origin_weather: value", "affected service arrival_delay: value"])
        let change = try #require(plan.changes.first)
        #expect(change.fields == [Change.Field(path: ["timeToLive"], old: "3h", new: "2h")])
        #expect(change.dependents == [.service("arrival_delay")])
        #expect(plan.changes.last?.causes == [.view("origin_weather")])
        #expect(plan.candidates.count == 1)
        #expect(plan.transitions == [ReleaseTransition(service: "arrival_delay", number: 1, state: .retired)])
    }

    @Test func `an annotation is recorded and moves nothing`() async throws {
        let plan = try await plan { $0.viewAnnotation = Annotation(owner: "new-owner") }
        #expect(short(plan) == ["changed view origin_weather: annotation"])
        #expect(plan.changes[0].fields.map(\.path) == [["owner"], ["description"], ["tags"]])
        #expect(plan.candidates.isEmpty)
        #expect(plan.transitions.isEmpty)
        #expect(!plan.isEmpty)
    }

    @Test func `a changed path asks for a backfill of the views that read it`() async throws {
        let plan = try await plan { $0.weatherPath = "elsewhere/*.parquet" }
        #expect(
            short(plan) == [
                "changed source weather: storage", "affected view origin_weather: storage, backfill",
                "affected service arrival_delay: storage",
            ])
        #expect(plan.changes[1].causes == [.source("weather")])
    }

    @Test func `a type that changed in the files is a change of the view whose expression reads it`() async throws {
        let declared = try await plan { $0.windSpeedType = .float32 }
        #expect(declared.isEmpty, "a plain feature's column is read as the feature's type")
        let plan = try await plan { $0.visibilityType = .float32 }
        let view = try #require(plan.changes.first { $0.id == .view("origin_weather") })
        #expect(view.action == .changed)
        #expect(view.fields == [Change.Field(path: ["reads", "visib"], old: "float64", new: "float32")])
        #expect(view.needsBackfill)
    }

    @Test func `fields of listed things are addressed by name`() async throws {
        let plan = try await plan {
            $0.features[0] = Feature(name: "wind_speed", type: .float64, unit: "knots")
            $0.features.swapAt(1, 2)
            $0.features.append(Feature(name: "visib", type: .float64))
            $0.request.removeLast()
        }
        #expect(
            plan.changes[0].fields == [
                Change.Field(path: ["features", "wind_speed", "unit"], old: "mph", new: "knots"),
                Change.Field(path: ["features", "visib"], old: nil, new: "{name: visib, type: float64}"),
                Change.Field(
                    path: ["features"], old: "order wind_speed, wind_dir, low_visibility",
                    new: "order wind_speed, low_visibility, wind_dir"),
            ])
        #expect(
            plan.changes[1].fields == [
                Change.Field(path: ["request", "distance"], old: "{name: distance, type: float64}", new: nil)
            ])
    }

    @Test func `a renamed view is one added and one removed, and keeps its rows`() async throws {
        let plan = try await plan { $0.viewName = "weather_at_origin" }
        #expect(
            short(plan) == [
                "removed view origin_weather: storage", "added view weather_at_origin: storage",
                "changed service arrival_delay: annotation",
            ])
        #expect(plan.candidates.count == 1)
        #expect(plan.backfills.isEmpty)
    }

    @Test func `removing what the set still uses is refused with the list of users`() async throws {
        let state = try await FlightDefinitions.applied(FlightDefinitions().set, registry: registry)
        let full = FlightDefinitions().set
        let lacking = DefinitionSet(
            project: full.project, entities: [], sources: [], views: Array(full.views.values),
            services: Array(full.services.values), sourceColumns: full.sourceColumns)
        let error = failure { () throws(TallyError) in try Planner.plan(current: state, wanted: lacking) }
        #expect(error?.code == .inUse)
        #expect(error?.subject == "entity airport")
        #expect(error?.message.contains("view origin_weather") == true)
        let withoutView = FlightDefinitions.changed { $0.hasView = false }
        let second = failure { () throws(TallyError) in try Planner.plan(current: state, wanted: withoutView) }
        #expect(second?.code == .inUse)
        #expect(second?.message.contains("service arrival_delay") == true)
    }

    @Test func `a view and its service may go together`() async throws {
        let plan = try await plan {
            $0.hasView = false
            $0.hasService = false
        }
        #expect(
            short(plan) == ["removed view origin_weather: storage", "removed service arrival_delay: storage"])
        #expect(plan.changes[0].dependents == [.service("arrival_delay")])
        #expect(plan.transitions.map(\.state) == [.retired])
        let after = try await registry.commit(RegistryCommit(plan, at: FlightDefinitions.time, by: "ann"))
        #expect(after.definitions.map(\.node.id.name) == ["airport", "landed_flights", "weather"])
    }

    @Test func `what a serving release is made of cannot be removed`() async throws {
        let state = try await FlightDefinitions.applied(FlightDefinitions().set, registry: registry)
        let serving = try await registry.commit(
            RegistryCommit(
                base: state.generation, project: "flights",
                transitions: [ReleaseTransition(service: "arrival_delay", number: 1, state: .serving)],
                at: FlightDefinitions.time, by: "ann"))
        let error = failure { () throws(TallyError) in
            try Planner.plan(
                current: serving,
                wanted: FlightDefinitions.changed {
                    $0.hasView = false
                    $0.hasService = false
                })
        }
        #expect(error?.code == .inUse)
        #expect(error?.message.contains("release 1 of service arrival_delay") == true)
        let edited = try Planner.plan(
            current: serving, wanted: FlightDefinitions.changed { $0.timeToLive = TimeSpan("2h") })
        #expect(edited.transitions.isEmpty, "the serving release goes on answering")
        #expect(edited.candidates.count == 1)
        let after = try await registry.commit(RegistryCommit(edited, at: FlightDefinitions.time, by: "ann"))
        let back = try Planner.plan(current: after, wanted: FlightDefinitions().set)
        #expect(back.candidates.isEmpty, "the serving release is the wanted one again")
        #expect(back.transitions == [ReleaseTransition(service: "arrival_delay", number: 2, state: .retired)])
    }

    @Test func `another project's registry is refused`() async throws {
        let state = try await FlightDefinitions.applied(FlightDefinitions().set, registry: registry)
        let other = FlightDefinitions.changed { $0.project = "trains" }
        let error = failure { () throws(TallyError) in try Planner.plan(current: state, wanted: other) }
        #expect(error?.code == .conflict)
    }

    private func failure(_ body: () throws(TallyError) -> Plan) -> TallyError? {
        do throws(TallyError) {
            _ = try body()
            return nil
        } catch {
            return error
        }
    }
}
