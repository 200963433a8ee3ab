// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A contract as it was read, with everything that reading found wrong.
public struct LoadedContract: Sendable {
    /// The contract; nil when the document is not what the standard asks for.
    public let contract: Contract?
    /// The diagnostics of reading, sorted.
    public let diagnostics: [Diagnostic]
    /// The file, for the lines of the diagnostics; empty when it could not be read.
    public let files: [DefinitionFile]

    init(contract: Contract?, diagnostics: [Diagnostic], files: [DefinitionFile]) {
        self.contract = contract
        self.diagnostics = diagnostics
        self.files = files
    }

    /// Whether anything is wrong that stops a plan.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// The judgements on a contract that only other modules can make; each gives nil for a text that is right.
public struct ContractHooks: Sendable {
    /// The fault in a text: a message, the offset in Unicode scalars, and advice.
    public typealias Problem = (message: String, offset: Int, help: String?)

    /// Judges a regular expression of ECMA-262.
    public var patternProblem: @Sendable (String) -> Problem?
    /// Judges an expression over the columns of an object.
    public var expressionProblem: @Sendable (String, Contract.Object) -> Problem?

    /// Returns advice about a feature's promise whose check does not fit its type, by the names of check and type.
    public var misfit: @Sendable (_ check: String, _ type: DataType) -> String?
    /// The names of all checks, which a rule of this program may give as its metric.
    public var checks: [String]

    /// Takes the judges; without one, no text is wrong.
    public init(
        patternProblem: @escaping @Sendable (String) -> Problem? = { _ in nil },
        expressionProblem: @escaping @Sendable (String, Contract.Object) -> Problem? = { _, _ in nil },
        misfit: @escaping @Sendable (_ check: String, _ type: DataType) -> String? = { _, _ in nil },
        checks: [String] = []
    ) {
        self.patternProblem = patternProblem
        self.expressionProblem = expressionProblem
        self.misfit = misfit
        self.checks = checks
    }
}
