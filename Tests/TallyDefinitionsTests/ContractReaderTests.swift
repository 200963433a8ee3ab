// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDefinitions
import TallyModel
import Testing

@Suite struct ContractReaderTests {
    private func contract(_ text: String) throws -> Contract {
        let loaded = ContractReader.read(SampleContracts.file(text))
        #expect(!loaded.hasErrors, "\(loaded.diagnostics)")
        return try #require(loaded.contract)
    }

    /// The promises about a column, or about the table, as `check arguments`.
    private func lines(_ object: Contract.Object?, _ column: String?) -> [String] {
        (object?.promises ?? []).filter { $0.column == column }.map { promise in
            let arguments = promise.arguments.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.compactText)" }
            return ([promise.check] + arguments).joined(separator: " ")
        }
    }

    @Test(arguments: SampleContracts.all)
    func `correct contracts of each version have no problem`(_ sample: SampleContracts.Sample) throws {
        let loaded = ContractReader.read(sample.file)
        let problems = loaded.diagnostics.filter { $0.code.code != "T0721" }
        #expect(problems == [], "\(DiagnosticRenderer.text(problems, sources: loaded.files))")
        #expect(loaded.contract?.standard == "v" + sample.version)
        #expect(loaded.contract?.document["version"]?.stringValue == loaded.contract?.version)
    }

    @Test func `a property of 3_0 gives its promises in order`() throws {
        let weather = try contract(SampleContracts.v30)[object: "weather"]
        #expect(
            lines(weather, "wind_speed") == [
                "present", #"logicalType type="number""#, #"numberFormat format="f64""#, "required",
                #"finite infinity="reject" nan="reject""#, "range exclusiveMaximum=250 minimum=0",
                "multipleOf value=0.01", #"nullValues mustBe=0 unit="rows""#,
                #"sql mustBe=0 query="select count(*) from {object} where {property} < 0""#,
            ])
        #expect(
            lines(weather, "origin") == [
                "present", #"logicalType type="string""#, #"physicalType type="VARCHAR""#, "required",
                "length maximum=3 minimum=3", #"pattern pattern="^[A-Z]{3}$""#,
            ])
        #expect(lines(weather, "gusts").contains("items maximum=60 minimum=0 unique=false"))
        #expect(lines(weather, "site").contains(#"properties maximum=4 minimum=1 required=["city"]"#))
        #expect(lines(weather, "site").last?.hasPrefix(#"nested parts=[{"name":"city""#) ?? false)
        let range = weather?.promises.first { $0.check == "range" && $0.column == "wind_speed" }
        #expect(range?.reaction == Reaction(.quarantine, upTo: 0.01))
        #expect(weather?[column: "wind_speed"]?.physicalName == "wind")
        #expect(
            weather?[column: "wind_speed"]?.meaning == [
                "unit": .string("mph"), "transformLogic": .string("knots * 1.15"),
            ])
    }

    @Test func `an object of 3_0 gives its promises in order`() throws {
        let contract = try contract(SampleContracts.v30)
        let weather = contract[object: "weather"]
        #expect(
            lines(weather, nil) == [
                #"unique columns=["origin","observed_at"]"#, #"notInFuture column="observed_at" skew=0"#,
                #"rowCount mustBeGreaterThan=100 unit="rows""#, "text", #"custom engine="soda""#,
                #"latency column="observed_at" limit=345600000000"#,
                #"serviceLevel property="retention" unit="y" value=3"#,
                #"frequency column="observed_at" limit=86400000000"#,
                #"serviceLevel property="generalAvailability" value="2023-05-12T09:30:10-08:00""#,
            ])
        #expect(weather?.keys == ["origin", "observed_at"])
        #expect(weather?.physicalName == "weather_v1")
        #expect(contract.owner == "Amina")
        #expect(contract.status == "active")
    }

    @Test func `rules and relationships of 3_1 give their promises`() throws {
        let contract = try contract(SampleContracts.v31)
        let weather = contract[object: "weather"]
        #expect(
            lines(weather, "origin").dropFirst(3) == [
                #"missingValues missing=[null,"","N/A"] mustBe=0 unit="rows""#,
                #"invalidValues mustBe=0 pattern="^[A-Z]+$" unit="rows" valid=["JFK","EWR"]"#,
                #"nullValues mustBeLessOrEqualTo=1 unit="percent""#,
            ])
        #expect(
            lines(weather, "observed_at").dropFirst(2) == [
                #"range exclusiveMaximum="2100-01-01T00:00:00Z" minimum="2010-01-01T00:00:00Z""#,
                #"timeFormat format="yyyy-MM-dd'T'HH:mm:ssX""#,
                #"timezone defaultTimezone="Etc/UTC" timezone=true"#,
            ])
        #expect(
            lines(weather, nil) == [
                "undeclared", #"notInFuture column="observed_at" skew=0"#,
                #"reference columns=["origin"] object="station" properties=["code"]"#,
                #"reference columns=["origin"] object="station" properties=["code"]"#,
                #"rowCount mustBeBetween=[100,100000] unit="rows""#,
                #"duplicateValues columns=["origin","observed_at"] mustBeLessThan=1 unit="percent""#,
                #"latency column="observed_at" limit=5400000000"#,
                #"serviceLevel property="availability" unit="percent" value=99.9"#,
            ])
        let identifiers = weather?.promises.map(\.id) ?? []
        #expect(identifiers.contains("enough_rows") && identifiers.contains("fresh"))
        #expect(identifiers.contains("weather.reference") && identifiers.contains("weather.reference#2"))
        #expect(weather?.promises.first { $0.check == "nullValues" }?.severity == .warning)
        #expect(lines(contract[object: "station"], "code").last == #"unique columns=["code"]"#)
        #expect(contract.owner == "Weather desk")
    }

    @Test func `vendor properties and new types of 3_2 are read`() throws {
        let contract = try contract(SampleContracts.v32)
        let weather = try #require(contract[object: "weather"])
        #expect(weather.eventTime == "observed_at" && weather.knownTime == "filed_at")
        #expect(weather.meaning.keys.sorted() == ["createdTime", "entities", "eventTime", "ttl"])
        #expect(lines(weather, "sky").last == #"enum values=["clear","overcast"]"#)
        #expect(lines(weather, "wind_speed").contains(#"finite infinity="reject" nan="null""#))
        #expect(
            lines(weather, "report").suffix(2) == [
                #"finite infinity="reject" nan="reject""#,
                #"vector dimensions=384 elementType="float32" normalized=true"#,
            ])
        #expect(lines(weather, "readings").last?.hasPrefix(#"nested parts=[{"name":"key""#) ?? false)
        #expect(
            lines(weather, nil) == [
                "undeclared", #"unique columns=["origin","observed_at"]"#,
                #"notInFuture column="observed_at" skew=300000000"#,
                #"knownAfterEvent event="observed_at" known="filed_at""#,
                #"reference columns=["origin"] object="station" properties=["code"]"#,
                #"expression expression="wind_speed < 200.0 or sky = 'clear'""#,
                #"mean column="wind_speed" mustBeBetween=[2,20]"#,
                #"freshness column="observed_at" limit=10800000000"#,
                #"serviceLevel property="endOfSupport" value="2030-01-01""#,
            ])
        #expect(contract.reactions == [.error: Reaction(.block), .warning: Reaction(.quarantine, upTo: 0.05)])
        #expect(contract.reserved == ["weather.wind"])
        let plausible = try #require(weather.promises.first { $0.id == "plausible" })
        #expect(plausible.reaction == Reaction(.quarantine) && plausible.severity == .warning)
        #expect(contract.reaction(to: plausible) == Reaction(.quarantine))
        #expect(contract[object: "station"]?[column: "code"]?.isDeprecated == true)
        #expect(lines(contract[object: "station"], nil).last == #"freshness column="code" limit=10800000000"#)
    }
}
