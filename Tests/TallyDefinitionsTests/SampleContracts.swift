// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDefinitions
import Testing

/// Correct contracts of each version, with every section of the standard at least once.
enum SampleContracts {
    static func file(_ text: String) -> DefinitionFile {
        DefinitionFile(path: "contracts/weather.odcs.yaml", text: text)
    }

    /// A contract with the version of the standard it is written in.
    struct Sample: CustomTestStringConvertible, Sendable {
        let version: String
        let text: String

        var testDescription: String { version }
        var file: DefinitionFile { SampleContracts.file(text) }
    }

    static let all = [
        Sample(version: "3.0.2", text: v30), Sample(version: "3.1.0", text: v31), Sample(version: "3.2.0", text: v32),
    ]

    static let v30 = """
        apiVersion: v3.0.2
        kind: DataContract
        id: 7f1c3a52
        name: Station weather
        version: 1.4.0
        status: active
        tenant: weather-office
        domain: observations
        dataProduct: stations
        tags: [weather, hourly]
        description:
          purpose: Hourly observations at airports.
          usage: Features of delay models.
          limitations: Stations may be silent for an hour.
          authoritativeDefinitions: [{url: "https://example.org/weather", type: handbook}]
          customProperties: [{property: reviewed, value: 2024-01-31}]
        servers:
          - {server: lake, type: s3, location: "s3://lake/weather/*.parquet", format: parquet, environment: prod}
          - server: warehouse
            type: postgresql
            description: The copy for analysts.
            host: db.example.org
            port: 5432
            database: weather
            schema: public
            roles: [{role: reader, access: read, firstLevelApprovers: the desk}]
            customProperties: [{property: region, value: eu}]
        schema:
          - name: weather
            logicalType: object
            physicalName: weather_v1
            physicalType: table
            businessName: Weather
            description: One row for each station and hour.
            dataGranularityDescription: Station and hour.
            tags: [observations]
            authoritativeDefinitions: [{url: "https://example.org/stations", type: list}]
            properties:
              - name: origin
                logicalType: string
                physicalType: VARCHAR
                primaryKey: true
                primaryKeyPosition: 1
                logicalTypeOptions: {minLength: 3, maxLength: 3, pattern: "^[A-Z]{3}$"}
                examples: [JFK, EWR]
                classification: public
              - name: observed_at
                logicalType: date
                primaryKey: true
                primaryKeyPosition: 2
                partitioned: true
                partitionKeyPosition: 1
                logicalTypeOptions: {minimum: "2010-01-01"}
              - name: wind_speed
                logicalType: number
                required: true
                unique: false
                physicalName: wind
                businessName: Wind speed
                criticalDataElement: true
                encryptedName: wind_speed_x
                transformSourceObjects: [raw.metar]
                transformLogic: knots * 1.15
                transformDescription: From knots.
                logicalTypeOptions: {minimum: 0, maximum: 250, exclusiveMaximum: true, multipleOf: 0.01, format: f64}
                customProperties:
                  - {property: tallyUnit, value: mph}
                  - {property: tallyOnViolation, value: {action: quarantine, upTo: 1%}}
                quality:
                  - rule: nullCheck
                    type: library
                    description: It is always measured.
                    dimension: completeness
                    severity: error
                    businessImpact: operational
                  - {type: sql, query: "select count(*) from {object} where {property} < 0", mustBe: 0}
              - name: gusts
                logicalType: array
                logicalTypeOptions: {minItems: 0, maxItems: 60, uniqueItems: false}
                items: {logicalType: number}
              - name: site
                logicalType: object
                logicalTypeOptions: {minProperties: 1, maxProperties: 4, required: [city]}
                properties: [{name: city, logicalType: string}]
              - {name: is_manual, logicalType: boolean}
              - {name: visibility, logicalType: integer, logicalTypeOptions: {minimum: 0, format: i32}}
            quality:
              - {rule: rowCount, type: library, name: enough rows, mustBeGreaterThan: 100, unit: rows}
              - {type: text, description: Stations report within the hour.}
              - {type: custom, engine: soda, implementation: "checks: []", schedule: 0 20 * * *, scheduler: cron}
            customProperties:
              - {property: tallyEventTime, value: observed_at}
              - {property: tallyExtraColumns, value: allow}
        price: {priceAmount: 9.95, priceCurrency: USD, priceUnit: megabyte}
        team:
          - {username: amina, name: Amina, role: Data Owner, dateIn: 2023-01-01}
          - {username: bo, role: steward, dateOut: 2023-06-01, replacedByUsername: amina}
        roles: [{role: reader, access: read, firstLevelApprovers: lead, secondLevelApprovers: board}]
        slaDefaultElement: weather.observed_at
        slaProperties:
          - {property: latency, value: 4, unit: d, element: weather.observed_at}
          - {property: retention, value: 3, unit: y, element: weather.observed_at}
          - {property: frequency, value: 1, valueExt: 1, unit: d, driver: regulatory}
          - {property: generalAvailability, value: "2023-05-12T09:30:10-08:00"}
        support: [{channel: "#weather", url: "https://chat.example.org/weather", tool: slack, scope: interactive}]
        authoritativeDefinitions: [{url: "https://example.org", type: homepage}]
        customProperties: [{property: refRulesetName, value: weather.rules}]
        contractCreatedTs: "2023-05-12T09:30:10+00:00"

        """

