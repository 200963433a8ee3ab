// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import HTTPTypes
import HummingbirdCore
import Synchronization
import TallyModel
import TallyStore
import Testing

@testable import TallyServer

/// Answers that are larger than their requests: reckoned before they are built, and paid for until they are sent.
@Suite struct AnswerSizeTests {
    private func settings(_ change: (inout ServerSettings) -> Void) -> ServerSettings {
        var settings = ServerSettings()
        change(&settings)
        return settings
    }

    private static func body(_ features: [String], key: String, _ values: [String]) -> String {
        let names = features.map { "\"\($0)\"" }.joined(separator: ",")
        return "{\"features\":[\(names)],\"entities\":{\"\(key)\":[\(values.joined(separator: ","))]}}"
    }

    private static func seats(_ count: Int) -> String {
        body(["planes:seats"], key: "tail", (0..<count).map { String($0 % 3) })
    }

    @Test(arguments: ["/v1/vectors", "/get-online-features"])
    func `a feature that is named twice is refused by its name, as Feast does`(_ path: String) async throws {
        let fixture = try await ServerFixture()
        let names = ["planes:seats", "planes:serial", "planes:seats"]
        let answer = try await fixture.post(path, Self.body(names, key: "tail", ["1"]))
        #expect(answer.status == 422)
        #expect(answer.text.contains("'planes:seats' comes twice"), "\(answer.text)")
        #expect(answer.text.contains("2"), "the place is missing: \(answer.text)")
        // Names are the same only if their bytes are: neither of these is known, and neither comes twice.
        let spellings = try await fixture.post(path, Self.body(["planes:é", "planes:e\u{301}"], key: "tail", ["1"]))
        #expect(!spellings.text.contains("twice"), "\(spellings.text)")
    }

    @Test(arguments: ["/v1/vectors", "/get-online-features"])
    func `a short request with a long answer is a large one`(_ path: String) async throws {
        let none = try await ServerFixture(settings: settings { $0.mostLargeRequestsAtOnce = 0 })
        #expect(try await none.post(path, Self.seats(10)).status == 200)
        let long = Self.seats(9_000)
        #expect(long.utf8.count < ServerSettings().largeBytes)
        let busy = try await none.post(path, long)
        #expect(busy.status == 429 && busy.fields[.retryAfter] == "1", "\(busy.text)")
        let fixture = try await ServerFixture()
        let answer = try await fixture.post(path, long)
        #expect(answer.status == 200 && answer.text.utf8.count > 5 * long.utf8.count)
        #expect(fixture.server.front.memory.used == 0)
    }

    @Test(arguments: ["/v1/vectors", "/get-online-features"])
    func `an answer that no budget has room for is refused before it is built`(_ path: String) async throws {
        let small = try await ServerFixture(settings: settings { $0.memoryBytes = 600_000 })
        #expect(try await small.post(path, Self.seats(1_000)).status == 200)
        let answer = try await small.post(path, Self.seats(9_000))
        #expect(answer.status == 422)
        #expect(answer.text.contains("450000 bytes") && answer.text.contains("ask in parts"), "\(answer.text)")
        #expect(small.server.front.memory.used == 0)
    }

    @Test func `what an answer takes is taken before and given back when it is sent`() async throws {
        let fixture = try await ServerFixture(
            settings: settings { ($0.largeAnswerBytes, $0.mostLargeRequestsAtOnce) = (1, 1) })
        let front = fixture.server.front
        let first = front.begin()
        let answer = await front.respond(to: ServerFixture.request("/v1/vectors", Self.seats(2_000)), first)
        #expect(answer.status == .ok)
        // It is built, and nobody has read it.
        let length = try #require(answer.body.contentLength)
        #expect(front.memory.used == length)
        #expect(try await fixture.post("/v1/vectors", Self.seats(1)).status == 429)
        first.end()
        #expect(front.memory.used == 0)
        #expect(try await fixture.post("/v1/vectors", Self.seats(1)).status == 200)
        withExtendedLifetime(answer) {}
    }

