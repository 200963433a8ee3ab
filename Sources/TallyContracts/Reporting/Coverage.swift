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
        let skipped = Dictionary(grouping: findings.filter { !$0.isExecuted }, by: \.observed)
        reasons = skipped.map { Reason(text: $0.key, count: $0.value.count) }
            .sorted { ($1.count, $0.text) < ($0.count, $1.text) }
    }

    /// One line: `coverage: 41 of 44 promises executed; not executed: 2 because a rule in words is for people, …`.
    public var text: String {
        let head = "coverage: \(executed) of \(Phrases.count(declared, "promise")) executed"
        guard !reasons.isEmpty else { return head }
        return head + "; not executed: "
            + reasons.map { "\($0.count) because \($0.text)" }.joined(separator: ", ")
    }

    /// An object of everything.
    public var json: JSON {
        .object([
            ("declared", .int(Int64(declared))), ("executed", .int(Int64(executed))),
            (
                "notExecuted",
                .array(
                    reasons.map { .object([("reason", .string($0.text)), ("promises", .int(Int64($0.count)))]) })
            ),
        ])
    }
}
