// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The codes of everything that can be wrong with an expression, T0401 to T0449.
public enum ExpressionCode {
    /// A word or sign is not allowed by the grammar at its position.
    public static let syntax = DiagnosticCode("T0401", "the text is not an expression")
    /// A string or a quoted name has no closing quote.
    public static let unterminated = DiagnosticCode("T0402", "a quote is not closed")
    /// A character that belongs to no word or sign of the language.
    public static let character = DiagnosticCode("T0403", "a character has no meaning here")
    /// The text is too long or nested too deeply.
    public static let tooComplex = DiagnosticCode("T0404", "the expression is too long or too deeply nested")
    /// A number that no type can hold.
    public static let numberRange = DiagnosticCode("T0405", "a number does not fit its type")
    /// The text of a date or timestamp literal is not one.
    public static let timeLiteral = DiagnosticCode("T0406", "a date or timestamp literal cannot be read")
    /// Two comparisons in a row without parentheses.
    public static let comparisonChain = DiagnosticCode("T0407", "comparisons cannot be chained")
    /// A column that does not exist.
    public static let unknownColumn = DiagnosticCode("T0408", "the column does not exist")
    /// A function that does not exist.
    public static let unknownFunction = DiagnosticCode("T0409", "the function does not exist")
    /// A type that does not exist, or that a cast cannot name.
    public static let unknownType = DiagnosticCode("T0410", "the type does not exist")
    /// A function called with too few or too many arguments.
    public static let argumentCount = DiagnosticCode("T0411", "the number of arguments is wrong")
    /// An operator or function used on types it is not defined for.
    public static let argumentTypes = DiagnosticCode("T0412", "the argument types are wrong")
    /// Two types between which there is no cast.
    public static let impossibleCast = DiagnosticCode("T0413", "there is no such cast")
    /// Values of types that have nothing in common where one type is needed.
    public static let noCommonType = DiagnosticCode("T0414", "the values have no common type")
    /// The result is not of the declared type.
    public static let resultType = DiagnosticCode("T0415", "the expression is not of the declared type")
    /// The type of a null cannot be inferred.
    public static let untypedNull = DiagnosticCode("T0416", "the type of null is unknown")
    /// A unit of time that is not a literal, does not exist, or does not fit the argument.
    public static let unit = DiagnosticCode("T0417", "the unit of time is wrong")
    /// A `like` pattern or its escape character is wrong.
    public static let pattern = DiagnosticCode("T0418", "the pattern is wrong")

    /// Every code, in order.
    public static let all: [DiagnosticCode] = [
        syntax, unterminated, character, tooComplex, numberRange, timeLiteral, comparisonChain, unknownColumn,
        unknownFunction, unknownType, argumentCount, argumentTypes, impossibleCast, noCommonType, resultType,
        untypedNull, unit, pattern,
    ]
}
