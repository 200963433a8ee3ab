// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

extension Parser {
    /// A value with the signs and `not` before it.
    mutating func prefixed() throws(ExpressionProblem) -> ExpressionSyntax {
        let start = current.range.lowerBound
        if take(.not) {
            let operand = try expression(.not)
            return try checked(.prefix(.not, operand), start..<operand.range.upperBound)
        }
        let sign: ExpressionSyntax.Prefix? = take(.minus) ? .minus : take(.plus) ? .plus : nil
        guard let sign else { return try primary() }
        let operand = try expression(.sign)
        let range = start..<operand.range.upperBound
        if sign == .minus, case .literal(let literal) = operand.kind, let negative = literal.negated {
            return ExpressionSyntax(.literal(negative), range)
        }
        return try checked(.prefix(sign, operand), range)
    }

    private mutating func primary() throws(ExpressionProblem) -> ExpressionSyntax {
        let token = current
        switch token.kind {
        case .integer(let digits):
            _ = advance()
            guard let magnitude = UInt64(digits), magnitude <= UInt64(Int64.max) + 1 else {
                throw ExpressionProblem(
                    ExpressionCode.numberRange, "the whole number \(digits.prefix(40)) does not fit int64",
                    at: token.range, help: "write it as a decimal: \(digits.prefix(40)).0")
            }
            return ExpressionSyntax(.literal(.integer(magnitude: magnitude, isNegative: false)), token.range)
        case .decimal(let digits):
            _ = advance()
            guard let value = Double(padded(digits)), value.isFinite else {
                throw ExpressionProblem(
                    ExpressionCode.numberRange, "the number \(digits.prefix(40)) does not fit float64",
                    at: token.range)
            }
            return ExpressionSyntax(.literal(.decimal(value)), token.range)
        case .string(let text):
            _ = advance()
            return ExpressionSyntax(.literal(.string(text)), token.range)
        case .keyword(let word): return try keywordValue(word, token)
        case .name(let name): return try named(name, token)
        case .quotedName(let name):
            _ = advance()
            return ExpressionSyntax(.column(name), token.range)
        case .sign(.open):
            _ = advance()
            let inner = try expression(.none)
            try expect(.close)
            return inner
        case .sign, .end: throw unexpected("a value")
        }
    }

    /// The spelling that `Double.init` reads: a digit on both sides of the point.
    private func padded(_ digits: String) -> String {
        let whole = digits.hasPrefix(".") ? "0" + digits : digits
        guard let point = whole.firstIndex(of: ".") else { return whole }
        let after = whole.index(after: point)
        let hasFraction = after < whole.endIndex && whole[after].isNumber
        return hasFraction ? whole : whole[...point] + "0" + whole[after...]
    }

    private mutating func keywordValue(
        _ word: Token.Keyword, _ token: Token
    ) throws(ExpressionProblem) -> ExpressionSyntax {
        switch word {
        case .null, .true, .false:
            _ = advance()
            return ExpressionSyntax(.literal(word == .null ? .null : .bool(word == .true)), token.range)
        case .case:
            _ = advance()
            return try choice(from: token.range.lowerBound)
        case .cast:
            _ = advance()
            try expect(.open)
            let operand = try expression(.none)
            try expect(.as)
            let (name, range) = try typeName()
            try expect(.close)
            return try checked(
                .cast(operand, typeName: name, typeRange: range), token.range.lowerBound..<end)
        case .and, .or, .not, .is, .in, .between, .like, .escape, .when, .then, .else, .end, .as:
            throw unexpected("a value")
        }
    }

    private mutating func choice(from start: Int) throws(ExpressionProblem) -> ExpressionSyntax {
        let subject = current.kind == .keyword(.when) ? nil : try expression(.none)
        var branches: [ExpressionSyntax.Branch] = []
        while take(.when) {
            let condition = try expression(.none)
            try expect(.then)
            branches.append(ExpressionSyntax.Branch(when: condition, then: try expression(.none)))
        }
        if branches.isEmpty { throw unexpected("'when'") }
        let otherwise = take(.else) ? try expression(.none) : nil
        if !take(.end) { throw unexpected(otherwise == nil ? "'when', 'else' or 'end'" : "'end'") }
        return try checked(.choice(subject: subject, branches: branches, otherwise: otherwise), start..<end)
    }

    private mutating func named(_ name: String, _ token: Token) throws(ExpressionProblem) -> ExpressionSyntax {
        _ = advance()
        let plain = lowerASCII(name)
        if take(.open) {
            let arguments = try arguments()
            return try checked(
                .call(name: plain, nameRange: token.range, arguments: arguments), token.range.lowerBound..<end)
        }
        if plain == "timestamp" || plain == "date", case .string(let text) = current.kind {
            let range = token.range.lowerBound..<advance().range.upperBound
            return ExpressionSyntax(.literal(try timeLiteral(plain, text, range)), range)
        }
        return ExpressionSyntax(.column(name), token.range)
    }

    private func timeLiteral(
        _ type: String, _ text: String, _ range: Range<Int>
    ) throws(ExpressionProblem) -> ExpressionSyntax.Literal {
        if type == "date" {
            guard let date = CalendarDate(text) else {
                throw ExpressionProblem(
                    ExpressionCode.timeLiteral, "'\(text.prefix(40))' is not a date", at: range,
                    help: "write it as date '2013-01-31'")
            }
            return .date(date)
        }
        // An offset can move the instant out of the years that can be written again.
        guard let timestamp = Timestamp(text), Timestamp(timestamp.description) == timestamp else {
            throw ExpressionProblem(
                ExpressionCode.timeLiteral, "'\(text.prefix(40))' is not a timestamp with an offset", at: range,
                help: "write it as timestamp '2013-01-31T05:00:00Z'")
        }
        return .timestamp(timestamp)
    }

    /// Arguments up to the closing parenthesis, which is taken too.
    mutating func arguments() throws(ExpressionProblem) -> [ExpressionSyntax] {
        if take(.close) { return [] }
        var arguments = [try expression(.none)]
        while take(.comma) { arguments.append(try expression(.none)) }
        if !take(.close) { throw unexpected("',' or ')'") }
        return arguments
    }

    mutating func typeName() throws(ExpressionProblem) -> (String, Range<Int>) {
        guard case .name(let name) = current.kind else { throw unexpected("a type") }
        return (lowerASCII(name), advance().range)
    }
}

extension ExpressionSyntax.Literal {
    /// The number with a minus before it; nil for what is no number or is negative already.
    fileprivate var negated: ExpressionSyntax.Literal? {
        switch self {
        case .integer(let magnitude, false): .integer(magnitude: magnitude, isNegative: true)
        case .decimal(let value) where value > 0: .decimal(-value)
        case .integer, .decimal, .null, .bool, .string, .timestamp, .date: nil
        }
    }
}
