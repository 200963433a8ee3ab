// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The number of declared promises that were checked against data, and the reasons why others were not.
public struct Coverage: Sendable, Hashable {
    /// The number of declared promises.
    public let declared: Int
    /// The number of executed promises.
    public let executed: Int
    /// The reasons why the others were not executed, each with a number of promises; the most frequent first.
    public let reasons: [Reason]
    /// The reasons why executed promises are neither kept nor broken, such as that there are no rows.
    public let open: [Reason]

    /// One reason.
    public struct Reason: Sendable, Hashable {
        /// The reason in words.
        public let text: String
        /// The number of promises for which the reason holds.
        public let count: Int
    }

    /// Counts declared and executed promises in findings.
    public init(_ findings: [Finding]) {
        declared = findings.count
        executed = findings.count(where: \.isExecuted)
        reasons = Self.reasons(findings.filter { !$0.isExecuted })
        open = Self.reasons(findings.filter { $0.isExecuted && $0.verdict == .unproven })
    }

    private static func reasons(_ findings: [Finding]) -> [Reason] {
        Dictionary(grouping: findings, by: \.observed).map { Reason(text: $0.key, count: $0.value.count) }
            .sorted { ($1.count, $0.text) < ($0.count, $1.text) }
    }

    /// One line: `coverage: 41 of 44 promises executed; not executed: 2 because a rule in words is for people, …`.
    public var text: String {
        var words = "coverage: \(executed) of \(Phrases.count(declared, "promise")) executed"
        for (what, reasons) in [("not executed", reasons), ("unproven", open)] where !reasons.isEmpty {
            words += "; \(what): " + reasons.map { "\($0.count) because \($0.text)" }.joined(separator: ", ")
        }
        return words
    }

    /// An object of everything.
    public var json: JSON {
        func list(_ reasons: [Reason]) -> JSON {
            .array(reasons.map { .object([("reason", .string($0.text)), ("promises", .int(Int64($0.count)))]) })
        }
        return .object([
            ("declared", .int(Int64(declared))), ("executed", .int(Int64(executed))), ("notExecuted", list(reasons)),
            ("unproven", list(open)),
        ])
    }
}
