// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyStore
import TallyTesting
import Testing

/// What moves which fingerprint, and what moves none (SEMANTICS 9.1).
@Suite struct FingerprintGraphTests {
    private let before: FingerprintGraph

    init() throws { before = try FingerprintGraph.build(from: FlightDefinitions().set) }

    private func graph(_ change: (inout FlightDefinitions) -> Void) throws -> FingerprintGraph {
        try FingerprintGraph.build(from: FlightDefinitions.changed(change))
    }

    /// The innermost level at which a definition moved; nil when nothing did.
    private func moved(_ id: DefinitionID, in graph: FingerprintGraph) throws -> Fingerprints.Level? {
        let (old, new) = (try #require(before[id]), try #require(graph[id]))
        return new.fingerprints.firstDifference(from: old.fingerprints)
    }

    private let view = DefinitionID.view("origin_weather")
    private let service = DefinitionID.service("arrival_delay")

    @Test func `the canonical forms and digests are those of the golden vectors`() throws {
        let text = GoldenText.vectors(of: before)
        try GoldenText.check(text, in: GoldenVectors.path("fingerprints.json", from: #filePath))
        let vectors = try GoldenVectors.read("fingerprints.json")
        #expect(vectors.count == before.nodes.count * 3)
        for vector in vectors {
            let canonical = try #require(vector["canonical"]?.stringValue)
            #expect(Fingerprint(of: canonical.utf8).hex == vector["sha256"]?.stringValue)
        }
    }

    @Test func `equal definitions have equal fingerprints`() throws {
        #expect(try graph { _ in } == before)
    }

    @Test func `owner, description, tags and layout are outside all three`() throws {
        let after = try graph {
            $0.entityAnnotation = Annotation(description: "An airport", owner: "someone", tags: ["a": "b"])
            $0.viewAnnotation = Annotation()
            $0.features[2] = Feature(
                name: "low_visibility", type: .bool, expression: "  visib   <1.0 ",
                annotation: Annotation(owner: "x"))
        }
        for node in before.nodes { #expect(try moved(node.id, in: after) == nil, "\(node.id)") }
        #expect(after.releases == before.releases)
        #expect(after.lockfile.services == before.lockfile.services)
    }

    @Test func `the time to live moves the value and all above, not what is stored`() throws {
        let after = try graph { $0.timeToLive = TimeSpan("2h") }
        #expect(try moved(view, in: after) == .value)
        #expect(try moved(service, in: after) == .value)
        #expect(try moved(.source("weather"), in: after) == nil)
        let part = try #require(after[view]?.part(.feature, "wind_speed"))
        let old = try #require(before[view]?.part(.feature, "wind_speed"))
        #expect(part.fingerprints.firstDifference(from: old.fingerprints) == .value)
        #expect(try moved(view, in: graph { $0.timeToLive = nil }) == .value)
    }

    @Test func `unit, strictness and an expression's name are promises only`() throws {
        let strict = try graph {
            $0.features[2] = Feature(name: "low_visibility", type: .bool, expression: "visib < 1.0", isStrict: true)
        }
        #expect(try moved(view, in: strict) == .promise)
        let unit = try graph { $0.features[0] = Feature(name: "wind_speed", type: .float64, unit: "knots") }
        #expect(try moved(view, in: unit) == .promise)
        #expect(try moved(service, in: unit) == .promise)
        let renamed = try graph {
            $0.features[2] = Feature(name: "poor_visibility", type: .bool, expression: "visib < 1.0")
        }
        #expect(try moved(view, in: renamed) == .promise)
        #expect(try moved(service, in: renamed) == .value)
    }

    @Test func `whatever changes stored bytes moves storage`() throws {
        let changes: [(String, (inout FlightDefinitions) -> Void)] = [
            ("path", { $0.weatherPath = "data/other/*.parquet" }),
            ("known time", { $0.knownTime = .after(TimeSpan(microseconds: 1)) }),
            ("time zone", { $0.timeZone = "America/New_York" }),
            ("key name", { $0.keys = [ColumnSchema(name: "faa", type: .string)] }),
            ("key type", { $0.keys = [ColumnSchema(name: "origin", type: .bytes)] }),
            ("type of a column in an expression", { $0.visibilityType = .float32 }),
            (
                "expression",
                { $0.features[2] = Feature(name: "low_visibility", type: .bool, expression: "visib <= 1.0") }
            ),
            ("order", { $0.features.reverse() }),
            (
                "fewer features",
                {
                    $0.features.removeLast(); $0.selection = nil
                }
            ),
        ]
        var seen: Set<Fingerprint> = []
        for (name, change) in changes {
            let after = try graph(change)
            #expect(try moved(view, in: after) == .storage, "\(name)")
            let storage = try #require(after[view]?.fingerprints.storage)
            #expect(seen.insert(storage).inserted, "\(name)")
        }
    }

    @Test func `a column that nobody uses moves nothing`() throws {
        let after = try graph { $0.extraWeatherColumns = [ColumnSchema(name: "humid", type: .float64)] }
        #expect(after.nodes == before.nodes)
    }

    @Test func `a column is the expression of its name`() throws {
        let after = try graph {
            $0.features[0] = Feature(name: "wind_speed", type: .float64, expression: "\"wind_speed\"", unit: "mph")
        }
        #expect(try moved(view, in: after) == nil)
    }

    @Test func `names of views, sources and entities are handles, not content`() throws {
        let after = try graph { $0.viewName = "weather_at_origin" }
        #expect(after[.view("weather_at_origin")]?.fingerprints == before[view]?.fingerprints)
        #expect(try moved(service, in: after) == nil)
        #expect(after.releases != before.releases)
    }

    @Test func `listing all features of a view is the same as not listing them`() throws {
        let after = try graph {
            $0.selection = $0.features.map { FeatureService.Selection.Item(feature: $0.name) }
        }
        #expect(try moved(service, in: after) == nil)
        let aliased = try graph {
            $0.selection = [
                FeatureService.Selection.Item(feature: "wind_speed"),
                FeatureService.Selection.Item(feature: "wind_dir"),
                FeatureService.Selection.Item(feature: "low_visibility", alias: "fog"),
            ]
        }
        #expect(try moved(service, in: aliased) == .value)
    }

    @Test func `an on-demand expression is bound to what its names stand for`() throws {
        let text = "wind_speed + gust"
        let first = [
            Feature(name: "total", type: .float64, expression: text),
            Feature(name: "gust", type: .float64, expression: "course * 2"),
        ]
        let later = try graph { $0.onDemand = first }
        let changed = try graph {
            $0.onDemand = [first[0], Feature(name: "gust", type: .float64, expression: "course * 3")]
        }
        let total = try #require(later[service]?.part(.expression, "total"))
        let other = try #require(changed[service]?.part(.expression, "total"))
        #expect(total.fingerprints.storage != other.fingerprints.storage)
        let swapped = try graph { $0.onDemand = first.reversed() }
        #expect(swapped[service]?.part(.expression, "total") == total)
        #expect(swapped[service]?.fingerprints.storage != later[service]?.fingerprints.storage)
    }

    @Test func `expressions in a circle, and references to nothing, are refused`() throws {
        expectInvalid {
            $0.onDemand = [
                Feature(name: "a", type: .float64, expression: "b + 1"),
                Feature(name: "b", type: .float64, expression: "a + 1"),
            ]
        }
        expectInvalid { $0.hasView = false }
        expectInvalid { $0.selection = [FeatureService.Selection.Item(feature: "nothing")] }
        expectInvalid { $0.features[2] = Feature(name: "low_visibility", type: .bool, expression: "visib <") }
        expectInvalid { $0.knownTime = .column("missing") }
    }

    @Test func `a label's keys and column are storage, its maturity is value, its name a promise`() throws {
        func label(_ column: String = "arr_delay", _ hours: Int64 = 6, _ alias: String? = nil) throws
            -> FingerprintGraph
        {
            try graph {
                $0.label = FeatureService.Label(
                    source: "landed_flights", keys: ["flight_id"], column: column,
                    maturity: TimeSpan(microseconds: hours * 3_600_000_000), alias: alias)
            }
        }
        #expect(try moved(service, in: label()) == nil)
        #expect(try moved(service, in: label("flight_id")) == .storage)
        #expect(try moved(service, in: label("arr_delay", 7)) == .value)
        #expect(try moved(service, in: label("arr_delay", 6, "delay")) == .promise)
    }

    @Test func `a release lists what it is made of, and its vector in order`() throws {
        let release = try #require(before.release(of: "arrival_delay"))
        #expect(release.columns.map(\.name) == ["wind_speed", "wind_dir", "low_visibility", "headwind"])
        #expect(
            release.parts.map { "\($0.kind.rawValue) \($0.name)" } == [
                "entity airport", "expression headwind", "label arr_delay", "source landed_flights", "source weather",
                "view origin_weather",
            ])
        #expect(before.dependents(of: .source("weather")) == [view, service])
        #expect(before.dependents(of: .source("landed_flights")) == [service])
        #expect(before.dependents(of: service).isEmpty)
    }

    private func expectInvalid(
        sourceLocation: Testing.SourceLocation = #_sourceLocation, _ change: (inout FlightDefinitions) -> Void
    ) {
        do throws(TallyError) {
            _ = try FingerprintGraph.build(from: FlightDefinitions.changed(change))
            Issue.record("fingerprints of a broken set", sourceLocation: sourceLocation)
        } catch {
            #expect(error.code == .invalidDefinitions, sourceLocation: sourceLocation)
        }
    }
}
