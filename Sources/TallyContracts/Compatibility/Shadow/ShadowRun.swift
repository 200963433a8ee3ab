// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
public import TallyModel

/// Both versions of one table run over the same rows, for the questions that proofs left open.
public struct ShadowRun: Sendable {
    /// Rows as one version makes them, and what each version takes them for.
    public struct Rows: Sendable {
        /// The rows.
        public let rows: TableRows
        /// The table as the old version sees it.
        public let old: TableContext
        /// The table as the new version sees it.
        public let new: TableContext

        /// Gathers rows.
        public init(_ rows: TableRows, old: TableContext, new: TableContext) {
            self.rows = rows
            self.old = old
            self.new = new
        }
    }

    private let old: TableSide
    private let new: TableSide
    private let changes: [ContractChange]
    private let data: String
    private static let namedRows = 5

    /// Makes a run for one table of a comparison; `data` names the rows in words.
    public init(_ comparison: ContractComparison, object: String, data: String) {
        old = TableSide(.old, comparison.old, object: object)
        new = TableSide(.new, comparison.new, object: object)
        changes = comparison.changes.filter { $0.object == object && $0.isOpen }
        self.data = data
    }

    /// The columns whose transforms have to be run side by side.
    public var transformedColumns: [String] { changes.filter(\.isTransform).flatMap(\.columns) }

    /// Compares transforms, row by row and bit by bit, over the columns that `rows` hands over.
    ///
    /// NaN is the same as NaN, and null the same as null; no row proves nothing.
    public func compare(
        _ transforms: [ShadowTransform], over rows: TableRows
    ) async throws(TallyError) -> [ShadowEvidence] {
        var tallies = transforms.compactMap { transform -> ShadowTally? in
            guard case .ready(let old, let new) = transform.pair else { return nil }
            return ShadowTally(column: transform.column, old: old, new: new)
        }
        var total = 0
        if !tallies.isEmpty {
            try await rows.scan(Set(tallies.flatMap { $0.old.inputs + $0.new.inputs })) { (batch) in
                for index in tallies.indices { tallies[index].add(batch, from: total, naming: Self.namedRows) }
                total += batch.count
            }
        }
        return changes.filter(\.isTransform).compactMap { change -> ShadowEvidence? in
            guard let transform = transforms.first(where: { change.columns == [$0.column] }) else { return nil }
            if case .unready(let reason) = transform.pair {
                return ShadowEvidence(
                    change: change.id, question: .values, verdict: .unproven, observed: reason, data: data)
            }
            let tally = tallies.first { $0.column.isSame(as: transform.column) }
            return evidence(of: change, differing: tally?.differing ?? 0, tally?.firstRows ?? [], of: total)
        }
    }

    private func evidence(
        of change: ContractChange, differing: Int, _ places: [Int], of total: Int
    ) -> ShadowEvidence {
        let verdict: Verdict = total == 0 ? .unproven : differing == 0 ? .kept : .broken
        let observed =
            switch verdict {
            case .kept: "both transforms give the same value in each of \(Phrases.count(total, "row"))"
            case .broken:
                "the transforms differ in \(differing.grouped) of \(Phrases.count(total, "row")), first in "
                    + "\(places.count == 1 ? "row" : "rows") \(places.map(\.grouped).joined(separator: ", "))"
            case .unproven: "there are no rows"
            }
        return ShadowEvidence(
            change: change.id, question: .values, verdict: verdict, observed: observed, data: data, rows: total,
            failing: differing, firstRows: places)
    }

    /// Holds the promises of one version against rows that the other one admits.
    ///
    /// `backward` asks the new contract about rows as the old version makes them, `forward` the other way round.
    public func hold(
        _ question: ShadowEvidence.Question, against rows: Rows
    ) async throws(TallyError) -> [ShadowEvidence] {
        let isBackward = question == .backward
        let open = changes.filter { !(isBackward ? $0.openBackward : $0.openForward).isEmpty }
        guard question != .values, !open.isEmpty else { return [] }
        let (writer, reader) = isBackward ? (old, new) : (new, old)
        let written = try await TableCheck(
            writer.promises, context: isBackward ? rows.old : rows.new, sampleRows: 0
        ).run(over: rows.rows)
        let read = try await TableCheck(
            reader.promises, context: isBackward ? rows.new : rows.old, sampleRows: 0
        ).run(over: rows.rows)
        // Rows that the writer's own contract refuses say nothing of those that it admits.
        let refused = written.first { $0.isRefusal(by: writer) }
        return open.map { change in
            let asked = Set(isBackward ? change.openBackward : change.openForward)
            let findings = read.filter { asked.contains($0.promise.id) }
            return evidence(of: change, question, findings, refusedByWriter: refused, writer: writer, reader: reader)
        }
    }

    private func evidence(
        of change: ContractChange, _ question: ShadowEvidence.Question, _ findings: [Finding],
        refusedByWriter: Finding?, writer: TableSide, reader: TableSide
    ) -> ShadowEvidence {
        let (verdict, observed): (Verdict, String)
        let refusal = findings.first { $0.isRefusal(by: reader) }
        if let refusedByWriter {
            verdict = .unproven
            observed =
                "the \(writer.side.rawValue) contract refuses these rows itself: "
                + "\(refusedByWriter.promise.id), \(refusedByWriter.observed)"
        } else if let refusal {
            verdict = .broken
            observed =
                "\(writer.side.rawValue) admits these rows, \(reader.side.rawValue) does not: \(refusal.promise.id), "
                + refusal.observed
        } else if let open = findings.first(where: { $0.verdict == .unproven }) {
            (verdict, observed) = (.unproven, "\(open.promise.id), \(open.observed)")
        } else if findings.isEmpty {
            (verdict, observed) = (.unproven, "no promise of the \(reader.side.rawValue) contract can be run")
        } else {
            verdict = .kept
            observed = "both contracts admit \(Phrases.count(findings.compactMap(\.evidence.rows).max() ?? 0, "row"))"
        }
        return ShadowEvidence(
            change: change.id, question: question, verdict: verdict, observed: observed, data: data,
            rows: findings.compactMap(\.evidence.rows).max() ?? 0, failing: refusal?.evidence.failing ?? 0)
    }
}

/// The comparison of two transforms of one column so far.
private struct ShadowTally {
    let column: String
    let old: TypedExpression
    let new: TypedExpression
    var differing = 0
    var firstRows: [Int] = []

    init(column: String, old: TypedExpression, new: TypedExpression) {
        self.column = column
        self.old = old
        self.new = new
    }

    mutating func add(_ batch: Batch, from start: Int, naming limit: Int) {
        let (before, after) = (old.evaluate(batch).column, new.evaluate(batch).column)
        if !before.type.holdsFloats, before.storage == after.storage, before.validity == after.validity { return }
        for row in 0..<batch.count where !before[row].isIdentical(to: after[row]) {
            differing += 1
            if firstRows.count < limit { firstRows.append(start + row) }
        }
    }
}

extension Finding {
    /// Whether the contract keeps such rows from its readers, beyond the share that it lets pass.
    fileprivate func isRefusal(by side: TableSide) -> Bool {
        guard verdict == .broken else { return false }
        switch side.force(of: promise) {
        case .none: return false
        case .full: return true
        case .share(let limit):
            guard let rows = evidence.rows, let failing = evidence.failing, rows > 0 else { return true }
            return Double(failing) > limit * Double(rows)
        }
    }
}
