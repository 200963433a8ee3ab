// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A running scan: plans, builders and the stream of its rows, one run of files after the other.
final class TableScan {
    /// One column of the batches.
    struct Output {
        let schema: ColumnSchema
        let expression: SQL
        let builder: any ColumnBuilder

        /// Plans a wanted column; nil for cut nanoseconds where the table's column has none.
        init?(_ column: ScanRequest.Column, _ planner: ColumnPlanner) throws(TallyError) {
            let plan = try planner.plan(column.name, as: column.type, column.rounding, day: column.day)
            switch column.part {
            case .value:
                expression = plan.expression
                schema = ColumnSchema(name: column.alias, type: plan.type)
                builder = makeBuilder(plan.type, plan.time)
            case .cutNanoseconds:
                schema = ColumnSchema(name: column.alias, type: .int32)
                if let cuts = plan.cuts {
                    expression = cuts.expression
                    builder = makeBuilder(.int32, nil)
                    return
                }
                guard let time = plan.time, time.cutsNanoseconds else { return nil }
                expression = plan.expression
                builder = CutBuilder(plan.type, time)
            }
        }
    }

    private let request: ScanRequest
    private let engine: DuckDBEngine
    private var schema: [ColumnSchema] = []
    private var waiting: ArraySlice<ColumnPlanner>
    /// The run that is read, with the copies that it may consist of.
    private var run: TableRun?
    private var builders: [any ColumnBuilder] = []
    private var stream: ResultStream?
    private var text: TextTable?
    private var formats: FormattedTimes?
    private let subject: String?
    private let connection: Connection
    private var pending: Pending?
    private var progress: ProgressReport?
    private let times: TimeTally?
    /// One builder for each expression, so that a column that is read twice is counted once.
    private var counted: [any ColumnBuilder] = []
    private var told = 0

    /// A chunk whose first rows were taken.
    private struct Pending {
        let chunk: Chunk
        let vectors: [Vector]
        var row = 0
    }

    /// The most rows of a batch.
    static let batchRows = 65_536

    /// Starts to read; the columns come in the order of the plans.
    init(
        _ request: ScanRequest, _ parts: [ColumnPlanner], subject: String?, times: TimeTally?,
        progress: ProgressReport?, _ engine: DuckDBEngine, _ connection: Connection
    ) throws(TallyError) {
        self.request = request
        self.engine = engine
        waiting = parts[...]
        self.subject = subject
        self.times = times
        self.progress = progress
        self.connection = connection
        try startNext()
    }

    private func chunk(of stream: ResultStream) throws(DuckFailure) -> Pending? {
        guard let chunk = try stream.next() else { return nil }
        return Pending(chunk: chunk, vectors: try chunk.vectors(as: builders.map(\.vectorType)))
    }

    /// Starts the next run; without one the scan is at its end.
    private func startNext() throws(TallyError) {
        guard let part = waiting.popFirst() else {
            (stream, run) = (nil, nil)
            return
        }
        text = part.run.text
        formats = part.run.formats
        let run: TableRun
        do throws(DuckFailure) {
            run = try engine.open(part.run, wanted: request.columns.map { ($0.name, $0.type) }, connection)
        } catch {
            throw failed(error)
        }
        self.run = run
        let planner = ColumnPlanner(run: run, zone: part.zone, subject: subject)
        let outputs = try DuckDBEngine.plan(request, planner)
        let condition = try DuckDBEngine.condition(request, planner)
        schema = outputs.map(\.schema)
        builders = outputs.map(\.builder)
        var seen = Set<[UInt8]>()
        counted = zip(outputs, builders).filter { seen.insert(Array($0.0.expression.text.utf8)).inserted }.map(\.1)
        told = 0
        // Without a column the rows still count.
        let selected: SQL = outputs.isEmpty ? "0" : outputs.map(\.expression).joined(separator: ", ")
        do throws(DuckFailure) {
            stream = try connection.stream(
                "SELECT \(selected) FROM \(run.table)" + (condition.map { " WHERE \($0)" } ?? ""))
        } catch {
            throw failed(error)
        }
    }

    private func failed(_ failure: DuckFailure) -> TallyError {
        if let told = text?.wrapped(failure, "read the rows") ?? formats?.error(subject: subject) { return told }
        return engine.wrapped(
            failure, "read the rows", over: run.map { [$0] } ?? [], reading: request.columns.map(\.name),
            subject: subject, connection)
    }

    /// The next rows, full batches until the last of a run; nil after the last.
    func next() throws(TallyError) -> Batch? {
        while let stream {
            var count = 0
            var isAtEnd = false
            do throws(DuckFailure) {
                while count < Self.batchRows {
                    if pending == nil { pending = try chunk(of: stream) }
                    guard var part = pending else {
                        isAtEnd = true
                        break
                    }
                    let rows = part.row..<min(part.chunk.count, part.row + Self.batchRows - count)
                    for (builder, vector) in zip(builders, part.vectors) { builder.append(vector, rows) }
                    count += rows.count
                    part.row = rows.upperBound
                    pending = part.row < part.chunk.count ? part : nil
                    withExtendedLifetime(part) {}
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
        times.add(irregular: irregular - told + (formats?.takeIrregularTimes() ?? 0))
        told = irregular
    }
}
