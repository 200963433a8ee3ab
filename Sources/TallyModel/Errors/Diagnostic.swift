// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A place in a file of the user: line and column count from 1, the column in Unicode scalars.
public struct SourceLocation: Sendable, Hashable {
    /// The path as the user would type it, relative to the repository.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// The column, from 1, in Unicode scalars.
    public let column: Int
    /// The number of columns that the caret underlines, at least 1.
    public let length: Int

    /// Names a place.
    public init(file: String, line: Int, column: Int, length: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
        self.length = max(1, length)
    }
}

/// A stable code of a diagnostic with what it means; each room lists its own.
public struct DiagnosticCode: Sendable, Hashable {
    /// The stable code, such as `T0207`.
    public let code: String
    /// The fault, as a short phrase for the documentation.
    public let title: String

    /// Declares a code.
    public init(_ code: String, _ title: String) {
        self.code = code
        self.title = title
    }
}

/// Something wrong with a file of the user, at its place; all of them are collected, never only the first.
public struct Diagnostic: Sendable, Hashable {
    /// The severity of a diagnostic: errors stop a plan, warnings do not.
    public enum Severity: String, Sendable, Hashable {
        case error
        case warning
    }

    /// The stable code.
    public let code: DiagnosticCode
    /// The severity.
    public let severity: Severity
    /// The message: what was found and what was promised, in lower case, without blame.
    public let message: String
    /// The place in the file.
    public let location: SourceLocation
    /// A few words behind the caret, such as "expected a number and one of s, m, h, d".
    public let note: String?
    /// The advice to the author; a door spells the steps that it names.
    public let help: Advice?

    /// Describes a problem; of texts that are longer than a message may be it keeps the two ends.
    public init(
        _ code: DiagnosticCode, severity: Severity = .error, _ message: String, at location: SourceLocation,
        note: String? = nil, help: Advice? = nil
    ) {
        self.code = code
        self.severity = severity
        self.message = message.asMessage
        self.location = location
        self.note = note?.asMessage
        self.help = help
    }
}

extension Diagnostic: Comparable {
    /// Orders by file, line, column, then code and text, so that output never depends on the order of discovery.
    public static func < (left: Diagnostic, right: Diagnostic) -> Bool {
        let leftPlace = (left.location.file, left.location.line, left.location.column)
        let rightPlace = (right.location.file, right.location.line, right.location.column)
        if leftPlace != rightPlace { return leftPlace < rightPlace }
        return (left.code.code, left.message) < (right.code.code, right.message)
    }
}
