// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDefinitions
import TallyModel
import Testing

@Suite struct PromiseReaderTests {
    private func files(_ features: String, promise: String = "", contract: String = "") -> [DefinitionFile] {
        [
            SampleRepository.project,
            DefinitionFile(
                path: "definitions/weather.yaml",
                text: """
                    kind: Entity
                    name: airport
                    joinKeys: [{name: origin, type: string}]
                    ---
                    kind: Source
                    name: weather
                    path: data/*.parquet
                    eventTime: observed_at
                    columns:
                      - {name: origin, type: string}
                      - {name: observed_at, type: timestamp}
                      - {name: wind, type: float64}
                      - {name: sky, type: string}
                      - {name: report, type: array<float32>}
                    \(contract)
                    ---
                    kind: FeatureView
                    name: origin_weather
                    owner: desk
                    entities: [airport]
                    source: weather
                    features:
                    \(features)
                    \(promise)

                    """),
        ]
    }

    private func lines(_ promises: [Promise]) -> [String] {
        promises.map { promise in
            let arguments = promise.arguments.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.compactText)" }
            return ([promise.id] + arguments).joined(separator: " ")
        }
    }

    @Test func `a feature's promises are those a contract would make`() throws {
        let result = RepositoryReader.read(
            files: files(
                """
                  - name: wind
                    type: float64
                    promise:
                      required: true
                      nan: null
                      minimum: 0
                      exclusiveMaximum: 250.5
                      multipleOf: 0.5
                      nulls: {atMost: 0.0000007%}
                      severity: warning
                      otherwise: {action: serveDefault, upTo: 0.7%}
                      default: 7
                  - {name: sky, type: string, promise: {minLength: 1, pattern: "^[a-z]+$", format: email, enum: [clear], unique: true}}
                  - {name: report, type: array<float32>, promise: {dimensions: 3, infinity: reject}}
                """)
        ).check(descriptions: [:])
        #expect(result.diagnostics == [])
        let view = try #require(result.set?.views["origin_weather"])
        let wind = view.features[0]
        #expect(
            lines(wind.promises) == [
                "origin_weather.wind.required", #"origin_weather.wind.finite infinity="allow" nan="null""#,
                "origin_weather.wind.range exclusiveMaximum=250.5 minimum=0",
                "origin_weather.wind.multipleOf value=0.5",
                #"origin_weather.wind.nullValues mustBeLessOrEqualTo=7e-7 unit="percent""#,
            ])
        #expect(wind.promises.allSatisfy { $0.object == "origin_weather" && $0.column == "wind" })
        #expect(wind.promises.allSatisfy { $0.severity == .warning })
        #expect(wind.promises.allSatisfy { $0.reaction == Reaction(.serveDefault, upTo: 0.007) })
        #expect(wind.promises.map { $0.location?.line } == [26, 27, 28, 30, 31])
        #expect(wind.defaultValue == .int(7))
        #expect(
            lines(view.features[1].promises) == [
                "origin_weather.sky.length minimum=1", #"origin_weather.sky.pattern pattern="^[a-z]+$""#,
                #"origin_weather.sky.format format="email""#, #"origin_weather.sky.enum values=["clear"]"#,
                #"origin_weather.sky.unique columns=["sky"]"#,
            ])
        #expect(
            lines(view.features[2].promises) == [
                #"origin_weather.report.finite infinity="reject" nan="allow""#,
                "origin_weather.report.vector dimensions=3",
            ])
    }

    @Test func `a view's promises are about its rows as a whole`() throws {
        let promise = """
            promise:
              freshness: 3h
              rowCount: {mustBeBetween: [1, 1000]}
              unique: [origin, observed_at]
              expression: ["wind < 200.0", "sky <> 'fog'"]
              otherwise: quarantine
            """
        let result = RepositoryReader.read(
            files: files("  - {name: wind, type: float64}\n  - {name: sky, type: string}", promise: promise)
        )
        .check(descriptions: [:])
        #expect(result.diagnostics == [])
        let view = try #require(result.set?.views["origin_weather"])
        #expect(
            lines(view.promises) == [
                "origin_weather.freshness limit=10800000000",
                #"origin_weather.rowCount mustBeBetween=[1,1000] unit="rows""#,
                #"origin_weather.unique columns=["origin","observed_at"]"#,
                #"origin_weather.expression expression="wind < 200.0""#,
                #"origin_weather.expression#2 expression="sky <> 'fog'""#,
            ])
        #expect(view.promises.allSatisfy { $0.column == nil && $0.reaction == Reaction(.quarantine) })
    }

    @Test func `a source's contract is read with the repository`() throws {
        let contract = DefinitionFile(
            path: "specs/weather.yaml",
            text: """
                apiVersion: v3.2.0
                kind: DataContract
                id: w
                version: 1.0.0
                schema: [{name: observations}]

                """)
        let other = DefinitionFile(path: "contracts/other.odcs.yaml", text: contract.text + "colour: blue\n")
        let all = files("  - {name: wind, type: float64}", contract: "contract: specs/weather.yaml")
        let right = RepositoryReader.read(files: all + [contract])
        let set = try #require(right.check(descriptions: [:]).set)
        #expect(set.sources["weather"]?.contract == "specs/weather.yaml")
        #expect(set.contracts["weather"]?.id == "w")
        #expect(set.contracts["weather"]?.object(forSource: "weather")?.name == "observations")
        #expect(right.contracts.keys.sorted() == ["specs/weather.yaml"])
        #expect(right.files.map(\.path).contains("specs/weather.yaml"))
        let wrong = RepositoryReader.read(files: all + [contract, other])
        #expect(wrong.diagnostics.map(\.code.code) == ["T0702"])
        #expect(wrong.check(descriptions: [:]).set == nil)
        #expect(wrong.positions.sourceLine(wrong.diagnostics[0].location) == "colour: blue")
        #expect(RepositoryReader.read(files: all).diagnostics.map(\.code.code) == ["T0115"])
    }
}
