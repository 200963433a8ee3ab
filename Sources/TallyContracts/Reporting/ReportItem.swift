// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// One line of a report for another program: a finding, a diagnostic or a change, in the one form that all writers take.
public struct ReportItem: Sendable, Hashable {
    /// The outcome of an item.
    public enum Outcome: String, Sendable, Hashable {
        case passed
        /// Not what was promised.
        case failed
        /// Not what was promised, and it does not matter much.
        case warned
        /// There is no verdict.
        case skipped
    }

    /// The kind of rule: a check's name or a diagnostic's code.
    public let rule: String
    /// The summary of the rule, as a phrase.
    public let ruleSummary: String
    /// A name that stays the same between runs, for lists of what is known.
    public let id: String
    /// The subject of the item: a column, a file.
    public let subject: String
    /// The outcome.
    public let outcome: Outcome
    /// The observation and the promise.
    public let message: String
    /// The place where the promise is written.
    public let location: SourceLocation?

    /// Describes a line.
    public init(
        rule: String, ruleSummary: String, id: String, subject: String, outcome: Outcome, message: String,
        location: SourceLocation?
    ) {
        self.rule = rule
        self.ruleSummary = ruleSummary
        self.id = id
        self.subject = subject
        self.outcome = outcome
        self.message = message
        self.location = location
    }

    /// A finding as a line.
    public init(_ finding: Finding) {
        let outcome: Outcome =
            switch (finding.verdict, finding.promise.severity) {
            case (.kept, _): .passed
            case (.broken, .error): .failed
            case (.broken, .warning), (.broken, .info): .warned
            case (.unproven, _): .skipped
            }
        self.init(
            rule: finding.promise.check,
            ruleSummary: CheckCatalogue[finding.promise.check]?.summary ?? finding.promise.check,
            id: finding.promise.id, subject: finding.promise.subject, outcome: outcome,
            message: finding.message, location: finding.promise.location)
    }

    /// A diagnostic as a line; its code and place are its name.
    public init(_ diagnostic: Diagnostic) {
        let place = diagnostic.location
        self.init(
            rule: diagnostic.code.code, ruleSummary: diagnostic.code.title,
            id: "\(diagnostic.code.code) \(place.file):\(place.line):\(place.column)", subject: place.file,
            outcome: diagnostic.severity == .error ? .failed : .warned,
            message: diagnostic.message + (diagnostic.help.map { "; \($0)" } ?? ""), location: place)
    }
}

extension Finding {
    /// The observation and the promise, in one line; the verdict stands beside it.
    public var message: String {
        switch verdict {
        case .kept: "\(promised): \(observed)"
        case .broken: "promised \(promised), found \(observed)"
        case .unproven: "\(observed): \(promised)"
        }
    }
}
