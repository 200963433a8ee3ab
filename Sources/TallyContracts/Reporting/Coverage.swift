// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// How many of the declared promises were held against data, and why each other was not.
public struct Coverage: Sendable, Hashable {
    /// How many were declared.
    public let declared: Int
    /// How many were executed.
    public let executed: Int
    /// Why the others were not, with how many promises each reason holds back; the most frequent first.
    public let reasons: [Reason]
    /// Why promises that were executed are neither kept nor broken, such as that there are no rows.
    public let open: [Reason]

    /// One reason.
    public struct Reason: Sendable, Hashable {
        /// In words.
        public let text: String
        /// How many promises it holds back.
        public let count: Int
    }

    /// Counts.
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
