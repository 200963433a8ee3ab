// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The reasons why a value became null although its inputs were present; a set, since one row can meet several.
public struct EvaluationFinding: OptionSet, Sendable, Hashable {
    /// The bits as stored in `Evaluated.findingRows`.
    public let rawValue: UInt8

    /// Makes a set of findings of its bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// A finite number was divided by zero.
    public static let divisionByZero = EvaluationFinding(rawValue: 1)
    /// A result lies outside its type: a whole number that does not fit, or finite inputs with an infinite result.
    public static let overflow = EvaluationFinding(rawValue: 2)
    /// A value has no counterpart in the type it was cast to.
    public static let failedCast = EvaluationFinding(rawValue: 4)
    /// A function was asked for a value outside its domain, such as `sqrt(-1)` or `ln(0)`.
    public static let undefinedResult = EvaluationFinding(rawValue: 8)

    /// Each single finding with the name used in reports and in the documentation.
    public static let named: [(finding: EvaluationFinding, name: String)] = [
        (.divisionByZero, "division by zero"), (.overflow, "overflow"), (.failedCast, "failed cast"),
        (.undefinedResult, "undefined result"),
    ]
}

extension EvaluationFinding: CustomStringConvertible {
    /// The names of the findings, separated by commas.
    public var description: String {
        Self.named.filter { contains($0.finding) }.map(\.name).joined(separator: ", ")
    }
}