    static let v31 = """
        apiVersion: v3.1.0
        kind: DataContract
        id: station-weather
        name: Station weather
        version: 1.5.0
        status: active
        description: {purpose: Hourly observations., customProperties: [{property: reviewed, value: true}]}
        servers:
          - {id: lake, server: lake, type: custom, location: "s3://lake", stream: hourly}
          - {server: hub, type: hive, host: hive.example.org, database: weather, port: 10000}
        schema:
          - id: weather_obj
            name: weather
            logicalType: object
            quality:
              - id: enough_rows
                metric: rowCount
                mustBeBetween: [100, 100000]
                description: A day has that many.
              - {metric: duplicateValues, arguments: {properties: [origin, observed_at]}, mustBeLessThan: 1, unit: percent}
            relationships:
              - {from: [weather.origin], to: [station.code], type: foreignKey}
            properties:
              - id: origin_prop
                name: origin
                logicalType: string
                required: true
                relationships:
                  - {to: schema/station_obj/properties/code_prop, customProperties: [{property: strength, value: 1}]}
                quality:
                  - {metric: missingValues, arguments: {missingValues: [null, "", N/A]}, mustBe: 0}
                  - {metric: invalidValues, arguments: {validValues: [JFK, EWR], pattern: "^[A-Z]+$"}, mustBe: 0}
                  - {metric: nullValues, mustBeLessOrEqualTo: 1, unit: percent, severity: warning}
              - name: observed_at
                logicalType: timestamp
                logicalTypeOptions:
                  {minimum: "2010-01-01T00:00:00Z", exclusiveMaximum: "2100-01-01T00:00:00Z", timezone: true,
                   defaultTimezone: Etc/UTC, format: "yyyy-MM-dd'T'HH:mm:ssX"}
              - {name: at, logicalType: time, logicalTypeOptions: {maximum: "23:59:59"}}
              - {name: temperature, logicalType: number, logicalTypeOptions: {exclusiveMinimum: -100, exclusiveMaximum: 70}}
            customProperties:
              - {id: et, property: tallyEventTime, value: observed_at, description: When it was measured.}
          - id: station_obj
            name: station
            logicalType: blob
            properties: [{id: code_prop, name: code, logicalType: string, unique: true}]
        price: {id: price-1, priceAmount: 1, priceCurrency: EUR, priceUnit: month}
        team:
          id: team-1
          name: Weather desk
          description: Keeps the stations.
          members: [{id: m1, username: amina, tags: [lead], customProperties: [{property: shift, value: day}]}]
          tags: [desk]
          authoritativeDefinitions: [{id: a1, url: "https://example.org", type: page, description: The desk.}]
        roles: [{id: r1, role: reader}]
        slaProperties:
          - {id: fresh, property: ly, value: 90, unit: minutes, element: weather, description: For the morning run.}
          - {property: availability, value: 99.9, unit: percent, scheduler: cron, schedule: 0 5 * * *}
        support: [{id: s1, channel: desk, customProperties: [{property: hours, value: 9-17}]}]

        """

