// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Yams

/// Reads one document of a file into nodes with places; whatever YAML allows and definitions do not is an error here.
struct YAMLComposer {
    private let source: SourceText
    private let document: DocumentSpan
    private let findings: DiagnosticCollector
    /// First characters of repeated keys that were replaced to get past the parser, by their replacement.
    private var replaced: [Unicode.Scalar: Unicode.Scalar] = [:]
    private var repeated: [SourceLocation] = []
    private var reportedKeys: Set<SourceLocation> = []
    private var reportedAnchors: Set<SourceLocation> = []

    /// Prepares to read a document.
    init(source: SourceText, document: DocumentSpan, findings: DiagnosticCollector) {
        self.source = source
        self.document = document
        self.findings = findings
    }

    /// The root of the document; nil when it is no YAML, with at least one diagnostic.
    mutating func compose() -> YAMLNode? {
        if let line = document.lines.first(where: { source.lines[$0].first == "%" }), !document.isMarked {
            findings.error(
                DefinitionCode.tag, "directives are not read",
                at: source.location(line, 0, length: source.lines[line].count),
                help: "delete the line")
            return nil
        }
        var lines = document.lines.map { source.lines[$0] }
        while true {
            do {
                let parser = try Parser(yaml: Self.joined(lines), resolver: .basic, encoding: .utf8)
                guard let node = try parser.nextRoot() else { return nil }
                // Whatever stands behind the root must be read too, or it would be passed over in silence.
                guard try parser.nextRoot() == nil else {
                    reportSecondRoot()
                    return nil
                }
                let root = convert(node)
                for key in repeated
                where !reportedKeys.contains(where: { $0.line == key.line && $0.column == key.column }) {
                    reportRepeated(key)
                }
                return root
            } catch YamlError.duplicatedKeysInMapping(_, let context) {
                let line = document.lines.lowerBound + context.mark.line - 1
                repeated.append(source.location(line, context.mark.column - 1))
                guard let changed = replaceKey(in: lines, at: context.mark) else {
                    repeated.forEach(reportRepeated)
                    return nil
                }
                lines = changed
            } catch {
                repeated.forEach(reportRepeated)
                YAMLProblem(error, source: source, document: document).report(to: findings)
                return nil
            }
        }
    }

    /// Gives a repeated key another first character: the parser refuses a whole document for it, and tells one place.
    private mutating func replaceKey(in lines: [[Unicode.Scalar]], at mark: Mark) -> [[Unicode.Scalar]]? {
        var lines = lines
        let line = mark.line - 1
        var column = mark.column - 1
        guard lines.indices.contains(line), lines[line].indices.contains(column), replaced.count < 100 else {
            return nil
        }
        if lines[line][column] == "\"" || lines[line][column] == "'" { column += 1 }
        guard lines[line].indices.contains(column), let substitute = Unicode.Scalar(0xF0000 + UInt32(replaced.count)),
            !"\"'&*!?[]{}|>\\#:,-".unicodeScalars.contains(lines[line][column]),
            !lines.contains(where: { $0.contains(substitute) })
        else { return nil }
        replaced[substitute] = lines[line][column]
        lines[line][column] = substitute
        return lines
    }

    private func reportSecondRoot() {
        let line = document.lines.first { source.lines[$0].starts(with: [".", ".", "."]) } ?? document.lines.lowerBound
        findings.error(
            DefinitionCode.syntax, "there is another document behind '...'", at: source.location(line, 0, length: 3),
            help: "write '---' between documents")
    }

    private func reportRepeated(_ key: SourceLocation) {
        findings.error(
            DefinitionCode.duplicateKey, "a key of this mapping is written twice", at: key, help: "keep one of the two")
    }

    private static func joined(_ lines: [[Unicode.Scalar]]) -> String {
        var text = String.UnicodeScalarView()
        for line in lines {
            text.append(contentsOf: line)
            text.append("\n")
        }
        return String(text)
    }
}

