// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import Testing

@testable import TallyDefinitions

/// docs/keys.md is printed from the tables that the reader reads by; `TALLY_REWRITE=1 swift test` writes it again.
@Suite struct KeyDocumentTests {
    static let path = #filePath.replacing("Tests/TallyDefinitionsTests/KeyDocumentTests.swift", with: "docs/keys.md")

    @Test func `the page of keys is what the reader accepts`() throws {
        let text = Self.page
        if ProcessInfo.processInfo.environment["TALLY_REWRITE"] == "1" {
            try text.write(toFile: Self.path, atomically: true, encoding: .utf8)
        }
        let stands = try String(contentsOfFile: Self.path, encoding: .utf8)
        #expect(Array(stands.utf8) == Array(text.utf8), "run TALLY_REWRITE=1 swift test --filter KeyDocumentTests")
    }

    /// Each mapping with the chapter of docs/guides/definitions.md that tells what its keys mean.
    private static let tables: [(table: KeyTable, chapter: String)] = [
        (.project, "tallyyaml"), (.stores, "tallyyaml"), (.suppression, "tallyyaml"),
        (.entity, "entity"), (.joinKey, "entity"),
        (.source, "source"), (.column, "source"), (.timeColumn, "source"),
        (.view, "featureview"), (.feature, "featureview"),
        (.featurePromise, "promises"), (.nulls, "promises"), (.viewPromise, "promises"), (.rowCount, "promises"),
        (.reaction, "promises"),
        (.service, "featureservice"), (.selected, "featureservice"), (.onDemand, "featureservice"),
        (.label, "featureservice"), (.transform, "pythontransform"),
    ]

    private static var page: String {
        var lines = [
            "# Keys of definitions", "",
            "Every key that a definition may have, in the order of the guide; others are an error with a place. This page is",
            "printed from the tables that `tally` reads by.", "",
            "| mapping | keys |", "| --- | --- |",
        ]
        for (table, chapter) in tables {
            let keys = table.keys.map { "`\($0)`" }.joined(separator: ", ")
            lines.append("| [\(table.subject)](guides/definitions.md#\(chapter)) | \(keys) |")
        }
        lines += [
            "", "## Words of other tools", "", "They are not accepted, but the error names the key that is meant.", "",
        ]
        lines += ["| written | meant |", "| --- | --- |"]
        for (word, meant) in KeyTable.synonyms.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            lines.append("| `\(word)` | \(meant.map { "`\($0)`" }.joined(separator: " or ")) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
