// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The result of running both versions over the same rows, for one change.
///
/// A proof speaks of every table, a shadow run of the rows at hand: so a difference settles a question, and agreement
/// settles it only for transforms, whose change asks for nothing but such a run.
public struct ShadowEvidence: Sendable, Hashable {
    /// The question that a shadow run answers.
    public enum Question: String, Sendable, Hashable {
        /// Whether both transforms give the same value, bit for bit.
        case values
        /// Whether the new contract admits the rows, as the old one does.
        case backward
        /// Whether the old contract admits the rows, as the new one does.
        case forward
    }

    /// The change that it is about, as `rule subject`.
    public let change: String
    /// The question that was examined.
    public let question: Question
    /// Kept for yes, broken for no, unproven otherwise; `observed` holds the reason.
    public let verdict: Verdict
    /// The observation, in words that hold counts and positions and never a value.
    public let observed: String
    /// The rows that were looked at, in words.
    public let data: String
    /// The number of rows.
    public let rows: Int
    /// The number of rows that differ or are refused.
    public let failing: Int
    /// The positions of the first differing rows, counted from 0 in the order of the files.
    public let firstRows: [Int]

    /// Describes evidence.
    public init(
        change: String, question: Question, verdict: Verdict, observed: String, data: String, rows: Int = 0,
        failing: Int = 0, firstRows: [Int] = []
    ) {
        self.change = change
        self.question = question
        self.verdict = verdict
        self.observed = observed
        self.data = data
        self.rows = rows
        self.failing = failing
        self.firstRows = firstRows
    }

    /// The evidence in one line.
    public var text: String { "\(observed) (\(data))" }

    /// The evidence for programs and for the registry.
    public var json: JSON {
        .object([
            ("change", .string(change)), ("question", .string(question.rawValue)),
            ("verdict", .string(verdict.rawValue)), ("observed", .string(observed)), ("data", .string(data)),
            ("rows", .int(Int64(rows))), ("failing", .int(Int64(failing))),
            ("firstRows", .array(firstRows.map { .int(Int64($0)) })),
        ])
    }

    /// Reads what `json` wrote; nil for anything else.
    public init?(json: JSON) {
        guard let change = json["change"]?.stringValue,
            let question = json["question"]?.stringValue.flatMap(Question.init(rawValue:)),
            let verdict = json["verdict"]?.stringValue.flatMap(Verdict.init(rawValue:)),
            let observed = json["observed"]?.stringValue, let data = json["data"]?.stringValue,
            let rows = json["rows"]?.exactValue, let failing = json["failing"]?.exactValue,
            let places = json["firstRows"]?.arrayValue
        else { return nil }
        self.init(
            change: change, question: question, verdict: verdict, observed: observed, data: data, rows: Int(rows),
            failing: Int(failing), firstRows: places.compactMap { $0.exactValue.map { Int($0) } })
    }
}
