// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The result of a check.
public struct CheckResult: Sendable {
    /// The checked definitions; nil when there are errors.
    ///
    /// While `unproven` is not empty, sources named there have no columns in it.
    public let set: DefinitionSet?
    /// The diagnostics of reading and checking, sorted.
    public let diagnostics: [Diagnostic]
    /// One sentence for each source whose columns are not known, so that its uses were not checked.
    public let unproven: [String]

    /// Whether anything is wrong that stops a plan.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
