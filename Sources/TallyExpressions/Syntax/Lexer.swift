// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Cuts the text of an expression into tokens; positions count Unicode scalars.
struct Lexer {
    /// The longest text that is read, in Unicode scalars.
    static let longestText = 65_536

    private let scalars: [Unicode.Scalar]
    private var position = 0

    private init(_ text: String) {
        scalars = Array(text.unicodeScalars.prefix(Self.longestText + 1))
    }

    /// All tokens of a text, closed by one `end` token.
    static func tokens(of text: String) throws(ExpressionProblem) -> [Token] {
        var lexer = Lexer(text)
        if lexer.scalars.count > longestText {
            throw ExpressionProblem(
                ExpressionCode.tooComplex, "the expression has more than \(longestText) characters",
                at: 0..<longestText, help: "split it into several features")
        }
        var tokens: [Token] = []
        while let token = try lexer.next() { tokens.append(token) }
        tokens.append(Token(kind: .end, range: lexer.position..<lexer.position))
        return tokens
    }

    private mutating func next() throws(ExpressionProblem) -> Token? {
        while let scalar = peek(), Self.isSpace(scalar) { position += 1 }
        guard let first = peek() else { return nil }
        let start = position
        let kind: Token.Kind
        if Self.isDigit(first) || (first == "." && peek(1).map(Self.isDigit) == true) {
            kind = try number()
        } else if Self.startsName(first) {
            kind = word()
        } else if first == "'" {
            kind = .string(try quoted("'", "string"))
        } else if first == "\"" {
            let name = try quoted("\"", "quoted name")
            if name.isEmpty {
                throw ExpressionProblem(ExpressionCode.syntax, "a quoted name is empty", at: start..<position)
            }
            kind = .quotedName(name)
        } else if let sign = sign() {
            kind = .sign(sign)
        } else {
            throw ExpressionProblem(
                ExpressionCode.character, "'\(first)' has no meaning in an expression", at: start..<start + 1,
                help: Self.hint(for: first))
        }
        return Token(kind: kind, range: start..<position)
    }

    private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        position + offset < scalars.count ? scalars[position + offset] : nil
    }

    private func text(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }

    private mutating func word() -> Token.Kind {
        let start = position
        while let scalar = peek(), Self.startsName(scalar) || Self.isDigit(scalar) { position += 1 }
        let name = text(start..<position)
        if let keyword = Token.Keyword(rawValue: lowerASCII(name)) { return .keyword(keyword) }
        return .name(name)
    }

    private mutating func number() throws(ExpressionProblem) -> Token.Kind {
        let start = position
        var isDecimal = false
        skipDigits()
        if peek() == "." {
            isDecimal = true
            position += 1
            skipDigits()
        }
        if peek() == "e" || peek() == "E" {
            let signed = peek(1) == "+" || peek(1) == "-"
            if peek(signed ? 2 : 1).map(Self.isDigit) == true {
                isDecimal = true
                position += signed ? 2 : 1
                skipDigits()
            }
        }
        if let scalar = peek(), Self.startsName(scalar) {
            throw ExpressionProblem(
                ExpressionCode.syntax, "a number is followed directly by '\(scalar)'", at: start..<position + 1,
                help: "put a space or an operator between them; a name that starts with a digit needs double quotes")
        }
        return isDecimal ? .decimal(text(start..<position)) : .integer(text(start..<position))
    }

    private mutating func skipDigits() {
        while let scalar = peek(), Self.isDigit(scalar) { position += 1 }
    }

    private mutating func quoted(_ quote: Unicode.Scalar, _ what: String) throws(ExpressionProblem) -> String {
        let start = position
        var content = String.UnicodeScalarView()
        position += 1
        while let scalar = peek() {
            position += 1
            if scalar == quote {
                if peek() != quote { return String(content) }
                position += 1
            }
            content.append(scalar)
        }
        throw ExpressionProblem(
            ExpressionCode.unterminated, "a \(what) has no closing \(quote)", at: start..<position,
            help: "write \(quote)\(quote) for a \(quote) inside")
    }

    private mutating func sign() -> Token.Sign? {
        for sign in Token.Sign.allCases
        where sign.rawValue.unicodeScalars.elementsEqual(
            scalars[position..<min(position + sign.rawValue.unicodeScalars.count, scalars.count)])
        {
            position += sign.rawValue.unicodeScalars.count
            return sign
        }
        return nil
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
    }

    private static func startsName(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
            || (scalar.value > 127 && scalar.properties.isAlphabetic)
    }

    private static func hint(for scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "^": "write pow(x, y)"
        case "&": "write 'and'"
        case "|": "write 'or', or '||' to join strings"
        case "!": "write 'not' or '<>'"
        case ";": "an expression is one value; leave the ';' out"
        case "[", "]", ".": "columns are flat names; quote a name with other characters: \"a.b\""
        case "\u{2018}", "\u{2019}", "`": "strings take ' and names take \""
        case "\u{2013}", "\u{2212}": "write the plain '-'"
        default: nil
        }
    }
}

/// The text with A to Z made small; other letters stay, since keywords and function names are ASCII.
func lowerASCII(_ text: String) -> String {
    var view = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        view.append(("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar)
    }
    return String(view)
}
