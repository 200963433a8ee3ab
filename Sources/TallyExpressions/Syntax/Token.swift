// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// One word, number, string or sign of an expression, with its place in Unicode scalars.
struct Token: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case keyword(Keyword)
        /// A bare name: a column, a function or a type.
        case name(String)
        /// A name in double quotes: always a column.
        case quotedName(String)
        case integer(String)
        case decimal(String)
        case string(String)
        case sign(Sign)
        case end
    }

    /// The reserved words; a column of such a name needs double quotes.
    enum Keyword: String, Sendable, Hashable, CaseIterable {
        case and, or, not, `is`, null, `true`, `false`, `in`, between, like, escape, `case`, when, then, `else`, end
        case cast, `as`
    }

    /// The signs, longest first where one starts another.
    enum Sign: String, Sendable, Hashable, CaseIterable {
        case equalsEquals = "=="
        case notEquals = "<>"
        case bangEquals = "!="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case concat = "||"
        case integerDivide = "//"
        case doubleColon = "::"
        case equals = "="
        case less = "<"
        case greater = ">"
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divide = "/"
        case remainder = "%"
        case open = "("
        case close = ")"
        case comma = ","
    }

    let kind: Kind
    let range: Range<Int>

    /// The name of the token in error messages.
    var spelling: String {
        switch kind {
        case .keyword(let word): "'\(word.rawValue)'"
        case .name(let name): "'\(name)'"
        case .quotedName(let name): "\"\(name)\""
        case .integer(let digits), .decimal(let digits): "'\(digits)'"
        case .string: "a string"
        case .sign(let sign): "'\(sign.rawValue)'"
        case .end: "the end"
        }
    }
}
