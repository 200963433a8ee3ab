// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel
import TallyTesting

/// An engine that notes how often the rows of each text file are gone through.
final class LookingEngine: WrappingEngine {
    let base: any OfflineEngine
    private let counts = Mutex<[String: Int]>([:])

    init(_ base: any OfflineEngine) { self.base = base }

    /// How often the rows of each file were gone through, by its path; starts again with none.
    func takeCounts() -> [String: Int] {
        counts.withLock { counts in
            defer { counts = [:] }
            return counts
        }
    }

    /// Notes a look at a table; one that names each file says which.
    private func note(_ table: TableReference) async throws(TallyError) {
        guard case .files(_, let format) = table.rows, format != .parquet else { return }
        for file in try await base.files(of: table) { counts.withLock { $0[file, default: 0] += 1 } }
    }

    func describe(
        _ table: TableReference, _ extent: TableDescription.Extent
    ) async throws(TallyError) -> TableDescription {
        // Of CSV taken for text only the first line is read.
        let isFirstLine = if case .files(_, .csv) = table.rows { table.takesTextAsText } else { false }
        if extent == .columns, !isFirstLine { try await note(table) }
        return try await base.describe(table, extent)
    }

    func scan(
        _ request: ScanRequest, _ body: (Batch) async throws(TallyError) -> Void
    ) async throws(TallyError) {
        try await note(request.table)
        try await base.scan(request, body)
    }

    func measure(_ request: MeasureRequest) async throws(TallyError) -> MeasureResult {
        if !request.measures.isEmpty { try await note(request.table) }
        return try await base.measure(request)
    }
}
