// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// One check of the catalogue: the meaning of promises of its name, and the way a table is checked.
public struct Check: Sendable {
    /// The part of a table that a check examines.
    public enum Level: String, Sendable, Hashable {
        /// Names and types alone.
        case schema
        /// Each row by itself.
        case row
        /// All rows together.
        case table
        /// All rows together, at the moment of the check: the verdict changes while the data stay.
        case moment
        /// A rule that data cannot show; reported as not executed on every run, which fails no run.
        case elsewhere

        /// Returns the scope of a promise of this level; where data are text, a type is checked on single rows.
        func scope(prepared: Prepared) -> Finding.Scope {
            switch self {
            case .schema: prepared.rowTests.isEmpty ? .columns : .row
            case .row: .row
            case .table: .set
            case .moment: .moment
            case .elsewhere: .elsewhere
            }
        }

        /// Whether rows can be judged one by one by promises of the level as they enter.
        ///
        /// Promises about sets (how many rows there are, whether they repeat, how values are distributed, how old they are)
        /// have no answer for a row.
        public var isJudgedRowByRow: Bool {
            switch self {
            case .row: true
            case .schema, .table, .moment, .elsewhere: false
            }
        }
    }

    /// The name in promises, such as `range`.
    public let name: String
    /// The part of a table that it examines.
    public let level: Level
    /// The types of a feature's values that the check fits.
    let fits: Fit
    /// The promise, as a phrase for the documentation.
    public let summary: String
    /// The treatment of null, NaN, ties and empty data, as a phrase for the documentation.
    public let rules: String
    /// Makes a promise of this name ready for a table.
    let prepare: @Sendable (Promise, TableContext) -> Prepared

    init(
        _ name: String, _ level: Level, fits: Fit, _ summary: String, rules: String,
        prepare: @escaping @Sendable (Promise, TableContext) -> Prepared
    ) {
        self.name = name
        self.level = level
        self.fits = fits
        self.summary = summary
        self.rules = rules
        self.prepare = prepare
    }
}

/// A promise made ready for a table: settled already, a few tests or measures, or nothing that can be executed.
public struct Prepared: Sendable {
    /// The work that is left to do.
    enum Work: Sendable {
        /// Names and types settled it.
        case settled(Verdict, observed: String)
        /// Every row must pass every test; `column` is the one whose nulls are no evidence, nil when every row counts.
        case rows([RowTest], column: String?, failing: String)
        /// Some numbers decide.
        case measures([Measure], judge: @Sendable ([Measured]) -> Judgement)
        /// It cannot be executed.
        case unexecutable(String)
    }

    /// The promise in words.
    let promised: String
    /// The work that is left to do.
    let work: Work

    /// The tests that a row must pass; none for a promise about anything but single rows.
    public var rowTests: [RowTest] {
        if case .rows(let tests, _, _) = work { tests } else { [] }
    }

    /// The reason why the promise cannot be executed; nil when it can.
    public var obstacle: String? {
        if case .unexecutable(let reason) = work { reason } else { nil }
    }

    static func settled(_ promised: String, _ verdict: Verdict, _ observed: String) -> Prepared {
        Prepared(promised: promised, work: .settled(verdict, observed: observed))
    }

    static func unexecutable(_ promised: String, _ reason: String) -> Prepared {
        Prepared(promised: promised, work: .unexecutable(reason))
    }

    /// Every value of a column must pass some tests; a null is no evidence.
    static func values(_ promised: String, _ column: String, _ tests: [RowTest.Kind], failing: String) -> Prepared {
        Prepared(
            promised: promised, work: .rows(tests.map { RowTest(column, $0) }, column: column, failing: failing))
    }
}

/// A verdict with what was seen.
struct Judgement: Sendable {
    let verdict: Verdict
    let observed: String
    var rows: Int?
    var failing: Int?

    /// Returns the judgement when there is nothing to judge.
    static func noEvidence(_ what: String) -> Judgement { Judgement(verdict: .unproven, observed: what) }
}
