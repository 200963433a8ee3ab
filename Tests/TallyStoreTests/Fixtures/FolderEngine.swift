// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import Synchronization
import TallyModel
import TallyTesting

/// The engine in memory over a real folder: each file holds the name of a table, so that files can appear, change,
/// vanish and be moved as they do under any other engine.
final class FolderEngine: OfflineEngine {
    let folder: TemporaryFolder
    /// Whether scans leave out the rows that they may leave out.
    private let leavesOut: Bool
    private let tables = Mutex<[String: Batch]>([:])
    /// How often the engine was asked what files are.
    let looks = Mutex(0)
    private let answers = Mutex<[String: Batch]>([:])
    let identity = EngineIdentity(name: "folder", version: "1")

    init(_ folder: TemporaryFolder, leavesOut: Bool = true) {
        self.folder = folder
        self.leavesOut = leavesOut
    }

    /// Lays down a file of these rows; equal rows make equal files.
    func put(_ rows: Batch, at path: String) throws {
        try folder.write(name(of: rows), to: path)
    }

    /// Takes a file away.
    func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: folder.path + "/" + path) }

    /// Says what a query gives from now on.
    func answer(_ sql: String, with rows: Batch) { answers.withLock { $0[sql] = rows } }

    private func name(of rows: Batch) -> String {
        tables.withLock { tables in
            if let known = tables.first(where: { $0.value == rows }) { return known.key }
            let name = "table \(tables.count)"
            tables[name] = rows
            return name
        }
    }

    /// The files as they are now.
    var files: [String: Batch] {
        let tables = tables.withLock { $0 }
        var files: [String: Batch] = [:]
        for path in (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? [] {
            files[path] = (try? folder.read(path)).flatMap { $0 }.flatMap { tables[$0] }
        }
        return files
    }

    private var present: InMemoryEngine { InMemoryEngine(tables: files) }

    func describe(
        _ table: TableReference, _ extent: TableDescription.Extent
    ) async throws(TallyError) -> TableDescription {
        looks.withLock { $0 += 1 }
        return try await present.describe(table, extent)
    }

    func scan(
        _ request: ScanRequest, _ body: (Batch) async throws(TallyError) -> Void
    ) async throws(TallyError) {
        let all = ScanRequest(table: request.table, columns: request.columns)
        try await present.scan(leavesOut ? request : all, body)
    }

    func measure(_ request: MeasureRequest) async throws(TallyError) -> MeasureResult {
        try await present.measure(request)
    }

    func pointInTimeJoin(_ request: JoinRequest) async throws(TallyError) -> [JoinResult] {
        try await present.pointInTimeJoin(request)
    }

    func write(
        _ request: WriteRequest, _ produce: (BatchSink) async throws(TallyError) -> [String: String]
    ) async throws(TallyError) {
        try await present.write(request, produce)
    }

    func writeQuery(_ sql: String, to path: String, asMultiset: Bool) async throws(TallyError) {
        guard let rows = answers.withLock({ $0[sql] }) else { throw TallyError(.engine, "no answer to \(sql)") }
        try AtomicFile.write(Array(name(of: rows).utf8), to: path)
    }
}
