// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A running scan: plans, builders and the stream of its rows.
final class TableScan {
    /// One column of the batches.
    struct Output {
        let schema: ColumnSchema
        let expression: String
        let builder: any ColumnBuilder

        /// Plans a wanted column; nil for cut nanoseconds where the table's column has none.
        init?(_ column: ScanRequest.Column, _ planner: ColumnPlanner) throws(TallyError) {
            let plan = try planner.plan(column.name, as: column.type, column.rounding)
            expression = plan.expression
            switch column.part {
            case .value:
                schema = ColumnSchema(name: column.alias, type: plan.type)
                builder = makeBuilder(plan.type, plan.time)
            case .cutNanoseconds:
                guard let time = plan.time, time.cutsNanoseconds else { return nil }
                schema = ColumnSchema(name: column.alias, type: .int32)
                builder = CutBuilder(plan.type, time)
            }
        }
    }

    private let schema: [ColumnSchema]
    private let builders: [any ColumnBuilder]
    private let stream: ResultStream
    private let subject: String?
    /// The files, which must live as long as their rows are read.
    private let files: OpenedFiles?
    private var pending: (chunk: Chunk, row: Int)?
    private var isAtEnd = false
    private var progress: ProgressReport?

    /// The most rows of a batch.
    static let batchRows = 65_536

    /// Starts to read; the columns come in this order.
    init(
        _ columns: [Output], from table: String, where condition: String?,
        subject: String?, progress: ProgressReport?, _ files: OpenedFiles?, _ connection: Connection
    ) throws(TallyError) {
        schema = columns.map(\.schema)
        builders = columns.map(\.builder)
        self.subject = subject
        self.progress = progress
        self.files = files
        // Without a column the rows still count.
        let selected = columns.isEmpty ? "0" : columns.map(\.expression).joined(separator: ", ")
        do throws(DuckFailure) {
            stream = try connection.stream(
                "SELECT \(selected) FROM \(table)" + (condition.map { " WHERE \($0)" } ?? ""))
        } catch {
            throw error.wrapped("read the rows", subject: subject)
        }
    }

    private static func whole(_ chunk: Chunk?) -> (chunk: Chunk, row: Int)? { chunk.map { ($0, 0) } }

    /// The next rows, full batches until the last; nil after it.
    func next() throws(TallyError) -> Batch? {
        guard !isAtEnd else { return nil }
        var count = 0
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
            throw error.wrapped("read the rows", subject: subject)
        }
        progress?.add(count)
        if isAtEnd { progress?.finish() }
        guard count > 0 else { return nil }
        return Batch(schema: schema, columns: builders.map { $0.take() }, count: count)
    }
}
