// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyContracts
import TallyModel
import Testing

/// What is said of all changes together: versions, consumers, reports, documentation.
@Suite struct ContractComparisonTests {
    private let base = SampleContract(
        SampleColumn("id", "integer", required: true),
        SampleColumn("country", "string", ("enum", ["values": .array(["DE", "FR"])])),
        SampleColumn("amount", "number", meaning: ["unit": "USD"], ("range", ["minimum": 0])))

    private var wider: SampleContract {
        base.with { $0.columns[1].checks = [("enum", ["values": .array(["DE", "FR", "IT"])])] }
    }

    @Test(arguments: [
        (
            "1.2.3", "1.2.3",
            "the version is still 1.2.3, but a change asks for a major version: it should be 2.0.0 at least"
        ),
        (
            "1.2.3", "1.3.0",
            "from 1.2.3 to 1.3.0 is less than a major version, which a change asks for: it should be 2.0.0 at least"
        ),
        ("1.2.3", "2.0.0", nil), ("1.2.3", "3.1.0", nil), ("v1.2.3", "2.0.0", nil),
        (
            "1.2.3", "2.0.0-rc.1",
            "from 1.2.3 to 2.0.0-rc.1 is less than a major version, which a change asks for: it should be 2.0.0 at least"
        ),
        ("1.2.3", "1.0.0", "the version goes back from 1.2.3 to 1.0.0"),
        ("1.2", "2.0.0", "'1.2' is no version of the form 1.2.3, so that none can be held against it"),
        ("1.2.3", "latest", "'latest' is no version of the form 1.2.3"),
        ("1.2.3", "02.0.0", "'02.0.0' is no version of the form 1.2.3"),
        // Before 1.0.0 a minor version may break.
        ("0.1.0", "0.2.0", nil), ("0.1.0", "1.0.0", nil),
        (
            "0.1.0", "0.1.1",
            "from 0.1.0 to 0.1.1 is less than a major version, which a change asks for: it should be 0.2.0 at least"
        ),
    ])
    func `a version moves as far as the changes ask for`(_ old: String, _ new: String, _ problem: String?) {
        let comparison = ContractComparison(base.with { $0.version = old }, wider.with { $0.version = new })
        #expect(comparison.bump == .major)
        #expect(comparison.versionProblem == problem)
    }

    /// What a contract may write down, of the old version, of the new one, both versions, and whether the break is let pass.
    @Test(
        arguments: [
            (nil, nil, "1.0.0", "2.0.0", true), (nil, nil, "1.0.0", "1.1.0", false), (nil, nil, "0.1.0", "0.2.0", true),
            ("FORWARD_TRANSITIVE", "FORWARD_TRANSITIVE", "1.0.0", "2.0.0", false),
            ("FULL", "FULL", "1.0.0", "2.0.0", false),
            ("FULL", "NONE", "1.0.0", "2.0.0", true), ("FULL", "BACKWARD", "1.0.0", "2.0.0", true),
            ("FULL", "NONE", "1.0.0", "1.1.0", false), ("BACKWARD", "BACKWARD", "1.0.0", "2.0.0", true),
            ("BACKWARD", "FULL", "1.0.0", "2.0.0", true), ("NONE", "NONE", "1.0.0", "2.0.0", true),
            ("NONE", "NONE", "1.0.0", "1.0.1", false), ("sideways", "sideways", "1.0.0", "2.0.0", true),
        ] as [(String?, String?, String, String, Bool)])
    func `a break passes where the version says so and nothing written forbids it`(
        _ mode: String?, _ wanted: String?, _ before: String, _ after: String, _ isLetPass: Bool
    ) {
        func document(_ mode: String?) -> JSON {
            guard let mode else { return .null }
            let property = JSON.object([
                ("property", "compatibility"), ("value", .string(mode)), ("vendor", "tallystick"),
            ])
            return .object([("customProperties", .array([property]))])
        }
        func passes(_ change: (inout SampleContract) -> Void) -> Bool {
            let old = base.with { ($0.version, $0.document) = (before, document(mode)) }
            let new = base.with { ($0.version, $0.document) = (after, document(wanted)) }.with(change)
            return !ContractComparison(old, new).items.contains { $0.outcome == .failed }
        }
        #expect(passes { $0.columns[1].checks = wider.columns[1].checks } == isLetPass)
        // The same number for another thing breaks both ways.
        let isBackward = wanted == "BACKWARD" || mode == "BACKWARD" && wanted == "FULL"
        #expect(passes { $0.columns[2].meaning = ["unit": "EUR"] } == (isLetPass && !isBackward))
    }

