// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Prints a tree in its canonical spelling: small keywords, single spaces, only the parentheses that are needed.
enum ExpressionPrinter {
    /// The canonical text; parsing it gives a tree with the same canonical text.
    static func text(_ tree: ExpressionSyntax) -> String { text(tree, atLeast: .none) }

    private static func text(_ tree: ExpressionSyntax, atLeast minimum: Precedence) -> String {
        let (text, precedence) = spelling(tree)
        return precedence < minimum ? "(" + text + ")" : text
    }

    private static func spelling(_ tree: ExpressionSyntax) -> (String, Precedence) {
        switch tree.kind {
        case .literal(let literal): return spelling(literal)
        case .column(let name): return (column(name), .postfix)
        case .prefix(.not, let operand): return ("not " + text(operand, atLeast: .not), .not)
        case .prefix(let sign, let operand):
            return (sign.rawValue + text(operand, atLeast: .postfix), .sign)
        case .infix(let infix, let left, let right):
            let level = infix.precedence
            let leftText = text(left, atLeast: level == .comparison ? level.next : level)
            return (leftText + " " + infix.rawValue + " " + text(right, atLeast: level.next), level)
        case .test(let operand, let test, let isNegated):
            return (text(operand, atLeast: .test) + (isNegated ? " is not " : " is ") + test.rawValue, .test)
        case .list(let operand, let items, let isNegated):
            let list = items.map { text($0) }.joined(separator: ", ")
            return (text(operand, atLeast: .range) + (isNegated ? " not in (" : " in (") + list + ")", .range)
        case .between(let operand, let low, let high, let isNegated):
            let bounds = text(low, atLeast: .concat) + " and " + text(high, atLeast: .concat)
            return (text(operand, atLeast: .range) + (isNegated ? " not between " : " between ") + bounds, .range)
        case .like(let operand, let pattern, let escape, let isNegated):
            let tail = escape.map { " escape " + text($0, atLeast: .concat) } ?? ""
            let middle = (isNegated ? " not like " : " like ") + text(pattern, atLeast: .concat)
            return (text(operand, atLeast: .range) + middle + tail, .range)
        case .cast(let operand, let typeName, _): return ("cast(\(text(operand)) as \(typeName))", .postfix)
        case .choice(let subject, let branches, let otherwise):
            let head = subject.map { "case " + text($0) } ?? "case"
            let middle = branches.map { " when " + text($0.when) + " then " + text($0.then) }.joined()
            return (head + middle + (otherwise.map { " else " + text($0) } ?? "") + " end", .postfix)
        case .call(let name, _, let arguments):
            return (name + "(" + arguments.map { text($0) }.joined(separator: ", ") + ")", .postfix)
        }
    }

    private static func spelling(_ literal: ExpressionSyntax.Literal) -> (String, Precedence) {
        switch literal {
        case .null: ("null", .postfix)
        case .bool(let value): (value ? "true" : "false", .postfix)
        case .integer(let magnitude, let isNegative):
            ((isNegative ? "-" : "") + String(magnitude), isNegative ? .sign : .postfix)
        case .decimal(let value): (NumberText.text(value), value < 0 ? .sign : .postfix)
        case .string(let text): (quoted(text, "'"), .postfix)
        case .timestamp(let value): ("timestamp '\(value)'", .postfix)
        case .date(let value): ("date '\(value)'", .postfix)
        }
    }

    /// A column as it must be written: bare when that reads back as the same column.
    static func column(_ name: String) -> String {
        if let tokens = try? Lexer.tokens(of: name), tokens.count == 2, case .name(name) = tokens[0].kind {
            return name
        }
        return quoted(name, "\"")
    }

    private static func quoted(_ text: String, _ quote: Unicode.Scalar) -> String {
        var view = String.UnicodeScalarView([quote])
        for scalar in text.unicodeScalars {
            if scalar == quote { view.append(quote) }
            view.append(scalar)
        }
        view.append(quote)
        return String(view)
    }
}
