// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// A verification says which rows break a promise, in which file, and what stands in them where that is asked for.
@Suite struct FailingRowTests {
    private static let contract = """
        apiVersion: v3.2.0
        kind: DataContract
        id: shop
        version: 1.0.0
        status: active
        schema:
          - name: orders
            properties:
              - {name: id, logicalType: integer, primaryKey: true, primaryKeyPosition: 1}
              - {name: code, logicalType: string, unique: true}
              - {name: customer, logicalType: integer, relationships: [{to: customers.id}]}
              - {name: amount, logicalType: number, logicalTypeOptions: {minimum: 0}}
              - {name: card, logicalType: string, classification: restricted, logicalTypeOptions: {pattern: "^[0-9]+$"}}
              - {name: note, logicalType: string, quality: [{metric: nullValues, mustBeLessThan: 1}]}
            quality:
              - {metric: duplicateValues, mustBe: 0, arguments: {properties: [customer, amount]}}
          - name: customers
            properties:
              - {name: id, logicalType: integer}
        """

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("rows")
        try folder.write(Self.contract, to: "c.yaml")
        let head = "id,code,customer,amount,card,note\n"
        try folder.write(head + "1,a,1,2.5,12,x\n2,b,2,3.5,13,x\n", to: "o/1.csv")
        try folder.write(head + "3,a,9,-1.5,x4,\n3,c,1,2.5,15,x\n", to: "o/2.csv")
        try folder.write(head + "5,d,8,-7,16,x\n", to: "o/3.csv")
        try folder.write("id\n1\n2\n", to: "k.csv")
    }

    private func verify(_ orders: String, _ more: String...) throws -> Program.Outcome {
        let outcome = try Program.run(
            ["verify", "--contract", "c.yaml", "--data", "orders=" + orders, "--data", "customers=k.csv"] + more,
            in: folder)
        #expect(outcome.status == 1, "\(outcome.error)")
        return outcome
    }

    /// The line behind the first finding of a check on a column.
    private func details(_ text: String, _ id: String) throws -> String {
        let lines = text.split(separator: "\n").map(String.init)
        let index = try #require(lines.firstIndex { $0.contains("BROKEN") && $0.contains(id) }, "\(id) in \(text)")
        return lines[index + 1]
    }

    @Test(arguments: [
        ("orders.unique", "1 of o/2.csv", "1 (id: 3) of o/2.csv"),
        ("orders.code.unique", "0 of o/2.csv", "0 (code: \"a\") of o/2.csv"),
        (
            "orders.reference", "0 of o/2.csv, 0 of o/3.csv",
            "0 (customer: 9) of o/2.csv, 0 (customer: 8) of o/3.csv"
        ),
        (
            "orders.amount.range", "0 of o/2.csv, 0 of o/3.csv",
            "0 (amount: -1.5) of o/2.csv, 0 (amount: -7.0) of o/3.csv"
        ),
        ("orders.card.pattern", "0 of o/2.csv", "0 (card: withheld (restricted)) of o/2.csv"),
        ("orders.note.nullValues", "0 of o/2.csv", "0 (note: null) of o/2.csv"),
        ("orders.duplicateValues", "1 of o/2.csv", "1 (customer: 1, amount: 2.5) of o/2.csv"),
    ])
    func `every promise that rows break names them by file, and their values on demand`(
        id: String, places: String, values: String
    ) throws {
        let plain = try verify("o/*.csv").output
        #expect(try details(plain, id).contains("; first rows: \(places); on violation: "), "\(plain)")
        let shown = try verify("o/*.csv", "--show-values").output
        #expect(try details(shown, id).contains("; first rows: \(values); on violation: "), "\(shown)")
    }

    @Test func `values stay in the data unless they are asked for, and classified ones even then`() throws {
        for format in ["table", "json", "github", "markdown", "sarif", "junit"] {
            let plain = try verify("o/*.csv", "--format", format).output
            #expect(!plain.contains("-1.5") && !plain.contains("x4"), "\(plain)")
            let shown = try verify("o/*.csv", "--format", format, "--show-values").output
            #expect(shown.contains("-1.5") && !shown.contains("x4"), "\(shown)")
        }
    }

    @Test func `programs get file, row and values`() throws {
        let text = try verify("o/*.csv", "--format", "json", "--show-values").output
        let findings = try JSON(parsing: text)["tables"]?.arrayValue?.first?["findings"]?.arrayValue ?? []
        func row(_ id: String) -> JSON? {
            findings.first { $0["id"]?.stringValue == id }?["rows"]?.arrayValue?.first
        }
        #expect(
            row("orders.amount.range")
                == .object([
                    ("file", .string("o/2.csv")), ("row", .int(0)), ("values", .object([("amount", .double(-1.5))])),
                    ("withheld", .array([])),
                ]))
        #expect(row("orders.card.pattern")?["withheld"] == .array([.string("card")]))
        let kept = findings.filter { $0["verdict"]?.stringValue == "kept" }
        #expect(!kept.isEmpty && kept.allSatisfy { $0["rows"] == .array([]) })
    }

    @Test func `no look for rows, no rows`() throws {
        let text = try verify("o/*.csv", "--samples", "0").output
        #expect(!text.contains("first rows"))
        #expect(try verify("o/*.csv", "--samples", "1", "--show-values").output.contains("0 (customer: 9) of o/2.csv;"))
    }

    @Test func `data of another table are one line`() throws {
        try folder.write("a,b,c,d,e,f,g\n1,2,3,4,5,6,7\n", to: "w.csv")
        let other = try verify("w.csv")
        let lines = other.output.split(separator: "\n").filter { $0.contains("source orders") }
        #expect(
            lines == [
                "source orders: of the 6 columns that shop 1.0.0 declares, none is there; the data have a, b, c, d, e and "
                    + "2 more: is it another table?"
            ], "\(other.output)")
        #expect(!other.output.contains("BROKEN"))
        let annotated = try verify("w.csv", "--format", "github").output
        #expect(annotated.split(separator: "\n").count { $0.hasPrefix("::error") } == 1, "\(annotated)")
        #expect(try verify("w.csv", "--all").output.contains("orders.code.present"))
        let findings = try JSON(parsing: try verify("w.csv", "--format", "json").output)["tables"]?.arrayValue?.first
        #expect(findings?["mismatch"]?.stringValue != nil && (findings?["findings"]?.arrayValue?.count ?? 0) > 6)
        #expect(try verify("o/2.csv").output.contains("BROKEN"))
    }

    @Test func `a witness of numbers is written in numbers`() throws {
        let old = Self.contract.replacing(
            "logicalType: number", with: "logicalType: number, physicalType: 'DECIMAL(10,2)'")
        try folder.write(old, to: "c.yaml")
        try folder.write(
            old.replacing("minimum: 0}", with: "minimum: 0, maximum: 10}").replacing("1.0.0", with: "2.0.0"),
            to: "new.yaml")
        let compared = try Program.run(["contract", "diff", "c.yaml", "new.yaml"], in: folder)
        let line = try #require(compared.output.split(separator: "\n").first { $0.contains("admits {") }, "\(compared)")
        #expect(!line.contains("amount: \""), "\(line)")
        #expect(line.contains("amount: "), "\(line)")
        let json = try Program.run(["contract", "diff", "c.yaml", "new.yaml", "--format", "json"], in: folder)
        #expect(!json.output.contains("\"amount\": \""), "\(json.output)")
    }
}
