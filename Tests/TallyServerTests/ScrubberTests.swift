// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import HTTPTypes
import Logging
import ServiceLifecycle
import TallyModel
import TallyStore
import TallyTesting
import Testing

@testable import TallyServer

@Suite struct ScrubberTests {
    @Test func `what a scrub finds is told to probes, metrics, the log and the registry`() async throws {
        let fixture = try await ServerFixture()
        let front = fixture.server.front
        front.readiness.set(true)
        let store = FormedStore(base: fixture.store)
        let scrubber = Self.scrubber(fixture, store, HastyClock())
        await scrubber.pass(on: WorkLane(threads: 1))
        let kept = try await fixture.send(.get, "/readyz")
        #expect(kept.status == 200 && kept.text == "scrub: kept, 2013-01-01T12:00:00Z\n")
        var metrics = try await fixture.send(.get, "/metrics").text
        #expect(metrics.contains("tally_scrub_broken{what=\"view planes\"} 0\n"))
        #expect(metrics.contains("tally_scrub_timestamp_seconds 1357041600\n"))
        let planes = try #require(try fixture.store.generations().first { $0.view == "planes" })
        var key: OnlineKey?
        try fixture.store.scan(planes.storage) { (found, _) throws(TallyError) in key = found }
        #expect(fixture.store.damage(planes.storage, try #require(key)) { $0[4] ^= 1 })
        await scrubber.pass(on: WorkLane(threads: 1))
        let broken = try await fixture.send(.get, "/readyz")
        #expect(broken.status == 200 && broken.text.hasPrefix("scrub: broken: view planes, "))
        metrics = try await fixture.send(.get, "/metrics").text
        #expect(metrics.contains("tally_scrub_broken{what=\"view planes\"} 1\n"))
        #expect(metrics.contains("tally_scrub_broken{what=\"view origin_weather\"} 0\n"))
        #expect(fixture.lines.all.contains { $0.contains("stored data is damaged") && $0.contains("view planes") })
        let run = try #require(try await fixture.registry.runs(limit: 1).first)
        #expect(run.command == "scrub" && run.summary["scrub"]?.stringValue == "broken: view planes")
    }

    @Test func `it looks again after each interval, until the server stops`() async throws {
        let fixture = try await ServerFixture()
        let pace = ManualClock()
        let scrubber = Self.scrubber(fixture, FormedStore(base: fixture.store), pace)
        let group = ServiceGroup(services: [scrubber], logger: fixture.server.front.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await pace.waitForSleeper()
            #expect(fixture.server.front.scrubs.last == nil)
            while try await fixture.registry.runs(limit: 100).count(where: { $0.command == "scrub" }) < 2 {
                pace.advance(by: .seconds(10))
                await Task.yield()
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private static func scrubber(
        _ fixture: ServerFixture, _ store: any OnlineStore, _ pace: any Clock<Duration>
    ) -> Scrubber {
        let parts = ServerParts(
            serving: fixture.parts.serving, reader: fixture.parts.reader, materializer: fixture.parts.materializer,
            store: store, registry: fixture.registry, clock: fixture.clock)
        return Scrubber(
            parts: parts, book: fixture.server.front.scrubs, interval: .seconds(100), clock: pace,
            logger: fixture.server.front.logger)
    }

    /// A clock on which nobody rests.
    private struct HastyClock: Clock {
        var now: ContinuousClock.Instant { .now }
        var minimumResolution: Duration { .nanoseconds(1) }

        func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
            try Task.checkCancellation()
        }
    }

    /// A store that has a form, which is whole.
    private struct FormedStore: WrappingOnlineStore {
        let base: any OnlineStore

        func examine() throws(TallyError) -> StoreStructure? { StoreStructure(.whole, pages: 3, bytes: 12_288) }
    }
}
