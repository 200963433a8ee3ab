// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import HTTPTypes
import TallyModel
import TallyStore
import Testing

@testable import TallyServer

/// Instants before the stored rows are answered from the sources: by few at once, and only as long as somebody waits.
@Suite struct SourceReadTests {
    private static let past =
        #"{"features":["origin_weather:wind_speed"],"entities":{"origin":["JFK"]},"at":"2013-01-01T08:00:00Z"}"#
    private static let now = #"{"features":["origin_weather:wind_speed"],"entities":{"origin":["JFK"]}}"#

    private func settings(_ change: (inout ServerSettings) -> Void = { _ in }) -> ServerSettings {
        var settings = ServerSettings()
        (settings.mostSourceReadsAtOnce, settings.mostSourceReadsWaiting) = (1, 1)
        // How long a test takes is the machine's mood.
        settings.deadline = .seconds(600)
        change(&settings)
        return settings
    }

    private func wait(_ isSo: () -> Bool) async {
        for _ in 0..<60_000 where !isSo() { try? await Task.sleep(for: .milliseconds(5), clock: .continuous) }
    }

    @Test func `few read sources at once, some wait, others are 429, and the present is answered beside them`()
        async throws
    {
        let gate = Gate()
        let fixture = try await ServerFixture(settings: settings()) { WaitingEngine($0, gate: gate) }
        try await withThrowingTaskGroup(of: Answer.self) { tasks in
            tasks.addTask { try await fixture.post("/v1/vectors", Self.past) }
            await gate.waitForVisitor()
            tasks.addTask { try await fixture.post("/v1/vectors", Self.past) }
            await wait { fixture.server.front.sources.waiting == 1 }
            let busy = try await fixture.post("/v1/vectors", Self.past)
            #expect(busy.status == 429 && busy.fields[.retryAfter] == "1", "\(busy.text)")
            #expect(try await fixture.post("/v1/vectors", Self.now).status == 200)
            gate.open()
            for try await answer in tasks { #expect(answer.status == 200, "\(answer.text)") }
        }
        #expect(try await fixture.post("/v1/vectors", Self.past).status == 200)
    }

    @Test func `who waits for its turn at the deadline is 504, and is in nobody's way afterwards`() async throws {
        let joins = EndlessEngine.Joins()
        let short = settings { $0.deadline = .milliseconds(200) }
        let fixture = try await ServerFixture(settings: short) { EndlessEngine($0, joins) }
        try await withThrowingTaskGroup(of: Int.self) { tasks in
            for _ in 0..<2 { tasks.addTask { try await fixture.post("/v1/vectors", Self.past).status } }
            for try await status in tasks { #expect(status == 504) }
        }
        #expect(joins.begun == joins.ended && joins.begun >= 1)
        #expect(fixture.server.front.sources.waiting == 0)
        #expect(try await fixture.post("/v1/vectors", Self.past).status == 504)
    }

    @Test func `sources are read no further when the client is gone`() async throws {
        let joins = EndlessEngine.Joins()
        let fixture = try await ServerFixture { EndlessEngine($0, joins) }
        try await LiveServer.run(fixture.parts, settings: settings()) { server in
            let curl = try #require(OutsideProgram.find("curl"))
            for turn in 1...2 {
                let left = try await OutsideProgram.run(
                    curl,
                    [
                        "-sS", "-m", "1", "-H", "Content-Type: application/json", "-d", Self.past,
                        server.url("/v1/vectors"),
                    ])
                #expect(left.status == 28, "curl did not give up: \(left)")
                await wait { joins.ended == turn }
                #expect(joins.begun == turn && joins.ended == turn)
            }
        }
    }

    @Test func `sources are asked for once, given back once, and only where they are read`() async throws {
        let fixture = try await ServerFixture()
        let layout = try fixture.parts.serving.catalogue.layout(
            ofFeatures: [("origin_weather", "wind_speed", "a"), ("planes", "seats", "b")])
        func request(_ at: Timestamp?) -> VectorRequest {
            VectorRequest(
                keys: Batch([
                    ("origin", Column(type: .string, values: [.string("JFK")])),
                    ("tail", Column(type: .int64, values: [.int64(1)])),
                ]), inputs: Batch(schema: [], columns: [], count: 1), at: at)
        }
        let allowance = CountingAllowance()
        _ = try await fixture.parts.reader.read(layout, request(nil), within: allowance)
        #expect(allowance.begun == 0)
        let past = Timestamp(microseconds: ServerFixture.noon.microseconds - 3_600_000_000)
        _ = try await fixture.parts.reader.read(layout, request(past), within: allowance)
        #expect(allowance.begun == 1 && allowance.ended == 1)
        let error = await #expect(throws: TallyError.self) {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.cancelAll()
                tasks.addTask { [past = request(past)] in
                    _ = try await fixture.parts.reader.read(layout, past, within: allowance)
                }
                try await tasks.waitForAll()
            }
        }
        #expect(error?.code == .interrupted && allowance.begun == 2 && allowance.ended == 2)
    }

    @Test func `turns come in order, to those that still wait`() async throws {
        let lane = SourceLane(most: 1, waiting: 3)
        try await lane.enter()
        let (order, next) = AsyncStream<Int>.makeStream()
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<3 {
            tasks.append(
                Task {
                    try await lane.enter()
                    next.yield(number)
                    lane.leave()
                })
            await wait { lane.waiting == number + 1 }
        }
        let refused = await #expect(throws: Refusal.self) { try await lane.enter() }
        #expect(refused?.status == 429)
        tasks[0].cancel()
        await wait { lane.waiting == 2 }
        let gone = await #expect(throws: Refusal.self) { try await tasks[0].value }
        #expect(gone?.status == 504)
        lane.leave()
        for task in tasks.dropFirst() { try await task.value }
        next.finish()
        var came: [Int] = []
        for await number in order { came.append(number) }
        #expect(came == [1, 2])
        try await lane.enter()
        lane.leave()
    }
}
