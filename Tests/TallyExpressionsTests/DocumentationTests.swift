// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyExpressions
import TallyModel
import Testing

/// The guide's reference part is printed from the catalogue; `TALLY_REWRITE=1 swift test` writes it again.
@Suite struct DocumentationTests {
    private static let begin = "<!-- generated from the catalogue: begin -->\n"
    private static let end = "<!-- generated from the catalogue: end -->"

    @Test("the guide's tables are the catalogue's")
    func guide() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "docs/guides/expressions.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let begin = try #require(text.range(of: Self.begin), "the marker \(Self.begin) is missing")
        let end = try #require(text.range(of: Self.end), "the marker \(Self.end) is missing")
        let wanted = "\n" + FunctionCatalogue.markdownTable() + "\n"
        if ProcessInfo.processInfo.environment["TALLY_REWRITE"] == "1" {
            let rewritten = text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: wanted)
            try rewritten.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let found = String(text[begin.upperBound..<end.lowerBound])
        let differing = zip(found.split(separator: "\n"), wanted.split(separator: "\n")).first { $0 != $1 }
        #expect(
            found == wanted,
            "first difference: \(String(describing: differing)); run TALLY_REWRITE=1 swift test --filter DocumentationTests"
        )
    }

    @Test("every code is in the list once, in order, and within T0401 to T0449")
    func codes() {
        let codes = ExpressionCode.all.map(\.code)
        #expect(codes == codes.sorted() && Set(codes).count == codes.count)
        #expect(codes.allSatisfy { $0 >= "T0401" && $0 <= "T0449" && $0.count == 5 })
    }

    @Test("every function of the catalogue can be called by its name in any letter case")
    func names() {
        for name in FunctionCatalogue.functionNames {
            guard case .failure(let problems) = TypedExpression.compile(name.uppercased() + "()", columns: []) else {
                Issue.record("\(name)() has no arguments and compiles")
                continue
            }
            #expect(problems.problems.map(\.code) == [ExpressionCode.argumentCount], "\(name)")
        }
    }

    @Test("the maths library has a name, a version and an architecture")
    func mathLibrary() {
        let parts = MathLibrary.identity.split(separator: " ")
        #expect(parts.count == 3, "\(MathLibrary.identity)")
    }
}
