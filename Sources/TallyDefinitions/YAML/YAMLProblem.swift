// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Yams

/// A message of the YAML parser, translated for the author of the file.
struct YAMLProblem {
    private let source: SourceText
    private let document: DocumentSpan
    private let problem: String
    private let context: String
    /// The position at which the parser stopped, counted from 0.
    private let at: ScalarLayout.Place
    /// The start of the construct that it was reading, counted from 0.
    private let begin: ScalarLayout.Place?

    /// Takes the parser's error apart.
    init(_ error: any Error, source: SourceText, document: DocumentSpan) {
        self.source = source
        self.document = document
        func place(_ mark: Mark) -> ScalarLayout.Place {
            let line = min(document.lines.lowerBound + mark.line - 1, document.lines.upperBound - 1)
            let behind = document.lines.lowerBound + mark.line - 1 > line
            return .init(line: line, column: behind ? source.lines[line].count : mark.column - 1)
        }
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            self.problem = problem
            self.context = context?.text ?? ""
            at = place(mark)
            begin = context.map { place($0.mark) }
        case .reader(let problem, _, _, _), .writer(let problem), .emitter(let problem), .representer(let problem):
            self.problem = problem
            context = ""
            at = .init(line: document.lines.lowerBound, column: 0)
            begin = nil
        case .no, .memory, .dataCouldNotBeDecoded, .duplicatedKeysInMapping, nil:
            problem = "it could not be read"
            context = ""
            at = .init(line: document.lines.lowerBound, column: 0)
            begin = nil
        }
    }

    /// Reports the problem.
    func report(to findings: DiagnosticCollector) {
        if hasTab {
            let column = source.lines[at.line].firstIndex(of: "\t") ?? at.column
            findings.error(
                DefinitionCode.tab, "a tab stands where spaces are needed", at: source.location(at.line, column),
                help: "indent with spaces; two for each level")
            return
        }
        switch problem {
        case "did not find expected <document start>" where endMarker != nil: reportTextBehindEnd(to: findings)
        case "mapping values are not allowed in this context": reportMappingValue(to: findings)
        case "did not find expected key", "did not find expected '-' indicator",
            "block sequence entries are not allowed in this context",
            "mapping keys are not allowed in this context", "did not find expected <document start>":
            reportAlignment(to: findings)
        case "did not find expected ',' or ']'", "did not find expected ',' or '}'":
            reportOpenBracket(to: findings)
        case "could not find expected ':'":
            let start = begin ?? at
            let word = source.lines[start.line].dropFirst(start.column).prefix { $0 != "#" }
            findings.error(
                DefinitionCode.syntax, "there is no ':' behind the key",
                at: source.location(start.line, start.column, length: trimmedCount(word)),
                help: "write 'key: value', with a space behind the colon")
        case "found character that cannot start any token": reportCharacter(to: findings)
        case "did not find expected comment or line break":
            let start = begin ?? at
            let sign = source.scalar(start.line, start.column).map { String(Character($0)) } ?? "|"
            findings.error(
                DefinitionCode.needsQuotes, "a value that starts with '\(sign)' needs quotes", at: place(start),
                help: "quote it; text written below '\(sign)' starts on the next line")
        default:
            if let words = PlainWords.all.first(where: { $0.problems.contains(where: problem.hasPrefix) }) {
                findings.error(
                    words.code, words.message, at: place(words.isAtBegin ? begin ?? at : at), help: words.help)
            } else {
                findings.error(DefinitionCode.syntax, "the text is not YAML: \(problem)", at: place(at))
            }
        }
    }

    /// Whether a tab in the indentation of the line is to blame.
    private var hasTab: Bool {
        if problem.contains("tab character") { return true }
        guard source.lines.indices.contains(at.line) else { return false }
        return source.lines[at.line].prefix { $0 == " " || $0 == "\t" }.contains("\t")
    }

    /// The line of a `...` in the document.
    private var endMarker: Int? {
        document.lines.first { source.lines[$0].elementsEqual([".", ".", "."] as [Unicode.Scalar]) }
    }

    private func place(_ place: ScalarLayout.Place) -> SourceLocation { source.location(place.line, place.column) }

    private func trimmedCount(_ scalars: some Collection<Unicode.Scalar>) -> Int {
        var last = 0
        for (index, scalar) in scalars.enumerated() where scalar != " " { last = index + 1 }
        return last
    }
}