    static let v32 = """
        apiVersion: v3.2.0
        kind: DataContract
        id: station-weather
        name: Station weather
        version: 2.0.0-rc.1
        status: active
        context:
          instructions: Ask for one station at a time.
          verifiedStatements: [{id: q1, question: How often?, answer: Hourly., tags: [basics]}]
          constraints: [{constraint: Never return rows of closed stations., customProperties: []}]
        servers:
          - {server: db, type: postgres, host: db, port: "${PORT}", database: weather, schema: public}
          - {server: ice, type: iceberg, catalog: main, catalogUrl: "https://example.org/c", namespace: weather}
          - {server: query, type: athena, schema: weather, workgroup: primary}
        schema:
          - id: Weather(1)
            name: weather
            deprecated: false
            context: One row for each station and hour.
            synonyms: [{synonym: observations, locale: en, source: desk, status: agreed}]
            properties:
              - {name: origin, logicalType: string, primaryKey: true, primaryKeyPosition: 1}
              - name: observed_at
                logicalType: timestamp
                primaryKey: true
                primaryKeyPosition: 2
              - {name: filed_at, logicalType: timestamp}
              - name: sky
                logicalType: string
                semanticType: dimension
                enum: [{value: clear, label: Clear sky, id: e1}, {value: overcast, tags: [grey]}]
              - name: wind_speed
                logicalType: number
                semanticType: measure
                logicalTypeOptions: {minimum: 0, exclusiveMaximum: 250, format: f64}
                customProperties:
                  - {property: unit, value: mph, vendor: tallystick}
                  - {property: nanPolicy, value: "null", vendor: tallystick}
                  - {property: default, value: 7.5, vendor: tallystick}
                  - {property: owner, value: desk, vendor: somebody}
              - name: report
                logicalType: vector
                logicalTypeOptions:
                  {dimensions: 384, elementType: float32, distanceMetric: cosine, embeddingModel: minilm,
                   embeddingModelVersion: "2", normalized: true}
              - name: readings
                logicalType: map
                map: {key: {logicalType: string}, value: {logicalType: number}}
            relationships: [{id: to station, from: weather.origin, to: station.code}]
            quality:
              - id: plausible
                type: custom
                engine: tally
                implementation: {expression: wind_speed < 200.0 or sky = 'clear'}
                severity: warning
                customProperties: [{property: onViolation, value: quarantine, vendor: tallystick}]
              - type: custom
                engine: tally
                implementation: "{metric: mean, column: wind_speed, mustBeBetween: [2, 20]}"
            customProperties:
              - {property: eventTime, value: observed_at, vendor: tallystick}
              - {property: createdTime, value: filed_at, vendor: tallystick}
              - {property: maxFutureSkew, value: PT5M, vendor: tallystick}
              - {property: entities, value: [{name: airport, keys: [origin]}], vendor: tallystick}
              - {property: ttl, value: 3h, vendor: tallystick}
          - {name: station, properties: [{name: code, logicalType: string, deprecated: true}]}
        slaProperties:
          - property: Freshness
            value: 3
            unit: HOURS
            element: weather.observed_at, station.code
            customProperties: [{property: onViolation, value: block, vendor: tallystick}]
            authoritativeDefinitions: [{url: "https://example.org", type: sla}]
          - {property: endOfSupport, value: 2030-01-01}
        team: [{username: amina, role: owner}]
        customProperties:
          - property: onViolation
            value: {error: block, warning: {action: quarantine, upTo: 0.05}}
            vendor: tallystick
          - {property: reserved, value: [weather.wind], vendor: tallystick}

        """
}
