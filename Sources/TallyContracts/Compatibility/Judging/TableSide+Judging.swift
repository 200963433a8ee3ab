// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension TableSide {
    /// Runs the promises of this contract on a table, by the code that judges data: every one, or the one asked for.
    ///
    /// Promises of the checks in `without` are left out.
    func judge(
        _ table: WitnessTable, writtenBy writer: TableSide, only target: Target? = nil, without checks: Set<String> = []
    ) -> TableJudgement {
        var judgement = TableJudgement()
        guard let object else {
            return judgement
        }
        guard writer.object != nil else {
            judgement.refusals.append(Refusal(target: .absent, reason: "there is no table '\(name)'"))
            return judgement
        }
        let reading = read(table, writtenBy: writer)
        judgement.refusals = reading.refusals
        judgement.obstacle = reading.obstacle
        if writer.side != side {
            judgement.refusals += MeaningLabel.refusals(writer: writer, reader: self)
            judgement.refusals += reservations(table, writer)
        }
        let unread = Set(
            reading.refusals.compactMap { refusal in
                switch refusal.target {
                case .reading(let column), .renamed(let column): Optional(column)
                case .promise, .meaning, .absent, .reserved: nil
                }
            })
        let batch = Batch(
            schema: zip(reading.names, reading.columns).map { ColumnSchema(name: $0, type: $1.form.type) },
            columns: reading.columns.map { Column(type: $0.form.type, values: $0.values) }, count: table.count)
        let context = context(reading, table, object)
        // A column that could not be read is refused already; what else is promised about it cannot be looked at.
        let asked = promises.filter { promise in
            !unread.contains(promise.column ?? "") && !checks.contains(promise.check)
                && (target.map { $0 == .promise(promise.id) } ?? true)
        }
        let check = TableCheck(asked, context: context, sampleRows: 0)
        for finding in check.findings(in: batch, others: others(table, batch, context)) {
            add(finding, batch, context, to: &judgement)
        }
        return judgement
    }

    private func add(_ finding: Finding, _ batch: Batch, _ context: TableContext, to judgement: inout TableJudgement) {
        let promise = finding.promise
        switch finding.verdict {
        case .kept: break
        case .unproven:
            if !finding.isExecuted { judgement.unknown.append((promise, finding.observed)) }
        case .broken:
            switch Decision(on: [finding], by: contract).outcome {
            case .admits: break
            case .setsAside, .refuses:
                judgement.refusals.append(
                    Refusal(
                        target: .promise(promise.id), reason: "\(promise.id): \(finding.message)",
                        row: firstRow(promise, batch, context)))
            }
        }
    }

    private func firstRow(_ promise: Promise, _ batch: Batch, _ context: TableContext) -> Int? {
        let tests = CheckCatalogue.prepare(promise, for: context).rowTests
        let rules = tests.compactMap { try? RowRule.compile($0, columns: context.schema).get() }
        return rules.compactMap { $0.failures(in: batch).firstRows(1).first }.min()
    }

    func context(_ reading: Reading, _ table: WitnessTable, _ object: Contract.Object) -> TableContext {
        let found = zip(reading.names, reading.columns).map {
            TableDescription.Column(name: $0, type: $1.form.type, nativeType: $1.form.native)
        }
        let referred = promises.filter { $0.check == "reference" }.compactMap { $0.arguments["object"]?.stringValue }
        let tables = (contract.objects.map(\.name) + referred).map { ($0, TableReference(rows: .query($0))) }
        return TableContext(
            object: object, found: found, now: Self.now, previousRows: table.previousRows,
            tables: Dictionary(tables) { first, _ in first }, objects: contract.objects)
    }

    /// Rows of the tables that are referred to: just what is looked for, or none.
    private func others(
        _ table: WitnessTable, _ batch: Batch, _ context: TableContext
    ) -> [TableReference: [Batch]] {
        var others: [TableReference: [Batch]] = [:]
        for promise in promises where promise.check == "reference" {
            guard case .measures(let measures, _) = CheckCatalogue.prepare(promise, for: context).work else { continue }
            for case .orphans(let columns, let referred) in measures {
                let isEmpty = table.emptyTables.contains(promise.arguments["object"]?.stringValue ?? "")
                let values = zip(referred.names, columns).compactMap { name, column in batch[column].map { (name, $0) }
                }
                guard values.count == referred.names.count else { continue }
                others[referred.table, default: []] += isEmpty ? [] : [Batch(values)]
            }
        }
        return others
    }

    /// Columns whose names one of the contracts has set aside for ever.
    private func reservations(_ table: WitnessTable, _ writer: TableSide) -> [Refusal] {
        let mine = table.columns.map(\.name).filter { column($0) == nil && contract.reserved.contains("\(name).\($0)") }
        let theirs = (object?.columns ?? []).map(\.name).filter {
            writer.column($0) == nil && writer.contract.reserved.contains("\(name).\($0)")
        }
        return mine.map { Refusal(target: .reserved($0), reason: "the name '\($0)' is reserved") }
            + theirs.map {
                Refusal(target: .reserved($0), reason: "the name '\($0)' is reserved for what it meant before")
            }
    }
}
