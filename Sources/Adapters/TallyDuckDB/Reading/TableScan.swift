// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A running scan: plans, builders and the stream of its rows, one run of files after the other.
final class TableScan {
    /// One run and how its columns are read.
    struct Part {
        let run: TableRun
        let columns: [(alias: String, plan: ColumnPlan)]
        let condition: String?
    }

    private let schema: [ColumnSchema]
    private var waiting: ArraySlice<Part>
    private var builders: [any ColumnBuilder] = []
    private var stream: ResultStream?
    private var text: TextTable?
    private let subject: String?
    private let connection: Connection
    private var pending: (chunk: Chunk, row: Int)?
    private var progress: ProgressReport?
    private let times: TimeTally?
    /// One builder for each expression, so that a column that is read twice is counted once.
    private var counted: [any ColumnBuilder] = []
    private var told = 0

    /// The most rows of a batch.
    static let batchRows = 65_536

    /// Starts to read; the columns come in the order of the plans.
    init(
        _ parts: [Part], subject: String?, times: TimeTally?, progress: ProgressReport?, _ connection: Connection
    ) throws(TallyError) {
        schema = (parts.first?.columns ?? []).map { ColumnSchema(name: $0.alias, type: $0.plan.type) }
        waiting = parts[...]
        self.subject = subject
        self.times = times
        self.progress = progress
        self.connection = connection
        try startNext()
    }

    private static func whole(_ chunk: Chunk?) -> (chunk: Chunk, row: Int)? { chunk.map { ($0, 0) } }

    /// Starts the next run; without one the scan is at its end.
    private func startNext() throws(TallyError) {
        guard let part = waiting.popFirst() else {
            stream = nil
            return
        }
        builders = part.columns.map { makeBuilder($0.plan.type, $0.plan.time) }
        var seen = Set<String>()
        counted = zip(part.columns, builders).filter { seen.insert($0.0.plan.expression).inserted }.map(\.1)
        told = 0
        text = part.run.text
        // Without a column the rows still count.
        let selected = part.columns.isEmpty ? "0" : part.columns.map(\.plan.expression).joined(separator: ", ")
        do throws(DuckFailure) {
            stream = try connection.stream(
                "SELECT \(selected) FROM \(part.run.table)" + (part.condition.map { " WHERE \($0)" } ?? ""))
        } catch {
            throw failed(error)
        }
    }

    private func failed(_ failure: DuckFailure) -> TallyError {
        text?.wrapped(failure, "read the rows") ?? failure.wrapped("read the rows", subject: subject)
    }

    /// The next rows, full batches until the last of a run; nil after the last.
    func next() throws(TallyError) -> Batch? {
        while let stream {
            var count = 0
            var isAtEnd = false
            do throws(DuckFailure) {
                while count < Self.batchRows {
                    if pending == nil { pending = Self.whole(try stream.next()) }
                    guard let (chunk, start) = pending else {
                        isAtEnd = true
                        break
                    }
                    let rows = start..<min(chunk.count, start + Self.batchRows - count)
                    for (index, builder) in builders.enumerated() { builder.append(chunk.vector(index), rows) }
                    count += rows.count
                    pending = rows.upperBound < chunk.count ? (chunk, rows.upperBound) : nil
                }
            } catch {
                throw failed(error)
            }
            tellIrregular()
            progress?.add(count)
            let batch = count > 0 ? Batch(schema: schema, columns: builders.map { $0.take() }, count: count) : nil
            if isAtEnd { try startNext() }
            if self.stream == nil { progress?.finish() }
            if let batch { return batch }
        }
        return nil
    }

    /// Tells of wall times that were read since the last time and name no single instant.
    private func tellIrregular() {
        guard let times else { return }
        let irregular = counted.reduce(0) { $0 + $1.irregular } + (text?.irregularTimes ?? 0)
        times.add(irregular: irregular - told)
        told = irregular
    }
}
