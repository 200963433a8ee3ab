// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyContracts
public import TallyModel

/// A batch of rows in memory, such as events, as the promises of its table admit it.
public struct AdmittedBatch: Sendable {
    /// The decision, with the findings on which it rests.
    public let decision: Decision
    /// The admitted rows, in their order; none where the decision refuses the batch.
    public let accepted: Batch
    /// The rows that are set aside, in their order; none where the decision refuses the batch.
    public let setAside: Batch
    /// The promises that each row breaks which is set aside, in the order of those rows.
    public let reasons: [[Promise]]

    /// The number of promises that were checked against the rows.
    public var coverage: Coverage { Coverage(decision.findings) }
}

extension PromisedTable {
    /// Admits rows that are in memory: the same decision and evidence as for the same rows in a file.
    ///
    /// The batch has the columns of the source, by their names and types there. `visible` are the rows that got in
    /// before, which promises about sets (row counts, uniqueness, distributions) are checked on together with those
    /// admitted now; where they are not at hand (nil), such promises are unproven, and say so. `previousRows` is how
    /// many rows were visible after the batch before. Other tables and SQL are not at hand either: promises that need
    /// them are unproven. Nothing is recorded. Throws `E-invalid-data` for a batch without a column that a view reads,
    /// or with one of another type.
    public func admit(
        _ batch: Batch, beside visible: [Batch]? = nil, previousRows: Int? = nil, at now: Timestamp
    ) async throws(TallyError) -> AdmittedBatch {
        let admission = Admission(table: self, now: now, previousRows: previousRows)
        let context = context(TableDescription(of: batch.schema), now: now, previousRows: previousRows)
        let rows = try rows(of: [batch])
        var judgement: RowJudgement?
        let decision = try await admission.decide(on: rows, context) { (_) in
            rows
        } settingAside: { (promises) async throws(TallyError) in
            let judged = try await RowJudgement.of(rows, by: promises, context)
            judgement = judged
            guard let visible else { return .entering(rows, context) }
            let all = visible + [batch.selecting(judged.kept)]
            return all.allSatisfy { $0.count == 0 } ? .none : .rows(try self.rows(of: all), context)
        }
        let (kept, failing) =
            switch decision.outcome {
            case .admits, .setsAside: (judgement?.kept ?? [], judgement?.broken ?? [])
            case .refuses: ([], [])
            }
        return AdmittedBatch(
            decision: decision, accepted: batch.selecting(kept), setAside: batch.selecting(failing),
            reasons: failing.map { judgement?.promises(brokenAt: $0) ?? [] })
    }

    /// Rows in memory, as the promised table has them.
    private func rows(of batches: [Batch]) throws(TallyError) -> TableRows {
        var made: [Batch] = []
        for batch in batches {
            made.append(try view.map { (view) throws(TallyError) in try view.table(of: batch) } ?? batch)
        }
        let all = made
        return TableRows { (_, body) async throws(TallyError) in
            for batch in all { try await body(batch) }
        }
    }
}

extension CompiledView {
    /// The rows of the view as a table, out of rows of its source.
    fileprivate func table(of batch: Batch) throws(TallyError) -> Batch {
        var read: [(String, Column)] = []
        for asked in tableRequest {
            guard let column = batch[asked.name], asked.type == nil || column.type == asked.type else {
                throw TallyError(
                    .invalidData,
                    "the batch has no column \(asked.name)\(asked.type.map { " of type \($0)" } ?? "")",
                    subject: "view \(view.name)", help: "give it the columns that the source declares")
            }
            read.append((asked.alias, column))
        }
        return try tableBatch(
            Batch(
                schema: read.map { ColumnSchema(name: $0.0, type: $0.1.type) }, columns: read.map(\.1),
                count: batch.count))
    }
}

extension TableDescription {
    /// Describes rows in memory as a file of them would be described.
    fileprivate init(of schema: [ColumnSchema]) {
        self.init(
            files: [],
            columns: schema.map { Column(name: $0.name, type: $0.type, nativeType: $0.type.storedName) })
    }
}

extension DataType {
    /// The name that engines give to the type of a file column that holds its values.
    fileprivate var storedName: String {
        switch self {
        case .bool: "BOOLEAN"
        case .int32: "INTEGER"
        case .int64: "BIGINT"
        case .float32: "FLOAT"
        case .float64: "DOUBLE"
        case .string: "VARCHAR"
        case .bytes: "BLOB"
        case .timestamp: "TIMESTAMP WITH TIME ZONE"
        case .date: "DATE"
        case .array(let element): element.storedName + "[]"
        }
    }
}
