// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

@testable import TallyServer

@Suite struct JSONScannerTests {
    /// A thousand times more with `TALLY_SLOW=1`.
    private static let rounds = ProcessInfo.processInfo.environment["TALLY_SLOW"] == nil ? 3_000 : 1_000_000

    /// The tree that a scanner walks over, made of nothing but what the routes use.
    private func tree(_ scanner: inout JSONScanner, depth: Int = 0) throws(BodyProblem) -> JSON {
        guard depth < JSONScanner.deepestNesting else { throw BodyProblem("too deep") }
        if try scanner.takeNull() { return .null }
        if let flag = try scanner.readBool() { return .bool(flag) }
        if try scanner.peek() == UInt8(ascii: "\"") { return .string(try scanner.readString()) }
        if try scanner.enterArray() {
            var (elements, isFirst) = ([JSON](), true)
            while try scanner.nextElement(&isFirst) { elements.append(try tree(&scanner, depth: depth + 1)) }
            return .array(elements)
        }
        if try scanner.enterObject() {
            var (members, isFirst) = ([JSON.Member](), true)
            while let name = try scanner.nextMember(&isFirst) {
                members.append(JSON.Member(name, try tree(&scanner, depth: depth + 1)))
            }
            return .members(members)
        }
        let token = try scanner.readNumber()
        if let number = scanner.integer(token) { return .int(number) }
        guard let number = scanner.float64(token) else { throw BodyProblem("out of range") }
        return .double(number)
    }

    private func read(_ bytes: [UInt8]) -> JSON? {
        do throws(BodyProblem) {
            var scanner = try JSONScanner(bytes)
            let value = try tree(&scanner)
            try scanner.finish()
            return value
        } catch {
            return nil
        }
    }

    private func skips(_ bytes: [UInt8]) -> Bool {
        do throws(BodyProblem) {
            var scanner = try JSONScanner(bytes)
            try scanner.skipValue()
            try scanner.finish()
            return true
        } catch {
            return false
        }
    }

    /// What Foundation made of a text against what the scanner did; members by name, the last of a name counts.
    private func agrees(_ value: JSON, _ other: Any) -> Bool {
        switch (value, other) {
        case (.null, is NSNull): true
        case (.string(let text), let string as String): Array(text.utf8) == Array(string.utf8)
        case (.array(let elements), let array as [Any]):
            elements.count == array.count && zip(elements, array).allSatisfy { agrees($0, $1) }
        case (.members(let members), let object as [String: Any]):
            members.count == object.count
                && members.allSatisfy { member in
                    object[member.name].map { agrees(member.value, $0) } ?? false
                }
        case (.bool(let flag), let number as NSNumber): number.boolValue == flag
        case (.int(let integer), let number as NSNumber): number.int64Value == integer
        // Foundation reads what has more than 17 digits by way of `Decimal`, and is some units off.
        case (.double(let double), let number as NSNumber): abs(number.doubleValue - double) <= 8 * double.ulp
        default: false
        }
    }

    @Test func `it reads what Foundation reads, value by value`() throws {
        var generator = SeededGenerator(seed: 7)
        for round in 0..<Self.rounds {
            let text = RandomJSON.document(&generator)
            let bytes = Array(text.utf8)
            guard let value = read(bytes) else {
                Issue.record("round \(round): not read: \(text)")
                continue
            }
            let other = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            if !agrees(value, other) { Issue.record("round \(round): \(text)") }
            if !skips(bytes) { Issue.record("round \(round): not skipped: \(text)") }
        }
    }

    @Test func `reading, skipping and the general reader agree about what is JSON`() {
        var generator = SeededGenerator(seed: 8)
        for round in 0..<Self.rounds {
            let bytes = RandomJSON.mutated(RandomJSON.document(&generator), &generator)
            let value = read(bytes)
            let isSkipped = skips(bytes)
            // A number beyond all doubles is JSON, but no value.
            if value != nil { #expect(isSkipped, "round \(round)") }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                #expect(value == nil)
                continue
            }
            do throws(JSONProblem) {
                let general = try JSON(parsing: text)
                #expect(value == general, "round \(round): \(text)")
            } catch {
                if !error.message.contains("appears twice") {
                    #expect(value == nil, "round \(round): \(text): \(error)")
                }
            }
        }
    }

