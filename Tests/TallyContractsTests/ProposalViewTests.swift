// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyModel
import Testing

/// A feature view as a document of the standard.
@Suite struct ProposalViewTests {
    private static let reaction = Reaction(.serveDefault, upTo: 0.01)

    private static func promise(
        _ column: String?, _ check: String, _ arguments: [String: JSON] = [:], severity: Promise.Severity = .error,
        reaction: Reaction? = nil
    ) -> Promise {
        Promise(
            id: (column.map { "weather.\($0)." } ?? "weather.") + check, object: "weather", column: column,
            check: check, arguments: arguments, severity: severity, reaction: reaction)
    }

    private static let view = FeatureView(
        name: "weather", entities: ["station"], source: "readings", timeToLive: TimeSpan("7d"),
        features: [
            Feature(
                name: "wind", type: .float64, expression: "wind_knots * 0.514444", unit: "m/s",
                promises: [
                    promise("wind", "required", reaction: reaction),
                    promise("wind", "range", ["minimum": .int(0), "maximum": .double(60.5)], reaction: reaction),
                    promise(
                        "wind", "nullValues", ["mustBeLessOrEqualTo": .double(0.5), "unit": .string("percent")],
                        reaction: reaction),
                ], defaultValue: .double(1.5),
                annotation: Annotation(description: "Mean wind.", tags: ["level": "gold", "area": "air"])),
            Feature(
                name: "sky", type: .array(.float32),
                promises: [
                    promise("sky", "finite", ["nan": .string("reject"), "infinity": .string("allow")]),
                    promise("sky", "vector", ["dimensions": .int(8)]),
                ]),
            Feature(
                name: "kind", type: .string,
                promises: [
                    promise("kind", "enum", ["values": .array([.string("a"), .string("b")])]),
                    promise("kind", "length", ["minimum": .int(1)], severity: .warning),
                ]),
            Feature(name: "raw", type: .bytes), Feature(name: "station", type: .string),
        ],
        promises: [
            promise(nil, "freshness", ["limit": .int(5_400_000_000)], reaction: Reaction(.warn)),
            promise(nil, "rowCount", ["mustBeGreaterThan": .int(10), "unit": .string("rows")]),
            promise(nil, "unique", ["columns": .array([.string("station")])]),
            promise(nil, "unique", ["columns": .array([.string("station"), .string("at")])], severity: .warning),
            promise(nil, "expression", ["expression": .string("wind >= 0")], severity: .warning),
        ],
        annotation: Annotation(description: "Weather by station.", owner: "air team"))

    static let document = ViewContract.document(
        for: view,
        source: Source(name: "readings", location: .files(path: "r.parquet", format: .parquet), eventTime: "at"),
        joinKeys: [ColumnSchema(name: "station", type: .string)])

    private var object: JSON? { Self.document["schema"]?.arrayValue?.first }

    private func property(_ name: String) -> JSON? {
        object?["properties"]?.arrayValue?.first { $0["name"] == .string(name) }
    }

    private func vendor(_ node: JSON?, _ name: String) -> JSON? {
        node?["customProperties"]?.arrayValue?.first {
            $0["property"] == .string(name) && $0["vendor"] == .string("tallystick")
        }?["value"]
    }

    @Test func `the head names the view, its owner and what it is for`() {
        #expect(Self.document["apiVersion"] == .string("v3.2.0"))
        #expect(Self.document["id"] == .string("weather"))
        #expect(Self.document["team"]?["name"] == .string("air team"))
        #expect(Self.document["description"]?["purpose"] == .string("Weather by station."))
        #expect(vendor(object, "eventTime") == .string("at"))
        #expect(vendor(object, "ttl") == .string("7d"))
        #expect(vendor(object, "entities")?.compactText == #"[{"name":"station","keys":["station"]}]"#)
    }

    @Test func `keys come first, then the event time, then the features, each once`() {
        let names = object?["properties"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
        #expect(names == ["station", "at", "wind", "sky", "kind", "raw"])
        #expect(property("station")?["primaryKey"] == .bool(true))
        #expect(property("station")?["primaryKeyPosition"] == .int(1))
    }

    @Test func `a feature keeps type, unit, expression, default and tags`() {
        let wind = property("wind")
        #expect(wind?["logicalType"] == .string("number"))
        #expect(wind?["transformLogic"] == .string("wind_knots * 0.514444"))
        #expect(wind?["transformSourceObjects"] == .array([.string("readings")]))
        #expect(wind?["tags"] == .array([.string("area:air"), .string("level:gold")]))
        #expect(vendor(wind, "unit") == .string("m/s"))
        #expect(vendor(wind, "default") == .double(1.5))
        #expect(property("raw")?["logicalType"] == nil)
        #expect(property("raw")?["physicalType"] == .string("bytes"))
    }

    @Test func `promises stand in the words of the standard`() {
        let wind = property("wind")
        #expect(wind?["required"] == .bool(true))
        #expect(wind?["logicalTypeOptions"]?.compactText == #"{"format":"f64","minimum":0,"maximum":60.5}"#)
        #expect(vendor(wind, "onViolation")?.compactText == #"{"action":"serveDefault","upTo":0.01}"#)
        #expect(wind?["quality"]?.arrayValue?.map { $0["metric"] } == [.string("nullValues")])
        #expect(vendor(wind, "nanPolicy") == .string("allow"))
        #expect(property("sky")?["logicalType"] == .string("vector"))
        #expect(vendor(property("sky"), "nanPolicy") == .string("reject"))
        #expect(vendor(property("sky"), "infPolicy") == .string("allow"))
        #expect(property("kind")?["enum"]?.compactText == #"[{"value":"a"},{"value":"b"}]"#)
    }

    @Test func `what the standard has no word for is a rule of type custom`() {
        let length = property("kind")?["quality"]?.arrayValue?.first
        #expect(length?["type"] == .string("custom"))
        #expect(length?["severity"] == .string("warning"))
        #expect(length?["implementation"]?.compactText == #"{"metric":"length","minimum":1}"#)
        let rules = object?["quality"]?.arrayValue ?? []
        #expect(rules.count == 3)
        #expect(rules[0]["metric"] == .string("rowCount"))
        #expect(rules[1]["implementation"]?["columns"] == .array([.string("station"), .string("at")]))
        #expect(rules[2]["implementation"]?.compactText == #"{"expression":"wind >= 0"}"#)
    }

    @Test func `freshness is a service level in a unit that divides it`() {
        let level = Self.document["slaProperties"]?.arrayValue?.first
        #expect(level?["property"] == .string("freshness"))
        #expect(level?["value"] == .int(90))
        #expect(level?["unit"] == .string("min"))
        #expect(level?["element"] == .string("weather.at"))
        #expect(vendor(level, "onViolation") == .string("warn"))
    }
}