    @Test func `answers that nobody reads leave no room for further ones, and a quarter for small ones`() async throws {
        let fixture = try await ServerFixture(settings: settings { $0.memoryBytes = 4 << 20 })
        let front = fixture.server.front
        var unread: [(Stay, Int)] = []
        var last = 200
        while last == 200, unread.count < 1_000 {
            let stay = front.begin()
            let answer = await front.respond(to: ServerFixture.request("/v1/vectors", Self.seats(9_000)), stay)
            last = answer.status.code
            if last == 200 { unread.append((stay, answer.body.contentLength ?? 0)) }
        }
        #expect(last == 503 && !unread.isEmpty)
        #expect(front.memory.used == unread.reduce(0) { $0 + $1.1 } && front.memory.used <= 3 << 20)
        #expect(try await fixture.post("/v1/vectors", Self.seats(10)).status == 200)
        for (stay, _) in unread { stay.end() }
        #expect(front.memory.used == 0)
    }

    @Test func `texts and lists are asked for as they are read, and all else is reckoned`() async throws {
        let fixture = try await ServerFixture()
        let catalogue = fixture.parts.serving.catalogue
        let request = VectorRequest(
            keys: Batch([("tail", Column(type: .int64, values: [.int64(1), .int64(2), .int64(1)]))]),
            inputs: Batch(schema: [], columns: [], count: 3))
        func held(_ names: [String], limit: Int = .max) async throws -> [Int] {
            let layout = try catalogue.layout(ofFeatures: names.map { ("planes", $0, $0) })
            let allowance = CountingAllowance(limit: limit)
            _ = try await fixture.parts.reader.read(layout, request, within: allowance)
            return allowance.held
        }
        #expect(try await held(["seats", "serial", "price"]).isEmpty)
        // Plane 1 has four bytes and three numbers, plane 2 has none of either.
        let photos = try await held(["photo"])
        #expect(photos == [68, 48, 68])
        let legs = try await held(["legs", "photo"])
        #expect(legs == [68 + 336, 48 + 48, 68 + 336])
        let error = await #expect(throws: TallyError.self) { _ = try await held(["legs"], limit: 400) }
        #expect(error?.code == .outOfBudget)
        let layout = try catalogue.layout(ofFeatures: [("planes", "seats", "seats"), ("planes", "legs", "legs")])
        #expect(layout.bytes(forEntities: 1_000) >= 1_000 * (2 * 17 + 16))
        #expect(layout.bytes(forEntities: .max) == .max)
    }

    @Test func `who holds much leaves a quarter to who holds little`() throws {
        let rooms = Mutex(0)
        let budget = MemoryBudget(limit: 400, largeBytes: 100) { rooms.withLock { $0 += 1 } }
        let (large, other, small) = (MemoryLease(budget), MemoryLease(budget), MemoryLease(budget))
        try large.take(300)
        #expect(throws: Refusal.self) { try large.take(1) }
        #expect(rooms.withLock(\.self) == 0)
        #expect(throws: Refusal.self) { try other.take(100) }
        #expect(rooms.withLock(\.self) == 1)
        try small.take(99)
        #expect(throws: Refusal.self) { try other.take(2) }
        #expect(budget.used == 399)
        try large.settle(10)
        #expect(budget.used == 109)
        try large.settle(20)
        large.end()
        #expect(throws: Refusal.self) { try large.take(1) }
        #expect(budget.used == 99)
    }
}

/// Counts what is asked for, and refuses what is over its limit.
final class CountingAllowance: ReadAllowance {
    private let limit: Int
    private let asked = Mutex<[Int]>([])
    private let reading = Mutex((begun: 0, ended: 0))

    init(limit: Int = .max) { self.limit = limit }

    var held: [Int] { asked.withLock { $0 } }
    var begun: Int { reading.withLock(\.begun) }
    var ended: Int { reading.withLock(\.ended) }

    func hold(_ bytes: Int) throws(TallyError) {
        asked.withLock { $0.append(bytes) }
        guard held.reduce(0, +) <= limit else { throw TallyError(.outOfBudget, "too much") }
    }

    func beginReadingSources() async throws(TallyError) { reading.withLock { $0.begun += 1 } }

    func endReadingSources() { reading.withLock { $0.ended += 1 } }
}
