// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDefinitions
import TallyModel
import Testing

/// What other rooms judge comes in as functions, and is told at the right column.
@Suite struct ContractHookTests {
    private let hooks = ContractHooks(
        patternProblem: { text in
            text.firstIndex(of: "(").map { index in
                (
                    "the group is not closed", text.unicodeScalars.distance(from: text.startIndex, to: index),
                    "add ')'"
                )
            }
        },
        expressionProblem: { text, object in
            guard object[column: "sky"]?.logicalType == "string", text.hasPrefix("sky > 1") else { return nil }
            return ("text is not compared with a number", 4, nil)
        })

    @Test func `a wrong pattern or expression is told inside its scalar`() {
        let file = SampleContracts.file(
            """
            apiVersion: v3.2.0
            kind: DataContract
            id: weather
            version: 1.0.0
            schema:
              - name: weather
                properties:
                  - {name: sky, logicalType: string, logicalTypeOptions: {pattern: '^it''s (clear$'}}
                quality:
                  - type: custom
                    engine: tally
                    implementation: {expression: "sky > 1"}

            """)
        let loaded = ContractReader.read(file, hooks: hooks)
        #expect(
            DiagnosticRenderer.text(loaded.diagnostics, sources: loaded.files) == """
                contracts/weather.odcs.yaml:8:80: error[T0727]: the group is not closed
                8 |       - {name: sky, logicalType: string, logicalTypeOptions: {pattern: '^it''s (clear$'}}
                  |                                                                                ^
                help: add ')'

                contracts/weather.odcs.yaml:12:43: error[T0728]: text is not compared with a number
                12 |         implementation: {expression: "sky > 1"}
                   |                                           ^

                2 errors

                """)
        #expect(loaded.contract != nil)
        #expect(ContractReader.read(file).diagnostics == [])
    }

    @Test func `the pattern of a feature is judged too`() {
        let file = DefinitionFile(
            path: "definitions/weather.yaml",
            text: """
                kind: Entity
                name: airport
                joinKeys: [{name: origin, type: string}]
                ---
                kind: Source
                name: weather
                path: data/*.parquet
                columns: [{name: origin, type: string}, {name: sky, type: string}]
                ---
                kind: FeatureView
                name: origin_weather
                owner: desk
                entities: [airport]
                source: weather
                features: [{name: sky, type: string, promise: {pattern: "a("}}]

                """)
        let repository = RepositoryReader.read(files: [SampleRepository.project, file], hooks: hooks)
        let found = repository.check(descriptions: [:]).diagnostics
        #expect(found.map(\.code.code) == ["T0727"])
        #expect(found.first?.location.column == 59)
    }
}
