// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The tree of an expression as written, before names and types are known.
struct ExpressionSyntax: Sendable {
    /// The value of a literal; whole numbers keep their sign apart, since −2⁶³ has no positive twin.
    enum Literal: Sendable {
        case null
        case bool(Bool)
        case integer(magnitude: UInt64, isNegative: Bool)
        case decimal(Double)
        case string(String)
        case timestamp(Timestamp)
        case date(CalendarDate)
    }

    enum Prefix: String, Sendable {
        case not = "not"
        case minus = "-"
        case plus = "+"
    }

    enum Infix: String, Sendable {
        case or, and
        case equal = "="
        case notEqual = "<>"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case concat = "||"
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case integerDivide = "//"
        case remainder = "%"
    }

    enum Test: String, Sendable { case null, `true`, `false` }

    struct Branch: Sendable {
        let when: ExpressionSyntax
        let then: ExpressionSyntax
    }

    indirect enum Kind: Sendable {
        case literal(Literal)
        case column(String)
        case prefix(Prefix, ExpressionSyntax)
        case infix(Infix, ExpressionSyntax, ExpressionSyntax)
        case test(ExpressionSyntax, Test, isNegated: Bool)
        case list(ExpressionSyntax, [ExpressionSyntax], isNegated: Bool)
        case between(ExpressionSyntax, low: ExpressionSyntax, high: ExpressionSyntax, isNegated: Bool)
        case like(ExpressionSyntax, pattern: ExpressionSyntax, escape: ExpressionSyntax?, isNegated: Bool)
        case cast(ExpressionSyntax, typeName: String, typeRange: Range<Int>)
        case choice(subject: ExpressionSyntax?, branches: [Branch], otherwise: ExpressionSyntax?)
        case call(name: String, nameRange: Range<Int>, arguments: [ExpressionSyntax])
    }

    let kind: Kind
    /// The place in the text, in Unicode scalars, parentheses left out.
    let range: Range<Int>
    /// 1 for a leaf, else one more than the deepest part: every later walk recurses at most this deep.
    let depth: Int

    init(_ kind: Kind, _ range: Range<Int>) {
        self.kind = kind
        self.range = range
        depth = 1 + (Self.children(of: kind).lazy.map(\.depth).max() ?? 0)
    }

    /// The direct parts, in the order of the text.
    var children: [ExpressionSyntax] { Self.children(of: kind) }

    private static func children(of kind: Kind) -> [ExpressionSyntax] {
        switch kind {
        case .literal, .column: []
        case .prefix(_, let operand), .test(let operand, _, _), .cast(let operand, _, _): [operand]
        case .infix(_, let left, let right): [left, right]
        case .list(let operand, let items, _): [operand] + items
        case .between(let operand, let low, let high, _): [operand, low, high]
        case .like(let operand, let pattern, let escape, _): [operand, pattern] + (escape.map { [$0] } ?? [])
        case .choice(let subject, let branches, let otherwise):
            (subject.map { [$0] } ?? []) + branches.flatMap { [$0.when, $0.then] } + (otherwise.map { [$0] } ?? [])
        case .call(_, _, let arguments): arguments
        }
    }
}

/// The precedence of operators, weakest first, as in PostgreSQL.
enum Precedence: Int, Comparable, Sendable {
    case none, or, and, not, test, comparison, range, concat, sum, product, sign, postfix

    static func < (left: Precedence, right: Precedence) -> Bool { left.rawValue < right.rawValue }
}

extension ExpressionSyntax.Infix {
    var precedence: Precedence {
        switch self {
        case .or: .or
        case .and: .and
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: .comparison
        case .concat: .concat
        case .add, .subtract: .sum
        case .multiply, .divide, .integerDivide, .remainder: .product
        }
    }
}
