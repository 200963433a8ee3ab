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

    /// The numbers may only fall. The description says what columns there are, for notes, promises and copies alike; the
    /// aggregate counts the rows that fail; the first scan names some of them and judges each; the second writes those that get
    /// in and those that do not.
    @Test func `a bad new file is looked at four times, and once by the next command`() async throws {
        let payments = try Payments(definitions: Payments.definitions.replacing("*.csv", with: "*.parquet"))
        let root = payments.folder.path
        let base = try StandaloneEngine.open(root: root)
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
        let now = try #require(Timestamp("2026-02-01T00:00:00Z"))
        let set = try await Workspace.checked(root: root, now: now).checked.definitions()
        let (source, contract) = (try #require(set.sources["payments"]), try #require(set.contracts["payments"]))
        let registry = InMemoryRegistry()
        let first = CountingEngine(base)
        _ = try await SourcePreparer(root: root, engine: first, registry: registry)
            .prepare(source, contract: contract, at: now)
        #expect(first.looks(at: "data/") == ["describe": 1, "measure": 1, "scan": 2])
        let second = CountingEngine(base)
        _ = try await SourcePreparer(root: root, engine: second, registry: registry)
            .prepare(source, contract: contract, at: now)
        #expect(second.looks(at: "data/") == ["describe": 1])
    }
}
