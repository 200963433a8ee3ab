// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyModel

/// The text and the record of a decision about files.
struct AdmissionReport {
    let table: PromisedTable
    let decision: Decision
    let verdicts: [GateVerdict]
    /// The number of rows that were visible at the last decision about the table; nil when there was none.
    let previousRows: Int?
    /// The number of visible rows of earlier files.
    let visibleRows: Int
    let now: Timestamp

    /// The number of promises that were checked against the rows.
    var coverage: Coverage { Coverage(decision.findings) }

    /// The warnings about files that are admitted.
    var warnings: [Advice] {
        var warnings = decision.responses.compactMap { response -> Advice? in
            let finding = response.finding
            return switch response.action {
            case .warn, .serveDefault: "\(table.name): \(finding.promise.id): \(finding.message)"
            case .accept, .quarantine, .block, .rollback: nil
            case nil: unproven(finding)
            }
        }
        let aside = verdicts.filter { $0.setAside > 0 }
        if !aside.isEmpty {
            let rows = aside.reduce(0) { $0 + $1.setAside }
            let all = aside.reduce(0) { $0 + $1.rows }
            warnings.append(
                "\(table.name): \(rows) of \(all) rows were set aside; `\(.quarantineShow(table.folder))` lists them"
            )
        }
        return warnings
    }

    /// Returns the warning about a promise that could not be checked on what entered; nil when it was, or is checked
    /// elsewhere.
    private func unproven(_ finding: Finding) -> Advice? {
        guard finding.verdict == .unproven else { return nil }
        return switch finding.scope {
        case .row, .set, .columns: "\(table.name): \(finding.promise.id) is unproven, \(finding.message)"
        case .moment, .elsewhere: nil
        }
    }

    /// The error that stops everything.
    func error(_ refusal: Decision.Refusal) -> TallyError {
        let first = refusal.finding
        let others = refusal.others > 0 ? ", and \(refusal.others) more promises are broken" : ""
        let owner = table.contract.owner.map { " (\($0))" } ?? ""
        let place = first.promise.location.map { "\($0.file):\($0.line): " } ?? ""
        return TallyError(
            .brokenPromise,
            "\(place)\(first.promise.id): \(first.message)\(others); promised by \(table.contract.id) "
                + "\(table.contract.version)\(owner)",
            subject: table.name,
            help: (refusal.isRollback
                ? "readers stay with the generation before; " : "nothing of the new files is visible; ")
                + "repair the data, or change `onViolation`; `\(.verify)` shows all findings",
            promise: TallyError.BrokenPromise(
                id: first.promise.id, contract: table.contract.id, version: table.contract.version,
                location: first.promise.location))
    }

    /// The record of a decision that lets rows in.
    var admitted: RunRecord {
        record(of: verdicts, visibleRows: visibleRows + verdicts.reduce(0) { $0 + $1.visibleRows })
    }

    /// The record of a decision that lets nothing in.
    var refused: RunRecord { record(of: [], visibleRows: nil) }

    private func record(of verdicts: [GateVerdict], visibleRows: Int?) -> RunRecord {
        let summary = JSON.object([
            ("decision", .string(decision.action.rawValue)), ("contract", .string(table.contract.id)),
            ("version", .string(table.contract.version)), ("coverage", coverage.json),
            ("rows", .exact(Int64(verdicts.reduce(0) { $0 + $1.rows }))),
            ("setAside", .exact(Int64(verdicts.reduce(0) { $0 + $1.setAside }))),
            ("previousRows", previousRows.map { .exact(Int64($0)) } ?? .null),
            ("visibleRows", visibleRows.map { .exact(Int64($0)) } ?? .null),
            ("files", .array(verdicts.map(\.json))),
            ("findings", .array(decision.findings.filter { $0.verdict != .kept }.map(\.json))),
        ])
        return RunRecord(
            command: "admit", subject: table.name, startedAt: now, duration: .zero,
            identity: Fingerprint(of: summary), summary: summary,
            detail: .admission(
                RunDetail.Admission(
                    decision: decision.action, previousRows: previousRows.map(Int64.init),
                    visibleRows: visibleRows.map(Int64.init),
                    files: verdicts.map { RunDetail.Admission.File(key: $0.digest, verdict: $0.json) })))
    }
}
