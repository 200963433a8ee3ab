// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reads tokens into a tree by precedence climbing; the first error ends the parse.
struct Parser {
    /// The deepest tree and the deepest nesting of parentheses that is read.
    static let deepestNesting = 200

    var tokens: [Token]
    var position = 0
    private var nesting = 0

    private init(_ tokens: [Token]) {
        self.tokens = tokens
    }

    /// The tree of a whole text.
    static func parse(_ text: String) throws(ExpressionProblem) -> ExpressionSyntax {
        var parser = Parser(try Lexer.tokens(of: text))
        let tree = try parser.expression(.none)
        guard parser.current.kind == .end else {
            throw parser.unexpected("an operator or the end")
        }
        return tree
    }

    var current: Token { tokens[position] }

    mutating func advance() -> Token {
        defer { if position + 1 < tokens.count { position += 1 } }
        return tokens[position]
    }

    mutating func take(_ sign: Token.Sign) -> Bool {
        guard current.kind == .sign(sign) else { return false }
        _ = advance()
        return true
    }

    mutating func take(_ keyword: Token.Keyword) -> Bool {
        guard current.kind == .keyword(keyword) else { return false }
        _ = advance()
        return true
    }

    func unexpected(_ expected: String) -> ExpressionProblem {
        let found =
            current.kind == .end
            ? "the expression ends where \(expected) is expected"
            : "\(current.spelling) stands where \(expected) is expected"
        var help: String?
        if case .keyword(let word) = current.kind {
            help = "a column named \(word.rawValue) is written \"\(word.rawValue)\""
        }
        return ExpressionProblem(
            ExpressionCode.syntax, found, at: current.range, note: "expected \(expected)", help: help)
    }

    mutating func expect(_ sign: Token.Sign) throws(ExpressionProblem) {
        if !take(sign) { throw unexpected("'\(sign.rawValue)'") }
    }

    mutating func expect(_ keyword: Token.Keyword) throws(ExpressionProblem) {
        if !take(keyword) { throw unexpected("'\(keyword.rawValue)'") }
    }

    func checked(
        _ kind: ExpressionSyntax.Kind, _ range: Range<Int>
    ) throws(ExpressionProblem) -> ExpressionSyntax {
        let node = ExpressionSyntax(kind, range)
        if node.depth > Self.deepestNesting { throw tooDeep(range) }
        return node
    }

    private func tooDeep(_ range: Range<Int>) -> ExpressionProblem {
        ExpressionProblem(
            ExpressionCode.tooComplex, "the expression is nested more than \(Self.deepestNesting) levels deep",
            at: range, help: "split it into several features; a long list of alternatives fits 'in (...)'")
    }

    /// An expression whose operators bind at least as tightly as `minimum`.
    mutating func expression(_ minimum: Precedence) throws(ExpressionProblem) -> ExpressionSyntax {
        nesting += 1
        defer { nesting -= 1 }
        if nesting > Self.deepestNesting { throw tooDeep(current.range) }
        var left = try prefixed()
        var lastComparison: Precedence = .none
        while let (infix, precedence) = nextInfix(), precedence >= minimum {
            if precedence == .comparison, lastComparison == .comparison {
                throw ExpressionProblem(
                    ExpressionCode.comparisonChain, "comparisons cannot be chained", at: current.range,
                    help: "put one comparison in parentheses, or write 'a < b and b < c'")
            }
            lastComparison = precedence
            left = try continued(left, infix, precedence)
        }
        return left
    }

    private enum Continuation {
        case infix(ExpressionSyntax.Infix)
        case test, list, between, like, cast
    }

    /// The operator at the current position; `not` counts when it starts `not in`, `not between` or `not like`.
    private func nextInfix() -> (Continuation, Precedence)? {
        switch current.kind {
        case .sign(.doubleColon): return (.cast, .postfix)
        case .sign(let sign):
            guard let infix = Self.infix(sign) else { return nil }
            return (.infix(infix), infix.precedence)
        case .keyword(let word): return nextInfix(word) ?? nextNegated(word)
        case .name, .quotedName, .integer, .decimal, .string, .end: return nil
        }
    }

    private func nextInfix(_ word: Token.Keyword) -> (Continuation, Precedence)? {
        switch word {
        case .or: (.infix(.or), .or)
        case .and: (.infix(.and), .and)
        case .is: (.test, .test)
        case .in: (.list, .range)
        case .between: (.between, .range)
        case .like: (.like, .range)
        case .not, .null, .true, .false, .escape, .case, .when, .then, .else, .end, .cast, .as: nil
        }
    }

    private func nextNegated(_ word: Token.Keyword) -> (Continuation, Precedence)? {
        guard word == .not, position + 1 < tokens.count, case .keyword(let next) = tokens[position + 1].kind,
            let found = nextInfix(next), found.1 == .range
        else { return nil }
        return found
    }

    private static func infix(_ sign: Token.Sign) -> ExpressionSyntax.Infix? {
        switch sign {
        case .equals, .equalsEquals: .equal
        case .notEquals, .bangEquals: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .concat: .concat
        case .plus: .add
        case .minus: .subtract
        case .times: .multiply
        case .divide: .divide
        case .integerDivide: .integerDivide
        case .remainder: .remainder
        case .doubleColon, .open, .close, .comma: nil
        }
    }

    private mutating func continued(
        _ left: ExpressionSyntax, _ continuation: Continuation, _ precedence: Precedence
    ) throws(ExpressionProblem) -> ExpressionSyntax {
        let start = left.range.lowerBound
        let isNegated = current.kind == .keyword(.not) && advance().kind == .keyword(.not)
        _ = advance()
        switch continuation {
        case .infix(let infix):
            let right = try expression(precedence.next)
            return try checked(.infix(infix, left, right), start..<right.range.upperBound)
        case .test:
            let isNegated = take(.not)
            let test: ExpressionSyntax.Test
            if take(.null) {
                test = .null
            } else if take(.true) {
                test = .true
            } else if take(.false) {
                test = .false
            } else {
                throw unexpected("'null', 'true' or 'false'")
            }
            return try checked(.test(left, test, isNegated: isNegated), start..<end)
        case .list:
            try expect(.open)
            let items = try arguments()
            if items.isEmpty { throw unexpected("a value") }
            return try checked(.list(left, items, isNegated: isNegated), start..<end)
        case .between:
            let low = try expression(.concat)
            try expect(.and)
            let high = try expression(.concat)
            return try checked(
                .between(left, low: low, high: high, isNegated: isNegated), start..<high.range.upperBound)
        case .like:
            let pattern = try expression(.concat)
            let escape = take(.escape) ? try expression(.concat) : nil
            return try checked(
                .like(left, pattern: pattern, escape: escape, isNegated: isNegated),
                start..<(escape ?? pattern).range.upperBound)
        case .cast:
            let (name, range) = try typeName()
            return try checked(.cast(left, typeName: name, typeRange: range), start..<range.upperBound)
        }
    }

    /// The end of the token before the current one.
    var end: Int { position > 0 ? tokens[position - 1].range.upperBound : 0 }
}

extension Precedence {
    /// The next tighter level: what the right side of a left-associative operator must reach.
    var next: Precedence { Precedence(rawValue: rawValue + 1) ?? .postfix }
}
