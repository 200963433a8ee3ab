// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The diagnostics of one reading or check, collected one by one.
final class DiagnosticCollector {
    private(set) var diagnostics: [Diagnostic] = []

    private var proposals = NameProposals()

    /// Adds a diagnostic.
    func add(_ diagnostic: Diagnostic) {
        diagnostics.append(diagnostic)
        files.insert(diagnostic.location.file)
    }

    /// The files that something was found in.
    private(set) var files: Set<String> = []

    /// The nearest of some names, for as long as that takes no time worth telling.
    func nearest(to name: String, among candidates: some Collection<String>) -> String? {
        proposals.nearest(to: name, among: candidates)
    }

    /// Adds an error.
    func error(
        _ code: DiagnosticCode, _ message: String, at location: SourceLocation, note: String? = nil,
        help: Advice? = nil
    ) {
        add(Diagnostic(code, message, at: location, note: note, help: help))
    }

    /// Adds an error with help that names no step.
    func error(
        _ code: DiagnosticCode, _ message: String, at location: SourceLocation, note: String? = nil, help: String?
    ) {
        error(code, message, at: location, note: note, help: help.map { Advice($0) })
    }

    /// Adds a warning with help that names no step.
    func warning(
        _ code: DiagnosticCode, _ message: String, at location: SourceLocation, note: String? = nil, help: String?
    ) {
        warning(code, message, at: location, note: note, help: help.map { Advice($0) })
    }

    /// Adds a warning.
    func warning(
        _ code: DiagnosticCode, _ message: String, at location: SourceLocation, note: String? = nil,
        help: Advice? = nil
    ) {
        add(Diagnostic(code, severity: .warning, message, at: location, note: note, help: help))
    }
}

extension SourceLocation {
    /// `file:line:column`, as in the head of a diagnostic.
    var spelled: String { "\(file):\(line):\(column)" }
}

/// Names in quotes with commas, `and` or `or` before the last, for messages.
func listed(_ names: [String], _ last: String = "and") -> String {
    let quoted = names.map { "'\($0)'" }
    guard quoted.count > 1, let tail = quoted.last else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " \(last) " + tail
}