extension YAMLProblem {
    /// A second colon on a line, or a line deeper than the text above it.
    private func reportMappingValue(to findings: DiagnosticCollector) {
        let before = source.lines[at.line].prefix(at.column)
        let colon = zip(before.indices, before.indices.dropFirst()).first { before[$0] == ":" && before[$1] == " " }
        if let colon {
            let start = before[colon.1...].firstIndex { $0 != " " } ?? at.column
            let value = source.lines[at.line].dropFirst(start)
            findings.error(
                DefinitionCode.needsQuotes, "a value that holds ': ' needs quotes",
                at: source.location(at.line, start, length: trimmedCount(value)),
                help: "write \"\(source.text(at.line).unicodeScalars.dropFirst(start).text.trimmed)\"")
            return
        }
        let depth = before.prefix { $0 == " " }.count
        findings.error(
            DefinitionCode.indentation, "this line is deeper than the value above it allows",
            at: source.location(at.line, depth, length: at.column - depth),
            help: "give it the same indentation as the key above")
    }

    private func reportTextBehindEnd(to findings: DiagnosticCollector) {
        let word = source.lines[at.line].dropFirst(at.column).prefix { $0 != " " }
        findings.error(
            DefinitionCode.syntax, "there is more text behind '...', which ends a document",
            at: source.location(at.line, at.column, length: word.count),
            note: endMarker.map { "'...' is at line \($0 + 1)" }, help: "write '---' between documents")
    }

    private func reportAlignment(to findings: DiagnosticCollector) {
        let line = source.lines[at.line]
        let depth = line.prefix { $0 == " " }.count
        let rest = line.dropFirst(at.column).prefix { $0 != " " }
        guard depth == at.column else {
            let isDash = problem.hasPrefix("block sequence entries")
            findings.error(
                isDash ? DefinitionCode.indentation : DefinitionCode.syntax,
                isDash ? "a list cannot start on the line of its key" : "there is more text behind a value",
                at: source.location(at.line, at.column, length: rest.count),
                help: isDash
                    ? "start the list on the next line, or write it as [a, b]"
                    : "put the whole value in quotes, or start a new line")
            return
        }
        let expected = begin.map { "what began at line \($0.line + 1) stands in column \($0.column + 1)" }
        let isList = problem.contains("'-'") && !line.dropFirst(depth).starts(with: ["-"])
        findings.error(
            DefinitionCode.indentation,
            isList
                ? "this line belongs to no item of the list above" : "this line does not line up with the lines above",
            at: source.location(at.line, at.column, length: rest.count), note: expected,
            help: "give lines of one level the same number of spaces")
    }

    private func reportOpenBracket(to findings: DiagnosticCollector) {
        let start = begin ?? at
        let bracket = source.scalar(start.line, start.column) == "{" ? ("{", "}") : ("[", "]")
        findings.error(
            DefinitionCode.unclosed, "'\(bracket.0)' is not closed", at: place(start),
            note: "expected ',' or '\(bracket.1)' at line \(at.line + 1), column \(at.column + 1)",
            help: "add the missing '\(bracket.1)' or ','; quote values that hold one of [ ] { } ,")
    }

    private func reportCharacter(to findings: DiagnosticCollector) {
        let scalar = source.scalar(at.line, at.column).map { String(Character($0)) } ?? ""
        let word = source.lines[at.line].dropFirst(at.column).prefix {
            $0 != "," && $0 != "}" && $0 != "]" && $0 != "#"
        }
        findings.error(
            DefinitionCode.needsQuotes, "a value that starts with '\(scalar)' needs quotes",
            at: source.location(at.line, at.column, length: trimmedCount(word)),
            help: "write \"\(word.text.trimmed)\"")
    }
}

extension Sequence<Unicode.Scalar> {
    /// The scalars as a string.
    var text: String {
        var view = String.UnicodeScalarView()
        for scalar in self { view.append(scalar) }
        return String(view)
    }
}

extension String {
    /// The text without blanks at both ends.
    var trimmed: String {
        var view = unicodeScalars[...]
        while let first = view.first, first == " " || first == "\t" { view = view.dropFirst() }
        while let last = view.last, last == " " || last == "\t" { view = view.dropLast() }
        return String(view)
    }
}
