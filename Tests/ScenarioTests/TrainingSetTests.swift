// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyAssembly
import TallyModel
import TallyStore
import Testing

/// Whole training sets on real files: what must never depend on the machine, and what must never be left behind.
///
/// Holds SEMANTICS 9.3.
@Suite struct TrainingSetTests {
    @Test func `rows, bytes and identity do not depend on threads or on the memory budget`() async throws {
        let fixture = try await TrainingFixture(seed: 11, spineRows: 20_000, sourceRows: 30_000)
        let whole = try await fixture.train(to: "whole.parquet")
        let split = try await fixture.train(to: "split.parquet", threads: 2, partBytes: 2_000_000)
        #expect(whole.run["parts"] == .int(1))
        let parts = try #require(split.run["parts"]?.intValue)
        #expect(parts > 3)
        #expect(whole.identity == split.identity)
        #expect(whole.counts == split.counts)
        #expect(try fixture.bytes(of: "whole.parquet") == fixture.bytes(of: "split.parquet"))
    }

    @Test func `the counts add up to the spine`() async throws {
        let fixture = try await TrainingFixture(seed: 12, spineRows: 5_000, sourceRows: 3_000)
        let counts = try await fixture.train(to: "out.parquet").counts
        #expect(counts.spineRows == 5_000)
        for view in counts.views {
            let sum = view.join.matched + view.join.notFound + view.join.outsideMaxAge
            #expect(sum == 5_000, "\(view.name)")
            #expect(view.join.matched > 0)
        }
        #expect(counts.views[0].join.tied > 0)
        #expect(counts.features.contains { $0.name == "ratio" && $0.findings > 0 })
        let label = try #require(counts.label)
        #expect(label.ripe + label.unripe + label.missing == 5_000)
        #expect(label.omitted == label.unripe)
        #expect(counts.writtenRows == 5_000 - label.omitted)
        #expect(counts.nullTimes > 0)
    }

    @Test func `the identity in the file is the identity in the manifest`() async throws {
        let fixture = try await TrainingFixture(seed: 13, spineRows: 500, sourceRows: 500)
        let manifest = try await fixture.train(to: "out.parquet")
        let text = String(decoding: try fixture.bytes(of: "out.parquet.manifest.json"), as: UTF8.self)
        #expect(try JSON(parsing: text)["identitySha256"]?.stringValue == manifest.fingerprint.hex)
        let bytes = try fixture.bytes(of: "out.parquet")
        let digits = Array(manifest.fingerprint.hex.utf8)
        let footer = bytes.suffix(20_000)
        #expect(Array(footer).firstRange(of: digits) != nil)
    }

    @Test func `without known times the same spine sees more, and the manifest counts it`() async throws {
        let fixture = try await TrainingFixture(seed: 14, spineRows: 2_000, sourceRows: 2_000)
        let honest = try await fixture.train(to: "honest.parquet")
        let naive = try await fixture.train(to: "naive.parquet", ignoresKnownTime: true)
        #expect(honest.counts.views.allSatisfy { $0.join.leaked == 0 } && honest.counts.leaks.isEmpty)
        #expect(naive.counts.views[0].join.leaked > 0)
        #expect(naive.counts.leaks.first.map { $0.knownTime > $0.time } == true)
        #expect(naive.identity != honest.identity)
        let engine = try Workspace(root: fixture.root).engine
        let difference = try await SetComparison(engine: engine).compare(
            fixture.root + "/honest.parquet", fixture.root + "/naive.parquet", keys: ["row"])
        #expect(difference.differingRows > 0)
        #expect(difference.example?.cells.isEmpty == false)
    }

    @Test func `a training set that is interrupted leaves nothing behind`() async throws {
        let fixture = try await TrainingFixture(seed: 15, spineRows: 20_000, sourceRows: 20_000)
        let before = try fixture.files()
        let task = Task { try await fixture.train(to: "out.parquet", partBytes: 2_000_000) }
        task.cancel()
        let result = await task.result
        #expect(throws: TallyError.self) { try result.get() }
        #expect(try fixture.files() == before)
    }

    @Test func `a budget that holds no part is refused with the amount that would do`() async throws {
        let fixture = try await TrainingFixture(seed: 16, spineRows: 10, sourceRows: 10)
        let error = await #expect(throws: TallyError.self) {
            try await fixture.train(to: "out.parquet", partBytes: 10_000)
        }
        #expect(error?.code == .outOfBudget)
        #expect(error?.help?.description.contains("--memory") == true)
    }
}
