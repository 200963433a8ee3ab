// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The result of checking a promise against an observation (SEMANTICS 11).
public enum Verdict: String, Sendable, Hashable, CaseIterable {
    /// The observation agrees with the promise.
    case kept
    /// The observation contradicts the promise.
    case broken
    /// The observation does not suffice for a verdict; never reported as kept.
    case unproven
}

/// The result of checking an observation against a promise: one type for a data contract, a skew alarm and a release
/// gate.
///
/// Texts hold counts, shares, bounds and types, and never a value or key of a row.
public struct Finding: Sendable, Hashable {
    /// The observation on which a verdict rests.
    public struct Evidence: Sendable, Hashable {
        /// How the observation was made.
        ///
        /// Records and reports of versions that believed footers may say `footer`; they are told as they stand.
        public enum Method: String, Sendable, Hashable {
            /// From names and types alone.
            case schema
            /// By an aggregate over all rows in the engine.
            case aggregate
            /// Row by row.
            case rows
        }

        /// The method by which the observation was made; nil when none was made.
        public let method: Method?
        /// The number of rows that were examined; nil where rows do not matter.
        public let rows: Int?
        /// The number of them that break the promise; nil where rows do not matter.
        public let failing: Int?
        /// The positions of the first failing rows, counted from 0 in the order of the files.
        public let firstRows: [Int]

        /// Describes evidence.
        public init(method: Method?, rows: Int? = nil, failing: Int? = nil, firstRows: [Int] = []) {
            self.method = method
            self.rows = rows
            self.failing = failing
            self.firstRows = firstRows
        }

        /// Nothing was looked at.
        public static let none = Evidence(method: nil)
    }

    /// The part of the data that a promise is checked against, as its check declares.
    public enum Scope: String, Sendable, Hashable, CaseIterable {
        /// Each row by itself, so that the rows that break the promise can be named and set aside.
        case row
        /// All rows together: no row breaks the promise alone, and none can be set aside for it.
        case set
        /// All rows together at the instant of judging: the verdict changes while the data stay.
        case moment
        /// Names and types of columns.
        case columns
        /// Nothing that data can show.
        case elsewhere

        /// Whether rows are judged one by one as they enter.
        public var isJudgedRowByRow: Bool {
            switch self {
            case .row: true
            case .set, .moment, .columns, .elsewhere: false
            }
        }
    }

    /// The promise.
    public let promise: Promise
    /// The verdict.
    public let verdict: Verdict
    /// The observation in words; for a promise that was not executed, the reason.
    public let observed: String
    /// The promise in words.
    public let promised: String
    /// The observation on which the verdict rests.
    public let evidence: Evidence
    /// The part of the data that the promise was checked against.
    public let scope: Scope

    /// Describes a finding.
    public init(
        promise: Promise, verdict: Verdict, observed: String, promised: String, evidence: Evidence, scope: Scope
    ) {
        self.promise = promise
        self.verdict = verdict
        self.observed = observed
        self.promised = promised
        self.evidence = evidence
        self.scope = scope
    }

    /// Whether an observation was made at all; otherwise `observed` holds the reason.
    public var isExecuted: Bool { evidence.method != nil }
}
