// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// All operators and functions of the language, in the order of the documentation.
public enum FunctionCatalogue {
    static let records: [FunctionRecord] = logic + comparison + choices + arithmetic + mathematics + text + time + other

    /// The record of a function called by its name; nil when there is none.
    static func function(_ name: String) -> FunctionRecord? { functions[name] }

    /// The record of an operator by its sign or words.
    static func infix(_ infix: ExpressionSyntax.Infix) -> FunctionRecord? { operators[infix.rawValue] }

    /// The record of an operator by its sign or words.
    static func operation(_ name: String) -> FunctionRecord? { operators[name] }

    /// The names that can be called, sorted.
    public static let functionNames: [String] = functions.keys.sorted()

    private static let functions = Dictionary(
        records.filter(\.isFunction).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    private static let operators = Dictionary(
        records.filter { !$0.isFunction }.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
