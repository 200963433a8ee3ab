// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing

/// Documents tell the truth as far as a machine can see.
@Suite struct DocumentTests {
    @Test func `each document has one first heading`() {
        for document in SourceTree.documents {
            var isCode = false
            let headings = document.lines.count { line in
                if line.hasPrefix("```") { isCode.toggle() }
                return !isCode && line.hasPrefix("# ")
            }
            #expect(headings == 1, "\(document.path) has \(headings) first headings")
        }
    }

    @Test func `links between documents lead somewhere`() {
        for document in SourceTree.documents {
            let folder = document.path.split(separator: "/").dropLast().joined(separator: "/")
            for link in links(of: document) where !link.contains("://") && !link.hasPrefix("#") && !link.hasPrefix("<")
            {
                let target = link.split(separator: "#").first.map(String.init) ?? link
                let path = normalized((folder.isEmpty ? "" : folder + "/") + target)
                #expect(SourceTree.exists(path), "\(document.path) links to \(link), which does not exist")
            }
        }
    }

    @Test func `every code of an error or a diagnostic is in the list of errors`() throws {
        let list = try #require(SourceTree.read("docs/errors.md"))
        for file in SourceTree.rooms {
            for marker in ["DiagnosticCode(\"", " Code(\""] {
                for piece in file.text.split(separator: marker, omittingEmptySubsequences: false).dropFirst() {
                    let code = piece.prefix { $0 != "\"" }
                    guard code.hasPrefix("T") || code.hasPrefix("E-") else { continue }
                    #expect(list.contains("`\(code)`"), "\(file.path): \(code) is not in docs/errors.md")
                }
            }
        }
    }

    @Test func `every decision is in the index`() throws {
        let index = try #require(SourceTree.read("docs/decisions/README.md"))
        for document in SourceTree.documents where document.path.hasPrefix("docs/decisions/0") {
            let name = document.path.split(separator: "/").last.map(String.init) ?? ""
            #expect(index.contains(name), "\(document.path) is not in docs/decisions/README.md")
        }
    }

    @Test func `every room is on the floor plan`() throws {
        let plan = try #require(SourceTree.read("Sources/README.md"))
        for room in Set(SourceTree.rooms.map(\.room)) {
            #expect(plan.contains("`\(room)`"), "\(room) is not in Sources/README.md")
        }
    }

    /// The examples of a file's comments, each as its lines without indentation.
    private func examples(in text: String) -> [[Substring]] {
        var (found, open): ([[Substring]], [Substring]?) = ([], nil)
        for line in text.split(separator: "\n") {
            let line = line.drop { $0 == " " }
            guard line.hasPrefix("///") else { continue }
            let comment = line.dropFirst(3).drop { $0 == " " }
            if comment == "```swift" {
                open = []
            } else if comment == "```", let example = open {
                (found, open) = (found + [example], nil)
            } else if !comment.isEmpty {
                open?.append(comment)
            }
        }
        return found
    }

    /// Whether a line of an example stands in the code of tests: as it is, or as an expectation of the value that it shows.
    private func holds(_ line: Substring, _ code: Set<Substring>) -> Bool {
        guard let comment = line.firstRange(of: "  // ") else { return code.contains(line) }
        let (expression, value) = (line[..<comment.lowerBound], line[comment.upperBound...])
        if value.hasPrefix("true") { return code.contains("#expect(\(expression))") }
        return code.contains { line in
            let start = "#expect(\(expression) == "
            return line.hasPrefix(start) && line.hasSuffix(")")
                && value.hasPrefix(line.dropFirst(start.count).dropLast())
        }
    }

    @Test func `each example of a comment is code of a test, and each value that it shows is expected there`() throws {
        let tests = try #require(SourceTree.read("Tests/TallyAssemblyTests/DocumentedExamples.swift"))
        let code = Set(tests.split(separator: "\n").map { $0.drop { $0 == " " } })
        var count = 0
        for file in SourceTree.rooms {
            for example in examples(in: file.text) {
                count += 1
                for line in example { #expect(holds(line, code), "\(file.path): no test has \(line)") }
            }
        }
        #expect(count >= 15, "\(count) examples")
    }

    @Test func `each find in the threat model names tests that are there`() throws {
        let model = try #require(SourceTree.read("docs/threat-model.md"))
        let held =
            try #require(model.split(separator: "## What was found, and what holds it\n").last)
            .split(separator: "\n## ").first ?? ""
        let tests = SourceTree.files(under: ["Tests"], suffix: ".swift").map(\.text).joined()
        let attacks = SourceTree.files(under: ["Tests/Attack", "Python/tests"], suffix: ".py").map(\.text).joined()
        var names = 0
        for row in held.split(separator: "\n") where row.hasPrefix("| ") && !row.hasPrefix("| found once") {
            let column = row.split(separator: "|").last { $0.contains("`") } ?? ""
            for name in column.split(separator: "`").map(String.init) where name.first?.isLetter == true {
                names += 1
                let isThere =
                    name.hasSuffix("Tests") ? tests.contains("struct \(name)") : attacks.contains("def \(name)(")
                #expect(isThere, "docs/threat-model.md: there is no \(name)")
            }
        }
        #expect(names > 50)
    }

    private func links(of document: SourceTree.File) -> [String] {
        document.text.split(separator: "](", omittingEmptySubsequences: false).dropFirst().map { piece in
            String(piece.prefix { $0 != ")" })
        }
    }

    private func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", !parts.isEmpty { parts.removeLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }
}
