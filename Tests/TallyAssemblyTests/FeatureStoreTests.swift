// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyAssembly
import TallyDefinitions
import TallyModel
import TallyStore
import TallyTesting
import Testing

/// The product's verbs, called as a library calls them.
@Suite struct FeatureStoreTests {
    @Test func `a repository goes from a check to a vector that training and serving agree on`() async throws {
        let shop = try ShopFixture()
        let store = shop.store
        let check = try await store.check()
        #expect(check.checked.result.diagnostics.isEmpty, "\(check.checked.result.diagnostics)")
        #expect(check.repository.sources.map(\.name) == ["orders"])

        let preview = try await store.plan(checkingLock: true)
        #expect(preview.plan.changes.count == 4)
        #expect(preview.shadowed == nil)
        #expect(preview.lockProblem != nil, "there is no lockfile yet")
        let applied = try await store.apply()
        #expect(applied.outcome.didCommit && applied.outcome.didWriteLock)
        #expect(try await store.plan(checkingLock: true).lockProblem == nil)

        let fill = try await store.materialize(MaterializationRequest())
        #expect(fill.outcome.promoted.map(\.service) == ["model"])
        #expect(fill.keptDamaged == nil)

        let vectors = try await store.vectors(of: "model")
        let keys = Batch([("user_id", Column(type: .int64, values: [.int64(1), .int64(2), .int64(3)]))])
        let answer = try await vectors.read(
            VectorRequest(keys: keys, inputs: Batch(schema: [], columns: [], count: 3)))
        #expect((0..<3).map { answer.value(0, $0) } == [.int64(20), .int64(5), .null])
        #expect((0..<3).map { answer.status(0, $0) } == [.present, .present, .notFound])

        let manifest = try await store.train(request(shop))
        #expect(manifest.counts.json["rows"]?["written"] == .int(3))
        let rows = String(decoding: try AtomicFile.read(shop.root + "/train.csv") ?? [], as: UTF8.self)
        #expect(rows.contains("1,2024-01-01T10:30:00Z,10\n") && rows.contains("2,2024-01-01T12:00:00Z,5\n"))

        let report = try await store.compare("model", ComparisonRequest(sample: 10, at: nil, seed: 1))
        #expect(report.differing == 0 && report.present > 0)
        let status = try await store.status()
        #expect(status.plan?.isEmpty == true)
        #expect(status.runs.map(\.command).contains("train"))
        #expect(try await store.examine().allSatisfy { $0.state != .broken })
        #expect(try await store.collect(removing: false)?.generations.isEmpty == true)
    }

