// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension TableCheck {
    /// One finding for each promise, in order, and by its place the first rows that break it.
    ///
    /// Rows that fail by themselves are counted again while they are looked for, and must be as many as the engine says. Rows
    /// that repeat another, or refer to nothing, are named where as many are found.
    public func examine(
        over table: TableRows
    ) async throws(TallyError) -> (findings: [Finding], rows: [Int: [FailingRow]]) {
        try await naming(rowsOf: try await judge(table), in: table)
    }

    /// What `judge` found, with the first rows that break each promise, in one pass over rows; none where no row is named.
    public func naming(
        rowsOf judged: [Finding], in table: TableRows
    ) async throws(TallyError) -> (findings: [Finding], rows: [Int: [FailingRow]]) {
        var findings = judged
        guard sampleRows > 0 else { return (findings, [:]) }
        var search = FailingRowSearch(
            limit: sampleRows, numbers: Set(context.found.filter(\.isDecimal).map(\.name)))
        for (index, finding) in findings.enumerated() where (finding.evidence.failing ?? 0) > 0 {
            switch prepared[index].culprit {
            case .tests(let tests):
                search.add(
                    index,
                    rules: tests.compactMap { try? RowRule.compile($0, columns: context.schema).get() })
            case .repeats(let columns): search.add(index, repeatsOf: columns)
            case .orphans(let columns, let referred):
                guard let keys = try await table.keys(of: referred) else { continue }
                search.add(index, orphansOf: columns, known: keys)
            case nil: continue
            }
        }
        guard !search.isEmpty else { return (findings, [:]) }
        try await table.scan(search.inputs) { (batch) in search.add(batch) }
        var rows: [Int: [FailingRow]] = [:]
        for (index, failing, first) in search.found where !first.isEmpty {
            let finding = findings[index]
            if let failing, failing != finding.evidence.failing {
                guard prepared[index].rowTests.isEmpty else { throw Self.contradiction(finding, failing) }
                continue
            }
            rows[index] = first
            findings[index] = finding.naming(first.map(\.row))
        }
        return (findings, rows)
    }

    private static func contradiction(_ finding: Finding, _ failing: Int) -> TallyError {
        TallyError(
            .internal,
            "the engine counts \(finding.evidence.failing ?? 0) failing rows and the rows themselves \(failing)",
            subject: finding.promise.id, help: "the files changed meanwhile, or this is a fault of the program")
    }
}

extension TableRows {
    /// The keys of another table; nil where it cannot be read here, or has too many.
    fileprivate func keys(of referred: ReferredColumns) async throws(TallyError) -> KeySet? {
        guard let scanOther else { return nil }
        var keys = KeySet()
        try await scanOther(referred) { (batch) in
            for row in 0..<batch.count { _ = keys.insert(referred.names, batch, row) }
        }
        return keys.isFull ? nil : keys
    }
}

extension Finding {
    /// Returns the finding with the positions of its first failing rows.
    fileprivate func naming(_ rows: [Int]) -> Finding {
        Finding(
            promise: promise, verdict: verdict, observed: observed, promised: promised,
            evidence: Evidence(
                method: evidence.method, rows: evidence.rows, failing: evidence.failing, firstRows: rows), scope: scope)
    }
}
