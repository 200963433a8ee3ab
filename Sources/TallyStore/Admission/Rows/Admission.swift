// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyModel

/// Decides which of the rows that enter a table are admitted (SEMANTICS 7).
///
/// It judges rows and knows no files: promises about single rows are held against the rows that enter, promises about sets
/// against the rows that would be visible with them. Who holds the rows, in files or in memory, puts them where the decision
/// says.
struct Admission: Sendable {
    let table: PromisedTable
    /// The instant that ages are counted from.
    let now: Timestamp
    /// The number of rows that were visible at the last decision about the table; nil when there was none.
    let previousRows: Int?

    /// The rows against which promises about sets are checked.
    enum Visible {
        /// No row is visible: there is nothing to say of a set.
        case none
        /// No promise is about all rows, so none is read.
        case unasked
        /// The rows that are visible with those that enter.
        case rows(TableRows, TableContext)
        /// Only the rows that enter are present: names and types are judged by them, and promises about sets are not.
        case entering(TableRows, TableContext)
    }

    /// The number of failing rows that are named for a promise.
    private static let namedRows = 5

    /// The promises about single rows, ready for the rows that enter.
    func rowCheck(_ context: TableContext) -> TableCheck {
        let promises = table.object.promises.filter {
            CheckCatalogue.scope(of: $0, in: context).isJudgedRowByRow
        }
        return TableCheck(promises, context: context, sampleRows: Self.namedRows)
    }

    /// The promises about all rows, but for those about the age of data: how old data are is no fault of rows that enter.
    ///
    /// A type is promised of single rows where the data are text, which only the data tell; such promises are among them.
    var setPromises: [Promise] {
        table.object.promises.filter { promise in
            switch CheckCatalogue[promise.check]?.level {
            case .row?, .moment?: false
            case .schema?, .table?, .elsewhere?, nil: true
            }
        }
    }

    /// The promises about all rows, ready for the rows that would be visible; types of text were judged row by row.
    func setCheck(_ context: TableContext) -> TableCheck {
        let promises = setPromises.filter { !CheckCatalogue.scope(of: $0, in: context).isJudgedRowByRow }
        return TableCheck(promises, context: context, sampleRows: 0)
    }

    /// Whether a promise may set rows aside, which are then kept unchanged.
    var maySetAside: Bool {
        table.object.promises.contains { Decision.foreseen($0, by: table.contract) == .quarantine }
    }

    /// The promises that a row has to keep to be admitted, alone or with its batch.
    func keepingOut(_ context: TableContext) -> [Promise] {
        table.object.promises.filter { promise in
            CheckCatalogue.scope(of: promise, in: context).isJudgedRowByRow
                && Decision.foreseen(promise, by: table.contract).keepsOut
        }
    }

    /// Judges rows that enter, and decides.
    ///
    /// `judging` is called with the promises whose failing rows do not get in and gives the rows once more, so that who sets
    /// them aside can judge them while their first ones are named. `settingAside` is called once, with the same promises; it
    /// sets the rows aside and gives those that are visible then.
    func decide(
        on rows: TableRows, _ context: TableContext, judging: ([Promise]) throws(TallyError) -> TableRows,
        settingAside: ([Promise]) async throws(TallyError) -> Visible
    ) async throws(TallyError) -> Decision {
        let check = rowCheck(context)
        let judged = try await check.judge(rows)
        let promises = Decision(on: judged, by: table.contract).setAside
        let findings = try await check.naming(rowsOf: judged, in: try judging(promises)).findings
        let visible = try await settingAside(promises)
        return Decision(on: findings + (try await setFindings(visible)), by: table.contract)
    }

    /// Returns the findings of promises about all rows, on the rows that would be visible.
    func setFindings(_ visible: Visible) async throws(TallyError) -> [Finding] {
        let ages = table.object.promises.filter { CheckCatalogue[$0.check]?.level == .moment }.map {
            Self.unjudged(
                $0, "the age of data is judged when it is verified, not as it enters", promised: "\($0.check) in time")
        }
        switch visible {
        case .none: return []
        case .unasked: return ages
        case .rows(let rows, let context): return try await setCheck(context).run(over: rows) + ages
        case .entering(let rows, let context):
            let (sets, others) = setPromises.reduce(into: ([Promise](), [Promise]())) { parts, promise in
                switch CheckCatalogue.scope(of: promise, in: context) {
                case .set, .moment: parts.0.append(promise)
                case .columns, .elsewhere: parts.1.append(promise)
                case .row: break
                }
            }
            return try await TableCheck(others, context: context, sampleRows: 0).run(over: rows)
                + sets.map {
                    Self.unjudged($0, "it is about all rows together, which are not at hand", promised: $0.check)
                } + ages
        }
    }

    private static func unjudged(_ promise: Promise, _ observed: String, promised: String) -> Finding {
        Finding(
            promise: promise, verdict: .unproven, observed: observed, promised: promised, evidence: .none,
            scope: CheckCatalogue[promise.check]?.level == .moment ? .moment : .set)
    }
}