    @Test(arguments: [
        ("1.0.0-alpha", "1.0.0-alpha.1"), ("1.0.0-alpha.1", "1.0.0-alpha.beta"), ("1.0.0-alpha.beta", "1.0.0-beta"),
        ("1.0.0-beta", "1.0.0-beta.2"), ("1.0.0-beta.2", "1.0.0-beta.11"), ("1.0.0-beta.11", "1.0.0-rc.1"),
        ("1.0.0-rc.1", "1.0.0"), ("1.0.0", "1.0.1"), ("1.9.0", "1.10.0"),
    ])
    func `versions are ordered as in section 11 of Semantic Versioning`(_ low: String, _ high: String) {
        let back = ContractComparison(base.with { $0.version = high }, base.with { $0.version = low })
        #expect(back.versionProblem == "the version goes back from \(high) to \(low)")
        #expect(
            ContractComparison(base.with { $0.version = low }, base.with { $0.version = high }).versionProblem == nil)
    }

    @Test func `a consumer breaks by what reaches its columns and by nothing else`() {
        let consumers = [
            Consumer(name: "fraud", columns: ["t.id", "t.amount"], version: "7"),
            Consumer(name: "churn", columns: ["t.country"]), Consumer(name: "all", columns: ["t"]),
            Consumer(name: "other", columns: ["u.country"]),
        ]
        let comparison = ContractComparison(base, wider, consumers: consumers)
        #expect(consumers.map { comparison.impact(on: $0) == .safe } == [true, false, false, true])
        let unit = ContractComparison(
            base, base.with { $0.columns[2].meaning = ["unit": "EUR"] }, consumers: consumers)
        #expect(consumers.map { unit.impact(on: $0) == .safe } == [false, true, false, true])
        let quality = ContractComparison(base.with { $0.table = [("rowCount", ["mustBeGreaterThan": 1])] }, base)
        #expect(consumers.map { quality.impact(on: $0) == .safe } == [false, false, false, true])
        let added = ContractComparison(base, base.with { $0.columns.append(SampleColumn("new", "string")) })
        #expect(added.impact(on: consumers[2]) == .safe)
    }

    @Test func `a witness is a row of values with what is against it`() throws {
        let comparison = ContractComparison(base, wider)
        let witness = try #require(comparison.forward.witness)
        #expect(witness.admittedBy == .new && witness.refusedRow == 0)
        #expect(witness.row == ["id": .int64(1), "country": .string("IT"), "amount": .float64(1)])
        #expect(witness.text == #"{id: 1, country: "IT", amount: 1.0}"#)
        #expect(
            witness.refusal == "t.country.enum: promised one of 2 values, found 1 of 1 values are not listed (100 %)")
    }

    @Test func `a comparison has a text, a JSON form and lines of a report`() throws {
        let comparison = ContractComparison(
            base, wider.with { $0.version = "1.1.0" }, consumers: [Consumer(name: "churn", columns: ["t.country"])])
        #expect(
            comparison.text == """
                c 1.0.0 -> 1.1.0
                backward: yes, forward: no, meaning: shift, version: major

                enum-value-added t.country: a listed value is added, or the list dropped
                  enum: values ["DE","FR"] -> enum: values ["DE","FR","IT"]
                  backward: yes, forward: no, meaning: shift, version: major
                  forward: new admits {id: 1, country: "IT", amount: 1.0}, old does not: t.country.enum: promised one of 2 values, \
                found 1 of 1 values are not listed (100 %)
                  help: retrain, or map the new value to one that is known

                churn: breaks by enum-value-added t.country

                version: from 1.0.0 to 1.1.0 is less than a major version, which a change asks for: it should be 2.0.0 at least

                """)
        let json = comparison.json
        #expect(json["bump"] == "major" && json["changes"]?.arrayValue?.count == 1)
        let witness = json["changes"]?.arrayValue?.first?["forward"]?["witness"]
        #expect(witness?["rows"]?.arrayValue?.first?["country"] == "IT")
        #expect(json["consumers"]?.arrayValue?.first?["impact"] == "breaks")
        #expect(comparison.items.map(\.outcome) == [.failed, .failed, .failed])
        #expect(comparison.items.map(\.id) == ["enum-value-added t.country", "consumer churn", "version"])
    }

    @Test func `a witness of many rows is written out around the one that is refused`() throws {
        let old = base.with { $0.table = [("rowCount", ["mustBeGreaterThan": 20])] }
        let comparison = ContractComparison(old, wider.with { $0.table = old.table })
        let witness = try #require(comparison.forward.witness)
        #expect(witness.rows.count == 21 && witness.row["country"] == .string("IT"))
        let json = try #require(comparison.changes.first?.json["forward"]?["witness"])
        #expect(json["rows"]?.arrayValue?.count == 5 && json["rowCount"] == 21)
        let place = try #require(json["refusedRow"]?.intValue)
        #expect(json["rows"]?.arrayValue?[Int(place)]["country"] == "IT")
    }

    @Test func `a wide row is written with what it is refused for`() throws {
        let more = (1...9).map { SampleColumn("c\($0)", "integer") }
        let comparison = ContractComparison(
            base.with { $0.columns += more }, wider.with { $0.columns += more })
        #expect(comparison.forward.witness?.text == #"{country: "IT", and 11 other values}"#)
        #expect(comparison.forward.witness?.row.count == 12)
    }

    @Test(arguments: [
        (
            SampleColumn("x", physical: "GEOGRAPHY"), SampleColumn("x", physical: "GEOGRAPHY", required: true), "no",
            "yes"
        ),
        (SampleColumn("x", "map"), SampleColumn("x", "map", required: true), "no", "yes"),
        (SampleColumn("x", "time"), SampleColumn("x", "time", required: true), "no", "yes"),
        // Which values these types hold is not known here.
        (
            SampleColumn("x", "number", physical: "NUMBER(10,0)"),
            SampleColumn("x", "number", physical: "NUMBER(12,0)"),
            "unproven", "unproven"
        ),
        (SampleColumn("x", "nonsense"), SampleColumn("x", "string"), "unproven", "unproven"),
        (
            SampleColumn("x", "number", physical: "DECIMAL(-1,2)"),
            SampleColumn("x", "number", physical: "DECIMAL(9,2)"), "unproven", "unproven"
        ),
        (
            SampleColumn("x", "number", physical: "DECIMAL(9,2)"),
            SampleColumn("x", "number", physical: "DECIMAL(99999999999,2)"), "unproven", "unproven"
        ),
    ])
    func `what is not known is told as such`(
        _ old: SampleColumn, _ new: SampleColumn, _ backward: String, _ forward: String
    ) {
        let comparison = ContractComparison(SampleContract(old), SampleContract(new))
        #expect(comparison.backward.word == backward && comparison.forward.word == forward, "\(comparison.text)")
    }

    @Test(arguments: ["enum", "pattern", "expression"])
    func `a text in other bytes is another one`(_ check: String) {
        func contract(_ text: String) -> SampleContract {
            let arguments: [String: JSON] =
                switch check {
                case "enum": ["values": .array([.string(text)])]
                case "pattern": ["pattern": .string("^\(text)$")]
                default: ["expression": .string("x = '\(text)'")]
                }
            return SampleContract(SampleColumn("x", "string", (check, arguments)))
        }
        let comparison = ContractComparison(contract("caf\u{E9}"), contract("cafe\u{301}"))
        #expect(comparison.changes.count == 1)
        #expect(comparison.backward.word == "no" && comparison.forward.word == "no", "\(comparison.text)")
    }

    @Test(
        arguments: ["integer", "number"],
        [
            ("range", ["maximum": 9_223_372_036_854_775_807] as [String: JSON]),
            ("range", ["maximum": "18446744073709551615"]),
            ("range", ["minimum": .int(.min)]), ("maximum", ["mustBeLessThan": "1e19"]),
        ])
    func `integers beyond 64 bits are integers`(_ type: String, _ rule: (String, [String: JSON])) {
        var bounded = SampleColumn("x", type)
        bounded.checks = [rule]
        let comparison = ContractComparison(SampleContract(SampleColumn("x", type)), SampleContract(bounded))
        #expect(comparison.backward.word == "yes" || comparison.backward.word == "no", "\(comparison.text)")
        #expect(comparison.forward.word != comparison.backward.word, "\(comparison.text)")
    }

    @Test func `an empty contract is compared with an empty one`() {
        let none = Contract(id: "c", version: "1.0.0", objects: [])
        #expect(ContractComparison(old: none, new: none).text.hasSuffix("nothing changed\n"))
    }

    @Test func `a rule that is not executed leaves no room for a witness unless both contracts have it`() {
        let query = ("sql", ["query": "select 1", "mustBe": 1] as [String: JSON])
        let shared = ContractComparison(base.with { $0.table = [query] }, wider.with { $0.table = [query] })
        #expect(shared.changes.first?.forward.witness?.assumed == ["t.sql#0"])
        let own = ContractComparison(base, wider.with { $0.table = [query] })
        #expect(own.changes.first { $0.rule == "enum-value-added" }?.forward.word == "unproven")
    }

    @Test func `the documentation has the catalogue's tables`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "docs/compatibility.md")
        let (first, last) = (
            "<!-- generated from the catalogue: begin -->\n", "<!-- generated from the catalogue: end -->"
        )
        let text = try String(contentsOf: file, encoding: .utf8)
        let begin = try #require(text.range(of: first), "the marker \(first) is missing")
        let end = try #require(text.range(of: last), "the marker \(last) is missing")
        let wanted = "\n" + CompatibilityCatalogue.markdown + "\n"
        if ProcessInfo.processInfo.environment["TALLY_REWRITE"] == "1" {
            let rewritten = text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: wanted)
            try rewritten.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        #expect(
            text[begin.upperBound..<end.lowerBound] == wanted[...],
            "run TALLY_REWRITE=1 swift test --filter ContractComparisonTests")
    }
}