    @Test func `random changes to a request never crash, and never make a wrong one right`() async throws {
        let fixture = try await ServerFixture()
        let requests = [
            (
                "/v1/vectors",
                #"{"service":"arrival_delay","entities":{"origin":["JFK","LGA"],"tail":[1,null]},"request":{"course":[270,0.5]},"at":null}"#
            ),
            (
                "/v1/vectors",
                #"{"features":["planes:serial","origin_weather:station"],"entities":{"origin":["\u004aFK"],"tail":[1]}}"#
            ),
            (
                "/get-online-features",
                #"{"features":["planes:serial"],"entities":{"tail":[1,2]},"full_feature_names":true}"#
            ),
            (
                "/get-online-features",
                #"{"feature_service":"arrival_delay","entities":{"origin":["JFK"],"tail":[1],"course":[1e2]}}"#
            ),
            (
                "/materialize",
                #"{"start_ts":"2012-01-01T00:00:00Z","end_ts":"2011-01-01T00:00:00Z","feature_views":["planes"]}"#
            ),
        ]
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<min(Self.rounds, 100_000) {
            let (path, body) = generator.pick(requests)
            let bytes = RandomJSON.mutated(body, &generator)
            guard let text = String(validating: bytes, as: UTF8.self),
                !path.hasPrefix("/materialize") || text.contains("start_ts")
            else { continue }
            let answer = try await fixture.post(path, text)
            #expect([200, 404, 422, 503].contains(answer.status), "\(text): \(answer.status)")
            if answer.status == 200 { #expect(isJSON(text), "\(text)") }
            #expect((try? JSON(parsing: answer.text)) != nil, "\(answer.text)")
        }
    }

    /// Whether the general reader takes a text; names that repeat, of which Feast takes the last, do not count.
    private func isJSON(_ text: String) -> Bool {
        do throws(JSONProblem) {
            _ = try JSON(parsing: text)
            return true
        } catch {
            return error.message.contains("appears twice")
        }
    }

    @Test func `deep nesting is refused, not followed`() {
        for depth in [JSONScanner.deepestNesting, 100_000] {
            let bytes = [UInt8](repeating: UInt8(ascii: "["), count: depth + 1)
            #expect(!skips(bytes))
            let objects = Array(String(repeating: "{\"a\":", count: depth + 1).utf8)
            #expect(!skips(objects))
        }
    }

    @Test func `columns are read exactly or not at all`() throws {
        for (type, text, expected) in [
            (
                DataType.int64, "[9007199254740993,-9223372036854775808,null]",
                [Value.int64(9_007_199_254_740_993), .int64(.min), .null]
            ),
            (.int32, "[2147483647,-2147483648]", [.int32(.max), .int32(.min)]),
            (.bool, "[true,false,null]", [.bool(true), .bool(false), .null]),
            (
                .float64, "[1,-0.0,1e-400,\"NaN\",\"Infinity\",\"-Infinity\"]",
                [.float64(1), .float64(-0.0), .float64(0), .float64(.nan), .float64(.infinity), .float64(-.infinity)]
            ),
            (.float32, "[0.1,16777217]", [.float32(0.1), .float32(16_777_216)]),
            (.string, "[\"\",\"\\ud83d\\udeeb\"]", [.string(""), .string("\u{1F6EB}")]),
            (.bytes, "[\"AAH6/w==\"]", [.bytes([0, 1, 250, 255])]),
            (.timestamp, "[\"2013-01-01T12:00:00Z\"]", [.timestamp(ServerFixture.noon)]),
            (.date, "[\"1970-01-02\"]", [.date(CalendarDate(days: 1))]),
            (.array(.int64), "[[1,null],[],null]", [.array([.int64(1), .null]), .array([]), .null]),
        ] {
            var scanner = try JSONScanner(Array(text.utf8))
            let column = try scanner.readColumn(type, limit: 10)
            #expect(column.count == expected.count)
            for (index, value) in expected.enumerated() {
                #expect(column[index].isIdentical(to: value), "\(type) \(index): \(column[index])")
            }
        }
    }

    @Test func `a value of another type is refused with its place`() throws {
        for (type, text) in [
            (DataType.int64, "[1,\"2\"]"), (.int64, "[1,1.0]"), (.int64, "[1,true]"), (.int32, "[1,2147483648]"),
            (.bool, "[true,1]"), (.float64, "[1,\"x\"]"), (.float64, "[1,1e999]"), (.float32, "[1,1e39]"),
            (.string, "[\"\",7]"), (.bytes, "[\"\",\"A\"]"), (.timestamp, "[null,\"2013-01-01T12:00:00\"]"),
            (.date, "[null,\"2013-02-30\"]"), (.array(.int64), "[[],[1.5]]"), (.string, "[\"\",{}]"),
        ] {
            var scanner = try JSONScanner(Array(text.utf8))
            do throws(BodyProblem) {
                _ = try scanner.readColumn(type, limit: 10)
                Issue.record("\(type) was read from \(text)")
            } catch {
                #expect(error.place.first == .element(1), "\(type): \(error)")
                #expect(error.message.contains("expected"), "\(error)")
            }
        }
    }
}
