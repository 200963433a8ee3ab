// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
public import TallyModel
public import TallyStore

/// Verifications as programs read them.
public struct VerificationAnswer: Sendable {
    private let showsValues: Bool
    private let underViews: [String: Contract]

    /// Renders with the values of failing rows or without, and never those of classified columns.
    ///
    /// `underViews` are the contracts of the sources that views read, by the names of the views' reports.
    public init(showsValues: Bool, underViews: [String: Contract]) {
        self.showsValues = showsValues
        self.underViews = underViews
    }

    /// An object: `tables`, each with its coverage and its findings.
    public func json(_ reports: [VerificationReport]) -> JSON {
        .object([("tables", .array(reports.map(json)))])
    }

    private func json(_ report: VerificationReport) -> JSON {
        let findings = report.findings.indices.map { index in
            let finding = report.findings[index]
            let columns = ClassifiedColumns(
                report.contract, object: finding.promise.object, ofViewOver: underViews[report.name])
            let rows = (report.rows[index] ?? []).map { json($0, columns) }
            return JSON.members((finding.json.objectValue ?? []) + [JSON.Member("rows", .array(rows))])
        }
        return .object([
            ("name", .string(report.name)), ("contract", .string(report.contract.id)),
            ("version", .string(report.contract.version)), ("now", .string(report.now.description)),
            ("mismatch", .optional(report.mismatch)), ("coverage", report.coverage.json),
            ("findings", .array(findings)), ("notes", .array(report.notes.map { .string($0) })),
        ])
    }

    private func json(_ row: PlacedRow, _ columns: ClassifiedColumns) -> JSON {
        let place = [("file", JSON.optional(row.file)), ("row", JSON.int(Int64(row.row)))]
        guard showsValues else { return .object(place) }
        let shown = row.failing.cells.filter { columns.classification(of: $0.column) == nil }
        let withheld = row.failing.cells.filter { columns.classification(of: $0.column) != nil }
        return .object(
            place + [
                ("values", .object(shown.map { ($0.column, $0.value.json) })),
                ("withheld", .array(withheld.map { .string($0.column) })),
            ])
    }
}