    @Test func `an output that the repository reads is refused, and nothing is written`() async throws {
        let shop = try ShopFixture()
        _ = try await shop.store.apply()
        let before = try AtomicFile.read(shop.root + "/orders/1.csv")
        for output in ["/orders/1.csv", "/spine.csv"] {
            let error = await #expect(throws: TallyError.self) {
                try await shop.store.train(self.request(shop, output: output), replaces: true)
            }
            #expect(error?.code == .misuse, "\(output): \(String(describing: error))")
        }
        #expect(try AtomicFile.read(shop.root + "/orders/1.csv") == before)
    }

    @Test func `what breaks a promise is found by verify, and set aside or stopped by a fill`() async throws {
        let shop = try ShopFixture()
        let store = shop.store
        _ = try await store.apply()
        _ = try await store.materialize(MaterializationRequest())
        try shop.write("user_id,at,total\n1,2024-01-01T13:00:00Z,-7\n", to: "orders/2.csv")
        shop.move(to: Timestamp(microseconds: shop.now.microseconds + 60_000_000))
        let verification = try await store.verify(["orders"])
        let broken = verification.reports.flatMap(\.findings).filter { $0.verdict == .broken }
        #expect(broken.map(\.promise.id) == ["orders.total.range"])
        let error = await #expect(throws: TallyError.self) { try await store.materialize(MaterializationRequest()) }
        #expect(error?.code == .brokenPromise)
        let promise = try #require(error?.promise)
        let place = try #require(promise.location)
        #expect(promise.id == "orders.total.range" && promise.contract == "orders")
        #expect(place == broken.first?.promise.location)
        #expect(error?.message.hasPrefix("\(place.file):\(place.line): orders.total.range: ") == true)
        #expect(try store.quarantine().entries().isEmpty)
        await #expect(throws: TallyError.self) { try await store.verify(["order"]) }
    }

    @Test func `a server's registry is made by who writes, follows others, and is written when something is to be`()
        async throws
    {
        let shop = try ShopFixture()
        let parts = try await shop.store.servingParts()
        #expect(try await parts.registry.state() == .empty)
        #expect(try await parts.registry.generation() == 0)
        #expect(try await parts.registry.runs(limit: 9).isEmpty)
        #expect(try await parts.registry.latestSnapshot(of: "orders") == nil)
        #expect(!FileName.exists(shop.root + "/.tally/registry.db"))
        _ = try await shop.store.apply()
        #expect(try await parts.registry.generation() == 1)
        #expect(try await parts.registry.state().definitions.count == 4)
        #expect(try await parts.registry.history(of: DefinitionID(.source, "orders")).count == 1)
        // A fill by the server writes, and is seen by it and by others.
        _ = try await parts.materializer.run(MaterializationRequest())
        #expect(try await parts.registry.latestSnapshot(of: "orders")?.files.count == 1)
        let own = try #require(try await parts.registry.find(.fill(of: "last_order")))
        #expect(try await parts.registry.runs(limit: 9).count { $0.command == own.command } == 1)
        #expect(try await shop.store.status().runs.contains(own))
        _ = try await parts.serving.refresh()
        #expect(parts.serving.catalogue.generations.count == 1)
        // A registry that is gone is no empty one.
        for end in ["", "-wal", "-shm"] where FileName.exists(shop.root + "/.tally/registry.db" + end) {
            try FileName.rename(shop.root + "/.tally/registry.db" + end, to: shop.root + "/aside.db" + end)
        }
        let gone = await #expect(throws: TallyError.self) { try await parts.registry.state() }
        #expect(gone?.code == .corrupt && gone?.message.contains("is gone") == true)
        await #expect(throws: TallyError.self) { try await parts.registry.record([own]) }
        #expect(!FileName.exists(shop.root + "/.tally/registry.db"))
        await #expect(throws: TallyError.self) { try await parts.serving.refresh() }
        #expect(parts.serving.catalogue.generations.count == 1)
    }

    @Test func `a clock that jumped writes nothing until it is accepted`() async throws {
        let shop = try ShopFixture()
        _ = try await shop.store.apply()
        _ = try await shop.store.materialize(MaterializationRequest())
        shop.move(to: Timestamp(microseconds: shop.now.microseconds - 86_400_000_000))
        let error = await #expect(throws: TallyError.self) {
            try await shop.store.materialize(MaterializationRequest())
        }
        #expect(error?.code == .clock)
        _ = try await shop.store.materialize(MaterializationRequest(isFull: true), acceptsClock: true)
    }

    @Test func `what is written can be read, explained and exported before anything is applied`() async throws {
        let shop = try ShopFixture()
        let store = shop.store
        #expect(try store.written().definitions.map(\.definition.name).contains("last_order"))
        let reading = try await store.reading(ofSource: "orders")
        #expect(reading.source.name == "orders")
        #expect(reading.explanation.columns.map(\.name).contains("total"))
        #expect(reading.explanation.columns.allSatisfy { $0.unreadable ?? 0 == 0 })
        #expect(try await store.contractDocument(of: "last_order")["apiVersion"]?.stringValue?.isEmpty == false)
        #expect(try await store.contractDocument(of: "orders")["schema"] != nil)
        let unknownSource = await #expect(throws: TallyError.self) { try await store.reading(ofSource: "order") }
        #expect(unknownSource?.code == .notFound && unknownSource?.help?.description.contains("'orders'") == true)
        let unknownView = await #expect(throws: TallyError.self) { try await store.contractDocument(of: "last_orde") }
        #expect(unknownView?.code == .notFound && unknownView?.help?.description.contains("'last_order'") == true)
        #expect(!FileName.exists(shop.root + "/.tally/registry.db"))
    }

    @Test func `a store that was never filled says which command fills it`() async throws {
        let shop = try ShopFixture()
        _ = try await shop.store.apply()
        let error = await #expect(throws: TallyError.self) { try await shop.store.vectors(of: "model") }
        #expect(error?.code == .notMaterialized)
        #expect(try await shop.store.collect(removing: true) == nil)
    }

    private func answer(_ session: StoreSession, _ request: JSON) async throws -> JSON {
        try JSON(parsing: String(decoding: try await session.call("get", request), as: UTF8.self))
    }

    @Test func `a program is answered by what serves at once when the rows of the release before are removed`()
        async throws
    {
        let shop = try ShopFixture()
        _ = try await shop.store.apply()
        _ = try await shop.store.materialize(MaterializationRequest())
        let session = StoreSession(shop.store, audience: .python)
        let request = try JSON(parsing: #"{"service":"model","entities":{"user_id":[1]}}"#)
        let before = try await answer(session, request)
        #expect(before["columns"]?.arrayValue?.first?["values"] == .array([.int(20)]), "\(before)")
        let parts = try await shop.store.servingParts()
        let old = try await parts.store.generations()

        let changed = String(
            decoding: try #require(try AtomicFile.read(shop.root + "/definitions/all.yaml")), as: UTF8.self
        )
        .replacing(
            "type: int64}]\n---\nkind: FeatureService",
            with: "type: int64, expression: total + 1}]\n---\nkind: FeatureService")
        try shop.write(changed, to: "definitions/all.yaml")
        _ = try await shop.store.apply()
        #expect(try await shop.store.materialize(MaterializationRequest()).outcome.promoted.count == 1)
        let spared = try #require(try await shop.store.collect(removing: true))
        #expect(spared.generations.isEmpty && spared.lately == old, "it served until just now")
        #expect(try await parts.store.generations().count == 2)

        // The session's clock stands still: it has not looked since, and its release has no rows any more.
        _ = try await parts.store.drop(old.map(\.storage))
        let after = try await answer(session, request)
        #expect(after["columns"]?.arrayValue?.first?["values"] == .array([.int(21)]), "\(after)")
        _ = try await parts.store.drop(try await parts.store.generations().map(\.storage))
        let error = await #expect(throws: TallyError.self) { try await session.call("get", request) }
        #expect(error?.code == .notMaterialized)
    }

    @Test func `an apply removes what a killed one left beside the lockfile`() async throws {
        let shop = try ShopFixture()
        try shop.write("{", to: "tally.lock.partial-999999999-1")
        _ = try await shop.store.apply()
        #expect(!FileName.exists(shop.root + "/tally.lock.partial-999999999-1"))
        #expect(FileName.exists(shop.root + "/tally.lock"))
    }

    @Test func `what served is removed once all readers have looked since`() async throws {
        let shop = try ShopFixture()
        _ = try await shop.store.apply()
        _ = try await shop.store.materialize(MaterializationRequest())
        let changed = String(
            decoding: try #require(try AtomicFile.read(shop.root + "/definitions/all.yaml")), as: UTF8.self
        )
        .replacing(
            "type: int64}]\n---\nkind: FeatureService",
            with: "type: int64, expression: total + 1}]\n---\nkind: FeatureService")
        try shop.write(changed, to: "definitions/all.yaml")
        _ = try await shop.store.apply()
        _ = try await shop.store.materialize(MaterializationRequest())
        shop.move(to: Timestamp(microseconds: shop.now.microseconds + 10_000_000))
        let removed = try #require(try await shop.store.collect(removing: true))
        #expect(removed.generations.count == 1 && removed.lately.isEmpty)
    }

    private func request(_ shop: ShopFixture, output: String = "/train.csv") -> TrainingRequest {
        TrainingRequest(service: "model", spine: shop.root + "/spine.csv", output: shop.root + output)
    }
}
