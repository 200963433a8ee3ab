// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// One rule that data must keep, as a contract or a feature view declares it: the smallest thing that has a verdict.
///
/// A promise names a check of the catalogue (`TallyContracts/Checks`) and the check's arguments as they were written, so
/// that an unknown check is still a promise, and is reported as one that was not executed.
public struct Promise: Sendable, Hashable {
    /// The weight of a broken promise; it decides the reaction when the promise does not declare one.
    public enum Severity: String, Sendable, Hashable, CaseIterable {
        case error
        case warning
        case info
    }

    /// A name that stays the same while the contract is edited elsewhere, such as `weather.wind_speed.range`.
    public let id: String
    /// The table it is about: a schema object of a contract, or a feature view.
    public let object: String
    /// The column it is about; nil for the whole table.
    public let column: String?
    /// The name of the check, such as `range`.
    public let check: String
    /// The check's arguments by name, such as `minimum: 0`; a whole number is an integer however it was written.
    public let arguments: [String: JSON]
    /// The severity of breaking it.
    public let severity: Severity
    /// The reaction when it is broken; nil for the contract's reaction to promises of this severity.
    public let reaction: Reaction?
    /// The purpose of the rule, in the words of its author.
    public let description: String?
    /// The place where it is written; nil for a promise that no file holds.
    public let location: SourceLocation?

    /// Declares a promise.
    public init(
        id: String, object: String, column: String? = nil, check: String, arguments: [String: JSON] = [:],
        severity: Severity = .error, reaction: Reaction? = nil, description: String? = nil,
        location: SourceLocation? = nil
    ) {
        self.id = id
        self.object = object
        self.column = column
        self.check = check
        self.arguments = arguments.mapValues(\.plainNumbers)
        self.severity = severity
        self.reaction = reaction
        self.description = description
        self.location = location
    }

    /// The subject of the promise: the table, or the table and the column, such as `weather.wind_speed`.
    public var subject: String { column.map { "\(object).\($0)" } ?? object }

    /// The same promise without its description and source position: only what is promised.
    public var withoutWords: Promise {
        Promise(
            id: id, object: object, column: column, check: check, arguments: arguments, severity: severity,
            reaction: reaction)
    }
}
