// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyExpressions
import TallyModel
import TallyTesting
import Testing

/// Parts of the guide are printed from the catalogue and from the list of intended differences; `TALLY_REWRITE=1 swift test` writes it again.
@Suite struct DocumentationTests {
    static let parts = [
        ("catalogue", FunctionCatalogue.markdownTable()), ("intended differences", IntendedDifference.markdownTable()),
    ]

    // One test for both, since rewriting them side by side would lose one.
    @Test
    func `the guide's tables are the catalogue's and the list's`() throws {
        for (name, table) in Self.parts { try check(name, table) }
    }

    private func check(_ name: String, _ table: String) throws {
        let (first, last) = ("<!-- generated from the \(name): begin -->\n", "<!-- generated from the \(name): end -->")
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "docs/guides/expressions.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let begin = try #require(text.range(of: first), "the marker \(first) is missing")
        let end = try #require(text.range(of: last), "the marker \(last) is missing")
        let wanted = "\n" + table + "\n"
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

    @Test
    func `every code is in the list once, in order, and within T0401 to T0449`() {
        let codes = ExpressionCode.all.map(\.code)
        #expect(codes == codes.sorted() && Set(codes).count == codes.count)
        #expect(codes.allSatisfy { $0 >= "T0401" && $0 <= "T0449" && $0.count == 5 })
    }

    @Test
    func `every function of the catalogue can be called by its name in any letter case`() {
        for name in FunctionCatalogue.functionNames {
            guard case .failure(let problems) = TypedExpression.compile(name.uppercased() + "()", columns: []) else {
                Issue.record("\(name)() has no arguments and compiles")
                continue
            }
            #expect(problems.problems.map(\.code) == [ExpressionCode.argumentCount], "\(name)")
        }
    }

    @Test
    func `the maths library has a name, a version and an architecture`() {
        let parts = MathLibrary.identity.split(separator: " ")
        #expect(parts.count == 3, "\(MathLibrary.identity)")
    }
}
