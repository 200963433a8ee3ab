// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension ProposalDraft {
    /// Holds all promises against all rows, and drops what is broken until nothing is.
    mutating func verify(
        _ table: TableReference, engine: any OfflineEngine, _ description: TableDescription
    ) async throws(TallyError) -> [Finding] {
        while true {
            let promises = promises()
            let object = Contract.Object(
                name: name,
                columns: context.unread.map { Contract.Column(name: $0.name) }
                    + context.found.map {
                        Contract.Column(name: $0.name, logicalType: logicalType(of: $0)?.rawValue)
                    },
                keys: keys, eventTime: eventTime?.column, promises: promises)
            let whole = TableContext(object: object, found: description.columns, now: context.now)
            let check = TableCheck(promises, context: whole, sampleRows: 0)
            let findings = try await check.run(over: TableRows(table, whole, engine: engine))
            let broken = findings.filter { $0.verdict == .broken }
            guard !broken.isEmpty else { return findings }
            for finding in broken { try drop(finding) }
        }
    }

    /// Returns the promises that a reader of the document finds in it, in the reader's order.
    func promises() -> [Promise] {
        var promises: [Promise] = []
        let byColumn = Dictionary(grouping: rules) { Array($0.column.utf8) }
        for found in context.found {
            promises.append(promise("present", found.name))
            if let type = logicalType(of: found) {
                promises.append(promise("logicalType", found.name, ["type": .string(type.rawValue)]))
            }
            if !found.isText, !found.isValueless {
                promises.append(promise("physicalType", found.name, ["type": .string(found.nativeType)]))
            }
            let own = Self.ordered(byColumn[Array(found.name.utf8)] ?? [])
            if keys.contains(where: { $0.isSame(as: found.name) }), !own.contains(where: { $0.kind == .required }) {
                promises.append(promise("required", found.name))
            }
            promises += own.compactMap { $0.promise(of: name) }
        }
        promises.append(
            Promise(id: "\(name).undeclared", object: name, check: "undeclared", severity: .warning))
        if !keys.isEmpty { promises.append(promise("unique", nil, ["columns": .array(keys.map { .string($0) })])) }
        if let eventTime {
            promises.append(
                promise("notInFuture", nil, ["column": .string(eventTime.column), "skew": .int(eventTime.skew)]))
        }
        if let rowCount {
            promises.append(
                promise("rowCount", nil, ["mustBeGreaterThan": .int(Int64(rowCount)), "unit": .string("rows")]))
        }
        promises += serviceLevels.map { level in
            promise(level.check, nil, ["limit": .int(level.limit), "column": .string(level.column)])
        }
        return promises
    }

    /// The rules of a column in the order of a reader.
    func rules(of column: String) -> [ProposedRule] {
        Self.ordered(rules.filter { $0.column.isSame(as: column) })
    }

    private static func ordered(_ rules: [ProposedRule]) -> [ProposedRule] {
        let order = [
            "numberFormat", "required", "finite", "range", "length", "format", "enum", "vector", "unique", "nullValues",
        ]
        return rules.sorted { left, right in
            (order.firstIndex(of: left.check) ?? 0) < (order.firstIndex(of: right.check) ?? 0)
        }
    }

    private func promise(_ check: String, _ column: String?, _ arguments: [String: JSON] = [:]) -> Promise {
        let subject = column.map { "\(name).\($0)" } ?? name
        return Promise(id: "\(subject).\(check)", object: name, column: column, check: check, arguments: arguments)
    }

    /// Takes out what all rows together break.
    private mutating func drop(_ finding: Finding) throws(TallyError) {
        let promise = finding.promise
        note(promise.column, promise.check, .dropped, "all rows broke it: \(finding.observed)")
        let before = (rules.count, keys.count, serviceLevels.count, rowCount, eventTime?.column)
        switch (promise.check, promise.column) {
        case ("unique", nil): keys = []
        case ("rowCount", nil): rowCount = nil
        case ("notInFuture", nil):
            eventTime = nil
            serviceLevels = []
        case (_, nil): serviceLevels.removeAll { $0.check == promise.check }
        case (let check, let column?):
            rules.removeAll { $0.column.isSame(as: column) && $0.check == check }
        }
        guard before != (rules.count, keys.count, serviceLevels.count, rowCount, eventTime?.column) else {
            throw TallyError(
                .invalidData, "the table is not what its own description says: \(finding.observed)",
                subject: promise.subject, help: "the files changed meanwhile; try again")
        }
    }
}
