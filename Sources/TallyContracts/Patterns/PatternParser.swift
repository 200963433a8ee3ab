// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Reads a pattern: the regular part of ECMA-262, section 22.2.1 (Patterns), with the `u` flag, to its first problem.
struct PatternParser {
    /// The longest pattern that is read, in Unicode scalars.
    static let longestText = 20_000
    /// The deepest nesting of groups that is read.
    static let deepestNesting = 200
    /// The highest count of a repetition.
    static let highestCount = 1_000

    private let scalars: [Unicode.Scalar]
    private var nesting = 0
    var position = 0

    private init(_ text: String) {
        scalars = Array(text.unicodeScalars.prefix(Self.longestText + 1))
    }

    /// The tree of a whole text.
    static func parse(_ text: String) throws(PatternProblem) -> PatternSyntax {
        var parser = PatternParser(text)
        if parser.scalars.count > longestText {
            throw PatternProblem(
                "the pattern has more than \(longestText) characters", at: 0..<longestText,
                help: "split it into several checks; a long list of values fits 'enum'")
        }
        let tree = try parser.choice()
        if parser.peek() != nil {
            throw PatternProblem(
                "')' closes no group", at: parser.position..<parser.position + 1,
                help: "write '\\)' for the character")
        }
        return tree
    }

    func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        position + offset < scalars.count ? scalars[position + offset] : nil
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        position += 1
        return true
    }

    /// Returns the text from a position to the current one.
    func written(from start: Int) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[start..<position])
        return String(view)
    }

    private mutating func choice() throws(PatternProblem) -> PatternSyntax {
        var alternatives = [try sequence()]
        while take("|") { alternatives.append(try sequence()) }
        return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
    }

    private mutating func sequence() throws(PatternProblem) -> PatternSyntax {
        var parts: [PatternSyntax] = []
        while let scalar = peek(), scalar != "|", scalar != ")" {
            let part = try term(scalar)
            // A bare assertion takes no quantifier; one in a group does, although the group leaves no trace.
            if case .assertion = part, scalar != "(" {
                parts.append(part)
            } else {
                parts.append(try repeated(part))
            }
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func term(_ first: Unicode.Scalar) throws(PatternProblem) -> PatternSyntax {
        let start = position
        position += 1
        switch first {
        case "^": return .assertion(.start)
        case "$": return .assertion(.end)
        case ".": return .scalar(.dot)
        case "(": return try group(from: start)
        case "[": return .scalar(try characterClass(from: start))
        case "\\":
            if take("b") { return .assertion(.wordBoundary) }
            if take("B") { return .assertion(.noWordBoundary) }
            return .scalar(try escape(from: start, isInClass: false).set)
        case "*", "+", "?", "{":
            throw PatternProblem(
                "'\(first)' has nothing to repeat", at: start..<position,
                help: "write '\\\(first)' for the character, or put what is to be repeated into '(?:...)' before it")
        case "]", "}":
            throw PatternProblem(
                "'\(first)' closes nothing", at: start..<position, help: "write '\\\(first)' for the character")
        default: return .scalar(ScalarSet(first.value))
        }
    }

    private mutating func group(from start: Int) throws(PatternProblem) -> PatternSyntax {
        if take("?") { try groupKind(from: start) }
        nesting += 1
        defer { nesting -= 1 }
        if nesting > Self.deepestNesting {
            throw PatternProblem(
                "groups are nested more than \(Self.deepestNesting) levels deep", at: start..<position,
                help: "leave out groups that hold one part only")
        }
        let content = try choice()
        guard take(")") else {
            throw PatternProblem(
                "'(' is not closed", at: start..<start + 1, help: "add ')', or write '\\(' for the character")
        }
        return content
    }

    /// Reads the text between `(?` and the content of a group.
    private mutating func groupKind(from start: Int) throws(PatternProblem) {
        let kind = peek()
        if take(":") { return }
        if take("=") || take("!") { throw look("look-ahead", from: start) }
        if take("<") {
            if take("=") || take("!") { throw look("look-behind", from: start) }
            return try groupName(from: start)
        }
        if kind != nil { position += 1 }
        let isPython = kind == "P" && peek() == "<"
        throw PatternProblem(
            "'\(written(from: start))' starts no group that is known", at: start..<position,
            help: isPython
                ? "a named group is written '(?<name>...)'"
                : "a group is written '(...)', '(?:...)' or '(?<name>...)'")
    }

    private func look(_ name: String, from start: Int) -> PatternProblem {
        PatternProblem(
            "\(name) '\(written(from: start))' is not supported", at: start..<position,
            help: "a pattern is matched in one pass; write a second pattern check for the other condition")
    }

    private mutating func groupName(from start: Int) throws(PatternProblem) {
        let first = position
        while let scalar = peek(), scalar != ">" {
            let starts = scalar == "$" || scalar == "_" || scalar.properties.isIDStart
            guard starts || (position > first && scalar.properties.isIDContinue) else { break }
            position += 1
        }
        guard position > first, take(">") else {
            let end = peek() == nil ? position : position + 1
            throw PatternProblem(
                "the name of a group is not a word that ends in '>'", at: start..<end,
                help: "write '(?<name>...)', or '(?:...)' without a name")
        }
    }
}

extension PatternParser {
    /// The part with the quantifier that follows it, if one does; lazy or greedy makes no difference here.
    private mutating func repeated(_ part: PatternSyntax) throws(PatternProblem) -> PatternSyntax {
        let start = position
        let bounds: (minimum: Int, maximum: Int?)
        if take("*") {
            bounds = (0, nil)
        } else if take("+") {
            bounds = (1, nil)
        } else if take("?") {
            bounds = (0, 1)
        } else if take("{") {
            bounds = try counts(from: start)
        } else {
            return part
        }
        _ = take("?")
        return .repetition(part, minimum: bounds.minimum, maximum: bounds.maximum)
    }

    private mutating func counts(from start: Int) throws(PatternProblem) -> (minimum: Int, maximum: Int?) {
        let minimum = number()
        var maximum = minimum
        if take(",") { maximum = number() }
        guard let minimum, take("}") else {
            throw PatternProblem(
                "'{' starts no count of repetitions", at: start..<position,
                help: "write '{2}', '{2,}' or '{2,5}', or '\\{' for the character")
        }
        if max(minimum, maximum ?? 0) > Self.highestCount {
            throw PatternProblem(
                "'\(written(from: start))' counts beyond \(Self.highestCount)", at: start..<position,
                help: "'minLength' and 'maxLength' bound the length of a text")
        }
        if let maximum, maximum < minimum {
            throw PatternProblem(
                "the counts of '\(written(from: start))' are reversed", at: start..<position,
                help: "write '{\(maximum),\(minimum)}'")
        }
        return (minimum, maximum)
    }

    /// The digits at the current position as a number that stops growing above every bound.
    private mutating func number() -> Int? {
        let first = position
        var value = 0
        while let scalar = peek(), let digit = Self.value(ofHex: scalar), digit < 10 {
            value = min(value * 10 + Int(digit), Self.highestCount + 1)
            position += 1
        }
        return position > first ? value : nil
    }
}
