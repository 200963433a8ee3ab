// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

/// Texts by their bytes: an accent changes no slash and no quote, and what looks alike is not the same.
@Suite struct ExactTextTests {
    private let accent = "\u{301}"
    private let twins = ("\u{E4}", "a\u{308}")

    @Test func `a slash before an accent is a slash`() {
        #expect(("/" + accent + "x").isAbsolutePath)
        #expect(("/" + accent + "x").path(from: "/r") == "/" + accent + "x")
        #expect("data/\(accent)x.csv".parts(by: "/") == ["data", accent + "x.csv"])
        #expect(FileName.folder(of: "data/\(accent)x.csv") == "data")
        #expect(FileName.folder(of: "/\(accent)x.csv") == "/")
        #expect("/r/\(accent)x".behind("/r/") == accent + "x")
        #expect("/r/\(accent)x".begins(with: "/r/") && !"/r\(accent)/x".begins(with: "/r/"))
        #expect("x/".ends(with: "/") && !"x/\(accent)".ends(with: "/"))
        #expect("//a/".parts(by: "/", keepingEmpty: true) == ["", "", "a", ""])
    }

    @Test func `a quote before an accent is doubled`() {
        #expect(Array("a\"\(accent)b".quoted(by: "\"").utf8) == Array("\"a\"\"\(accent)b\"".utf8))
        #expect(Array("'\(accent)".quoted(by: "'").utf8) == Array("'''\(accent)'".utf8))
        #expect("".quoted(by: "\"") == "\"\"")
    }

    @Test func `a message keeps the two ends of what is longer, and cuts no sign`() {
        let short = String(repeating: "\u{20AC}", count: String.longestMessage / 3)
        #expect(short.asMessage == short)
        for start in ["", "x", "xy"] {
            let long = start + String(repeating: "\u{20AC}", count: 1_000_000) + "end"
            let error = TallyError(.notFound, long, details: [long], subject: long)
            for text in [error.message, error.details[0], error.subject ?? ""] {
                #expect(text.utf8.count < String.longestMessage && text.hasPrefix(start + "\u{20AC}"))
                #expect(text.hasSuffix("\u{20AC}end") && text.contains(" bytes more) ") && !text.contains("\u{FFFD}"))
            }
        }
    }

    @Test func `what looks alike begins and ends otherwise`() {
        #expect(!twins.0.begins(with: twins.1) && !twins.0.ends(with: twins.1) && twins.0.behind(twins.1) == nil)
        #expect(!Optional(twins.0).isSame(as: twins.1) && Optional(twins.0).isSame(as: twins.0))
        #expect(String?.none.isSame(as: nil) && !String?.none.isSame(as: ""))
    }

    @Test func `measures of columns that look alike are two measures`() {
        let (one, two) = twins
        let now = Timestamp(microseconds: 0)
        func measures(_ name: String) -> [Measure] {
            let table = TableReference(rows: .files(["\(name).csv"], .csv))
            return [
                .nulls(name), .failures([RowTest(name, .required)]), .distinct(["k", name]), .surplus([name]),
                .minimum(name), .maximum(name), .sum(name), .latest(name, notAfter: now),
                .longestGap(name, until: now), .staleKeys([name], time: "t", since: now, now: now),
                .staleKeys(["k"], time: name, since: now, now: now), .quantile(name, 0.5),
                .lag(from: name, to: "t", 1), .lag(from: "t", to: name, 1),
                .orphans([name], ReferredColumns(TableReference(rows: .query("x")), ["k"])),
                .orphans(["k"], ReferredColumns(TableReference(rows: .query("x")), [name])),
                .orphans(["k"], ReferredColumns(table, ["k"])), .query("SELECT '\(name)'", [:]),
                .failures([RowTest("t", .notLaterThan(column: name, plus: .zero))]),
                .failures([RowTest(nil, .expression("\"\(name)\" > 1"))]),
            ]
        }
        for (mine, other) in zip(measures(one), measures(two)) {
            #expect(mine == mine && mine != other, "\(mine)")
            #expect(Set([mine, other, mine]).count == 2, "\(mine)")
        }
        #expect(Set(measures(one)).count == measures(one).count)
        #expect(Measure.rows == .rows && Measure.rows != .nulls("rows"))
    }

    @Test func `tables of files that look alike are two tables`() {
        let tables = [twins.0, twins.1, twins.0].map { TableReference(rows: .paths(["data/\($0).csv"], .csv)) }
        #expect(Set(tables).count == 2 && tables[0] == tables[2])
        let queries = [twins.0, twins.1].map { TableReference(rows: .query("FROM '\($0).csv'")) }
        #expect(queries[0] != queries[1])
    }
}
