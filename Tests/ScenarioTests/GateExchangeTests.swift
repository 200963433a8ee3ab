// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyAssembly
import TallyModel
import TallyStore
import TallyTesting
import Testing

/// A verdict is about the bytes that were judged.
@Suite struct GateExchangeTests {
    /// An engine while somebody lays another file into the place of one for as long as it is judged.
    private struct SwappingEngine: WrappingEngine {
        let base: any OfflineEngine
        let path: String

        func scan(
            _ request: ScanRequest, _ body: (Batch) async throws(TallyError) -> Void
        ) async throws(TallyError) {
            try swap()
            defer { try? swap() }
            try await base.scan(request, body)
        }

        func measure(_ request: MeasureRequest) async throws(TallyError) -> MeasureResult {
            try swap()
            defer { try? swap() }
            return try await base.measure(request)
        }

        private func swap() throws(TallyError) {
            do {
                try FileName.rename(path, to: path + ".aside")
                try FileName.rename(path + ".other", to: path)
                try FileName.rename(path + ".aside", to: path + ".other")
            } catch {
                throw TallyError(.internal, "the files were not exchanged: \(error)")
            }
        }
    }

    @Test func `a file that is another one while it is judged, and the same again afterwards, has no verdict`()
        async throws
    {
        let payments = try Payments()
        let (bad, good) = (["a,2026-01-01T10:00:00Z,-7"], ["a,2026-01-01T10:00:00Z,+7"])
        try payments.put(bad, at: "data/1.csv")
        try payments.put(good, at: "data/1.csv.other")
        let root = payments.folder.path
        let now = try #require(Timestamp("2026-02-01T00:00:00Z"))
        let set = try await Workspace.checked(root: root, now: now).checked.definitions()
        let (source, contract) = (try #require(set.sources["payments"]), try #require(set.contracts["payments"]))
        let base = try StandaloneEngine.open(root: root)
        let swapping = SourcePreparer(
            root: root, engine: SwappingEngine(base: base, path: root + "/data/1.csv"), registry: InMemoryRegistry())
        let error = await #expect(throws: TallyError.self) {
            _ = try await swapping.prepare(source, contract: contract, at: now)
        }
        #expect(error?.code == .conflict, "\(String(describing: error))")
        #expect(payments.folder.names(in: ".tally/quarantine/payments").filter { $0.hasSuffix(".json") }.isEmpty)
        // What stands there is judged by the next run, and set aside.
        let honest = SourcePreparer(root: root, engine: base, registry: InMemoryRegistry())
        _ = try await honest.prepare(source, contract: contract, at: now)
        let filled = try payments.run("materialize")
        #expect(filled.status == 0, "\(filled.error)")
        #expect(try payments.run("quarantine", "list").output.contains("data/1.csv"))
        #expect(try !payments.served("a").contains("-7"))
    }
}
