// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyTesting
import Testing

@testable import TallyDefinitions

@Suite("The guide to definitions")
struct GuideTests {
    @Test
    func `the guide has a row for every key of every mapping`() throws {
        let file = Golden.folder.appending(path: "../../../docs/guides/definitions.md").standardizedFileURL
        let text = try String(contentsOf: file, encoding: .utf8)
        let tables: [KeyTable] = [
            .project, .stores, .suppression, .entity, .joinKey, .source, .timeColumn, .column, .view, .feature,
            .service, .selected,
            .onDemand,
            .label, .featurePromise, .viewPromise, .nulls, .reaction,
        ]
        for key in tables.flatMap(\.keys) where key != "kind" {
            #expect(text.contains("| `\(key)` |"), "docs/guides/definitions.md has no row for '\(key)'")
        }
    }

    @Test
    func `a proposed name is always a name`() {
        for seed in UInt64(1)...3_000 {
            var random = SeededGenerator(seed: seed)
            let alphabet = Array("abZ09_- .é")
            let text = String(
                (0..<Int.random(in: 0...80, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) })
            guard let proposal = NameRule.proposal(for: text) else { continue }
            #expect(NameRule.problem(with: proposal) == nil, "seed \(seed): '\(text)' gave '\(proposal)'")
        }
    }
}
