// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

@testable import TallyDefinitions

@Suite struct ContractTextTests {
    private let head = "apiVersion: v3.2.0\nkind: DataContract\nid: weather\nversion: 1.0.0\n"

    @Test(
        arguments: [
            ("", .null), ("~", .null), ("null", .null), ("true", .bool(true)), ("FALSE", .bool(false)),
            ("tRue", "tRue"),
            ("yes", "yes"), ("0", .int(0)), ("-0", .int(0)), ("+12", .int(12)), ("007", .int(7)), ("0x1F", .int(31)),
            ("0o17", .int(15)), ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("1.", .double(1)),
            (".5", .double(0.5)), ("-1.5e3", .double(-1_500)), ("1e2", .double(100)), ("1e", "1e"), ("1_000", "1_000"),
            ("1e999", "1e999"), (".inf", ".inf"), (".nan", ".nan"), ("1:30", "1:30"), ("2024-01-31", "2024-01-31"),
            ("0b1", "0b1"), ("-", "-"), (".", "."), ("1.0.0", "1.0.0"), ("0x", "0x"),
        ] as [(String, CoreValue)])
    func `plain scalars mean what the core schema of YAML 1_2 says`(_ text: String, _ value: CoreValue) {
        #expect(CoreSchema.value(ofPlain: text) == value.json)
    }

    @Test(
        arguments: [
            ("5m", 300), ("PT5M", 300), ("P1D", 86_400), ("P1DT12H", 129_600), ("PT0.5S", 0.5), ("P2W", 1_209_600),
            ("P1M", 2_592_000), ("P1Y", 31_536_000), ("P", nil), ("PT", nil), ("5", nil), ("P1", nil), ("P1H", nil),
            ("-PT5M", nil), ("P1DT", nil),
        ] as [(String, Double?)])
    func `durations are read as in definitions and as ISO 8601 writes them`(_ text: String, _ seconds: Double?) {
        #expect(DurationText.microseconds(.string(text)) == seconds.map { Int64($0 * 1_000_000) })
    }

    @Test(
        arguments: [
            ("s", 1), ("SEC", 1), ("seconds", 1), ("m", 60), ("min", 60), ("Minutes", 60), ("h", 3_600), ("hr", 3_600),
            ("hours", 3_600), ("d", 86_400), ("day", 86_400), ("w", 604_800), ("weeks", 604_800), ("mo", 2_592_000),
            ("months", 2_592_000), ("y", 31_536_000), ("yr", 31_536_000), ("years", 31_536_000),
        ] as [(String, Int64)])
    func `every unit of a service level is read`(_ unit: String, _ seconds: Int64) {
        #expect(DurationText.microseconds(.string("2"), unit: unit) == 2 * seconds * 1_000_000)
        #expect(DurationText.microseconds(.double(0.5), unit: unit) == seconds * 500_000)
    }

    @Test(arguments: ["v3.0.0", "v3.0.1", "v3.0.2"])
    func `each version of 3_0 is read`(_ version: String) {
        let text = SampleContracts.v30.split(separator: "\n").dropFirst().joined(separator: "\n")
        let loaded = ContractReader.read(SampleContracts.file("apiVersion: \(version)\n\(text)\n"))
        #expect(loaded.contract?.standard == version)
    }

    @Test func `a contract in JSON is read at its places, also with tabs`() {
        let text = """
            {
            \t"apiVersion": "v3.2.0", "kind": "DataContract", "id": "w\\u00e9", "version": "1.0.0",
            \t"schema": [{"name": "weather", "properties": [
            \t\t{"name": "sky", "logicalType": "text"}]}]
            }

            """
        let loaded = ContractReader.read(DefinitionFile(path: "w.odcs.json", text: text))
        #expect(loaded.diagnostics.map(\.code.code) == ["T0705"])
        #expect(
            loaded.diagnostics.first?.location == SourceLocation(file: "w.odcs.json", line: 4, column: 34, length: 6))
        let right = ContractReader.read(
            DefinitionFile(path: "w.odcs.json", text: text.replacing("\"text\"", with: "\"string\"")))
        #expect(right.contract?.id == "wé")
    }

    @Test func `a file is read from disk, and a missing one is told`() throws {
        let folder = try TemporaryFolder("contracts")
        try folder.write(head, to: "contracts/weather.odcs.yaml")
        let loaded = ContractReader.read(path: "contracts/weather.odcs.yaml", root: folder.path)
        #expect(loaded.contract?.id == "weather" && loaded.files.map(\.path) == ["contracts/weather.odcs.yaml"])
        let missing = ContractReader.read(path: "contracts/none.odcs.yaml", root: folder.path)
        #expect(missing.contract == nil && missing.diagnostics.map(\.code.code) == ["T0101"])
    }

    @Test(arguments: SampleContracts.all)
    func `mutations never crash, and every refusal has a place`(_ sample: SampleContracts.Sample) {
        var silent = 0
        for seed in UInt64(1)...200 {
            var random = SeededGenerator(seed: seed)
            var text = sample.text
            for _ in 0..<Int.random(in: 1...3, using: &random) { text = FuzzTests.mutate(text, &random) }
            let loaded = ContractReader.read(SampleContracts.file(text))
            if loaded.diagnostics.isEmpty { silent += 1 }
            #expect(loaded.contract != nil || loaded.hasErrors, "seed \(seed)")
            let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
            for diagnostic in loaded.diagnostics {
                #expect((1...lines + 8).contains(diagnostic.location.line), "seed \(seed): \(diagnostic)")
            }
        }
        #expect(silent < 200)
    }
}

/// A value of the core schema, written as a literal.
enum CoreValue: ExpressibleByStringLiteral, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case text(String)

    init(stringLiteral value: String) { self = .text(value) }

    var json: JSON {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .double(let value): .double(value)
        case .text(let value): .string(value)
        }
    }
}
