// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// The oracle of the whole law, held against answers worked out by hand and by an oracle in another language.
///
/// `Tests/Vectors/law.py` shows the sums and writes `law.json`.
@Suite struct NaiveLawTests {
    typealias Row = NaiveLaw.Row
    typealias Value = NaiveLaw.Value
    typealias Answer = NaiveLaw.Answer

    @Test func `the oracle answers what was worked out by hand, and what another oracle answers`() throws {
        let cases = try GoldenVectors.read("law.json")
        var rules = Set<String>()
        for (index, vector) in cases.enumerated() {
            rules.insert(vector["rule"]?.stringValue ?? "")
            let rows = (vector["rows"]?.arrayValue ?? []).map(Self.row)
            let ask = try #require(vector["ask"])
            for pair in vector["expected"]?.arrayValue ?? [] {
                let time = try #require(pair.arrayValue?.first?.intValue)
                let expected = try #require(pair.arrayValue?.last)
                let wanted = Answer(
                    (expected["values"]?.arrayValue ?? []).map(Self.value), expected["status"]?.stringValue ?? "")
                let told: Comment = "case \(index) at \(time): \(vector["because"]?.stringValue ?? "")"
                #expect(Self.answer(ask, rows, at: time) == wanted, told)
            }
        }
        #expect(cases.count > 350)
        #expect(rules.count >= 18)
    }

    /// The rules that have a case by hand are rules of the document.
    @Test func `every case by hand names a rule`() throws {
        let law = String(decoding: try #require(try AtomicFile.read(Self.document)), as: UTF8.self)
        for vector in try GoldenVectors.read("law.json") {
            let rule = vector["rule"]?.stringValue ?? ""
            #expect(rule == "random" || law.utf8.count > 0 && law.contains("\n**\(rule) "), "\(rule)")
        }
    }

    @Test func `the answer does not depend on the order in which rows are given`() throws {
        for vector in try GoldenVectors.read("law.json") {
            let rows = (vector["rows"]?.arrayValue ?? []).map(Self.row)
            let ask = try #require(vector["ask"])
            for pair in vector["expected"]?.arrayValue ?? [] {
                let time = try #require(pair.arrayValue?.first?.intValue)
                #expect(Self.answer(ask, rows, at: time) == Self.answer(ask, rows.reversed(), at: time))
            }
        }
    }

    private static var document: String {
        FileName.folder(of: FileName.folder(of: FileName.folder(of: #filePath))) + "/docs/semantics.md"
    }

    private static func answer(_ ask: JSON, _ rows: [Row], at time: Int64) -> Answer {
        if let size = ask["defaultHop"]?.intValue {
            return Answer([NaiveLaw.Window.defaultHop(of: size).map { .int($0) } ?? .null])
        }
        if let commits = ask["stale"]?.arrayValue?.compactMap(\.intValue) {
            let freshness = ask["freshness"]?.intValue ?? 0
            return Answer([.bool(NaiveLaw.isStale(commits: commits, at: time, freshness: freshness))])
        }
        let at = ask["at"]?.stringValue.flatMap { NaiveLaw.At(rawValue: $0) } ?? .inclusive
        let request = ask["request"].map(value)
        guard let name = ask["aggregate"]?.stringValue else {
            return NaiveLaw.latest(rows, at: time, timeToLive: ask["timeToLive"]?.intValue, at, request: request)
        }
        var window = NaiveLaw.Window(size: ask["size"]?.intValue ?? 0, hop: ask["hop"]?.intValue)
        window.edges = ask["edges"]?.stringValue.flatMap { NaiveLaw.Window.Edges(rawValue: $0) } ?? .after
        window.endsAtHop = ask["endsAtHop"]?.boolValue ?? false
        window.offset = ask["offset"]?.intValue ?? 0
        guard let aggregate = aggregate(name, ask) else { return Answer([], "no aggregate \(name)") }
        return aggregate.answer(window.rows(rows, at: time, at, request: request))
    }

    private static func aggregate(_ name: String, _ ask: JSON) -> NaiveLaw.Aggregate? {
        let count = Int(ask["count"]?.intValue ?? 0)
        let plain: [String: NaiveLaw.Aggregate] = [
            "countAll": .countAll, "count": .count, "countDistinct": .countDistinct, "sum": .sum, "mean": .mean,
            "varPop": .varPop, "varSamp": .varSamp, "stddevPop": .stddevPop, "stddevSamp": .stddevSamp, "min": .min,
            "max": .max, "any": .any, "all": .all, "first": .first, "last": .last, "lastN": .lastN(count),
            "topK": .topK(count),
        ]
        if name == "quantile", case .float(let share)? = ask["share"].map(value),
            case .float(let error)? = ask["relativeError"].map(value)
        {
            return .quantile(share, relativeError: error)
        }
        return plain[name]
    }

    private static func row(_ json: JSON) -> Row {
        var row = Row(event: json["e"]?.intValue ?? 0, value: json["v"].map(value) ?? .null)
        row.cut = json["n"]?.intValue ?? 0
        row.declared = json["k"]?.intValue
        row.firstSeen = json["c"]?.intValue
        row.withdrawn = json["r"]?.intValue
        row.sequence = json["seq"]?.intValue ?? 0
        row.bytes = json["bytes"]?.stringValue.flatMap { GoldenVectors.bytes($0) } ?? []
        return row
    }

    private static func value(_ json: JSON) -> Value {
        if let text = json["int"]?.stringValue, let number = Int64(text) { return .int(number) }
        if let text = json["float"]?.stringValue, let number = Double(text) {
            return .float(number.isNaN ? .nan : number)
        }
        if let text = json["text"]?.stringValue { return .text(text) }
        return json["bool"]?.boolValue.map { .bool($0) } ?? .null
    }
}