extension YAMLComposer {
    private mutating func convert(_ node: Node) -> YAMLNode {
        let line = document.lines.lowerBound + (node.mark?.line ?? 1) - 1
        let column = (node.mark?.column ?? 1) - 1
        if refuse(at: line, column, isAnchored: node.anchor != nil) {
            return YAMLNode(content: .sequence([]), location: source.location(line, column), isRefused: true)
        }
        switch node {
        case .scalar(let scalar):
            return convert(scalar, line, column)
        case .sequence(let sequence):
            var items: [YAMLNode] = []
            for item in sequence { items.append(convert(item)) }
            return YAMLNode(content: .sequence(items), location: source.location(line, column))
        case .mapping(let mapping):
            var entries: [YAMLNode.Entry] = []
            var first: [String: SourceLocation] = [:]
            for (key, value) in mapping {
                let entry = YAMLNode.Entry(key: convert(key), value: convert(value))
                entries.append(entry)
                noteRepeated(entry.key, &first)
            }
            let isFlow = source.scalar(line, column) == "{"
            let place = isFlow ? source.location(line, column) : entries.first?.key.location
            return YAMLNode(content: .mapping(entries), location: place ?? source.location(line, column))
        case .alias:
            return YAMLNode(content: .sequence([]), location: source.location(line, column), isRefused: true)
        }
    }

    private func convert(_ scalar: Node.Scalar, _ line: Int, _ column: Int) -> YAMLNode {
        let style: YAMLScalar.Style =
            switch scalar.style {
            case .any, .plain: .plain
            case .singleQuoted: .singleQuoted
            case .doubleQuoted: .doubleQuoted
            case .literal: .literal
            case .folded: .folded
            }
        var text = scalar.string
        if let head = text.unicodeScalars.first, let original = replaced[head] {
            text.unicodeScalars.replaceSubrange(
                text.unicodeScalars.startIndex..<text.unicodeScalars.index(after: text.unicodeScalars.startIndex),
                with: [original])
        }
        let layout = ScalarLayout(of: text, style: style, from: .init(line: line, column: column), in: source)
        let isQuoted = style == .singleQuoted || style == .doubleQuoted
        let isBlock = style == .literal || style == .folded
        var end = layout.end.line == line ? layout.end.column + (isQuoted ? 1 : 0) : source.lines[line].count
        if isBlock { end = column + 1 }
        return YAMLNode(
            content: .scalar(YAMLScalar(text: text, style: style, layout: layout)),
            location: source.location(line, column, length: end - column))
    }

    /// Reports an anchor or a tag; the node behind it is not looked at, so that aliases cannot multiply work.
    private mutating func refuse(at line: Int, _ column: Int, isAnchored: Bool) -> Bool {
        let head = source.scalar(line, column)
        guard isAnchored || head == "&" || head == "!" else { return false }
        let word = source.lines.indices.contains(line) ? source.lines[line].dropFirst(column).prefix { $0 != " " } : []
        let location = source.location(line, column, length: word.count)
        guard reportedAnchors.insert(location).inserted else { return true }
        if head == "!" {
            findings.error(
                DefinitionCode.tag, "YAML tags are not read", at: location,
                help: "delete the tag; the key says which type its value has")
        } else {
            findings.error(
                DefinitionCode.anchor, "anchors and aliases are not read", at: location,
                note: "every definition says what it means in its own place",
                help: "write the value out wherever it is used")
        }
        return true
    }

    private mutating func noteRepeated(_ key: YAMLNode, _ first: inout [String: SourceLocation]) {
        guard let text = key.text else { return }
        guard let before = first[text] else {
            first[text] = key.location
            return
        }
        reportedKeys.formUnion([before, key.location])
        findings.error(
            DefinitionCode.duplicateKey, "the key '\(text)' is written twice in one mapping", at: key.location,
            note: "first written at \(before.spelled)", help: "keep one of the two")
    }
}
