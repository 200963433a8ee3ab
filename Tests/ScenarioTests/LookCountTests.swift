// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyAssembly
import TallyModel
import TallyStore
import TallyTesting
import Testing

/// How often an engine is sent to one Parquet file that enters and of which some rows are set aside.
@Suite struct LookCountTests {
    /// An engine that counts its looks at each file by what it does there.
    private final class CountingEngine: WrappingEngine {
        let base: any OfflineEngine
        private let counts = Mutex<[String: Int]>([:])

        init(_ base: any OfflineEngine) { self.base = base }

        /// The looks at the files whose paths begin so.
        func looks(at start: String) -> [String: Int] {
            counts.withLock { counts in
                Dictionary(
                    counts.filter { $0.key.hasPrefix(start) }.map {
                        (String($0.key.split(separator: " ").last ?? ""), $0.value)
                    }, uniquingKeysWith: +)
            }
        }

        private func note(_ table: TableReference, _ what: String) async throws(TallyError) {
            for file in try await base.files(of: table) { counts.withLock { $0["\(file) \(what)", default: 0] += 1 } }
        }

        func describe(
            _ table: TableReference, _ extent: TableDescription.Extent
        ) async throws(TallyError) -> TableDescription {
            // The names of files are no look at them.
            if extent == .columns { try await note(table, "describe") }
            return try await base.describe(table, extent)
        }

        func scan(
            _ request: ScanRequest, _ body: (Batch) async throws(TallyError) -> Void
        ) async throws(TallyError) {
            try await note(request.table, "scan")
            try await base.scan(request, body)
        }

        func measure(_ request: MeasureRequest) async throws(TallyError) -> MeasureResult {
            if !request.measures.isEmpty { try await note(request.table, "measure") }
            return try await base.measure(request)
        }
    }

    /// An engine that describes another file in place of one, which is there again afterwards.
    private struct SwappingEngine: WrappingEngine {
        let base: any OfflineEngine
        let path: String

        func describe(
            _ table: TableReference, _ extent: TableDescription.Extent
        ) async throws(TallyError) -> TableDescription {
            guard extent == .columns else { return try await base.describe(table, extent) }
            do {
                try FileName.rename(path, to: path + ".aside")
            } catch {
                throw TallyError(.internal, "the file was not put aside: \(error)")
            }
            try AtomicFile.write(try AtomicFile.read(path + ".aside") ?? [], to: path)
            let description = try await base.describe(table, extent)
            do {
                try FileName.rename(path + ".aside", to: path)
            } catch {
                throw TallyError(.internal, "the file was not put back: \(error)")
            }
            return description
        }
    }

    /// Payments as one Parquet file, the second row of which breaks a promise.
    private struct Given {
        let payments: Payments
        let base: any OfflineEngine
        let source: Source
        let contract: Contract?
        let now: Timestamp

        var root: String { payments.folder.path }

        init() async throws {
            payments = try Payments(definitions: Payments.definitions.replacing("*.csv", with: "*.parquet"))
            let root = payments.folder.path
            base = try StandaloneEngine.open(root: root)
            try FileName.makeFolder(root + "/data")
            let batch = Batch([
                ("customer", Column(type: .string, values: [.string("a"), .string("b")])),
                ("paid_at", Column(type: .timestamp, values: (1...2).map { .timestamp(Timestamp(microseconds: $0)) })),
                ("amount", Column(type: .float64, values: [.float64(1), .float64(-3)])),
            ])
            let columns = batch.schema.map { WriteRequest.Column(schema: $0) }
            try await base.write(WriteRequest(path: root + "/data/1.parquet", format: .parquet, columns: columns)) {
                (sink) async throws(TallyError) in
                try await sink.send(batch)
                return [:]
            }
            now = try #require(Timestamp("2026-02-01T00:00:00Z"))
            let set = try await Workspace.checked(root: root, now: now).checked.definitions()
            source = try #require(set.sources["payments"])
            contract = set.contracts["payments"]
        }
    }

    /// The numbers may only fall.
    ///
    /// The description says what columns there are, for notes, promises and copies alike; the aggregate counts the rows that
    /// fail; the first scan names some of them and judges each; the second writes those that get in and those that do not.
    @Test func `a bad new file is looked at four times, and once by the next command`() async throws {
        let given = try await Given()
        let registry = InMemoryRegistry()
        let first = CountingEngine(given.base)
        _ = try await SourcePreparer(root: given.root, engine: first, registry: registry)
            .prepare(given.source, contract: given.contract, at: given.now)
        #expect(first.looks(at: "data/") == ["describe": 1, "measure": 1, "scan": 2])
        let second = CountingEngine(given.base)
        _ = try await SourcePreparer(root: given.root, engine: second, registry: registry)
            .prepare(given.source, contract: given.contract, at: given.now)
        #expect(second.looks(at: "data/") == ["describe": 1])
    }

    @Test func `a file that is another one while it is described has no verdict`() async throws {
        let given = try await Given()
        let engine = SwappingEngine(base: given.base, path: given.root + "/data/1.parquet")
        let error = await #expect(throws: TallyError.self) {
            _ = try await SourcePreparer(root: given.root, engine: engine, registry: InMemoryRegistry())
                .prepare(given.source, contract: given.contract, at: given.now)
        }
        #expect(error?.code == .conflict, "\(String(describing: error))")
        #expect(FileName.names(in: given.root + "/.tally/quarantine/payments/verdicts").isEmpty)
    }

    @Test func `a file that cannot be described is not noted as seen`() async throws {
        let given = try await Given()
        let registry = InMemoryRegistry()
        try AtomicFile.write(Array("no Parquet".utf8), to: given.root + "/data/1.parquet")
        await #expect(throws: TallyError.self) {
            _ = try await SourcePreparer(root: given.root, engine: given.base, registry: registry)
                .prepare(given.source, contract: given.contract, at: given.now)
        }
        let noted = try await registry.latestSnapshot(of: "payments")
        #expect(noted == nil)
    }
}
