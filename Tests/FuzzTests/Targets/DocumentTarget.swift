// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyModel

@testable import TallyStore

/// A JSON text as each of the documents that we keep: what can be read of it is written as what reads back the same.
struct DocumentTarget: FuzzTarget {
    static let name = "Document"
    let words = [
        "\"number\":", "\"keys\":", "\"files\":[", "\"replayed\":[", "\"rows\":", "\"setAside\":", "\"discarded\":",
        "\"document\":{",
        "\"fingerprints\":{", "\"parts\":[", "\"references\":[", "\"columns\":[", "\"type\":\"int64\"", "\"gap\":{",
        "\"count\":",
        "\"promises\":[", "\"onViolation\":{", "\"services\":{", "\"definitions\":{", "\"text\":{", "\\u0000", "[[",
        "1e5",
    ]
    let longest = 4_000

    init(folder: String) {}

    var seeds: [[UInt8]] { Self.samples.map { Array($0.utf8) } }

    func run(_ input: [UInt8]) throws {
        let text = text(input)
        _ = try? Lockfile.parse(text)
        guard let json = try? JSON(parsing: text) else { return }
        try tree(json)
        try again(json, OnlineGeneration.init(json:), \.json)
        try again(json, PlanNode.init(json:), \.json)
        try again(json, Release.init(json:), \.json)
        try again(json, Contract.init(json:), \.json)
        try again(json, Promise.init(json:), \.json)
        try again(json, Reaction.init(json:), \.json)
        try again(json, Fingerprints.init(json:), \.json)
        try again(json, ColumnGap.init(json:), \.json)
        try again(json, TextOptions.init(json:), \.json)
        try again(json, GateVerdict.init(json:), \.json)
        try again(json, Described.init(json:), \.json)
        try again(json, ShadowEvidence.init(json:), \.json)
        if let verdict = GateVerdict(json: json) {
            try FuzzFinding.unless(
                (0...verdict.rows).contains(verdict.visibleRows), "\(verdict.visibleRows) of \(verdict.rows) rows")
        }
        if let gap = ColumnGap(json: json) { _ = gap.note(ofColumn: "c") }
        _ = (DefinitionDocument.entity(json), DefinitionDocument.source(json), DefinitionDocument.view(json))
        _ = DefinitionDocument.service(json)
        if let lock = try? Lockfile.parse(text) {
            let parsed = try Lockfile.parse(lock.rendered)
            try FuzzFinding.unless(parsed == lock, "a lockfile reads otherwise than it was written")
        }
    }

    /// All forms of a tree are texts of the same one.
    private func tree(_ json: JSON) throws {
        for form in [json.compactText, json.prettyText] {
            let read = try JSON(parsing: form)
            // A whole number that was written as a float is written without its point.
            try FuzzFinding.unless(read.compactText == json.compactText, "a tree reads otherwise: \(form)")
        }
        let canonical = json.canonicalText
        let read = try JSON(parsing: canonical)
        try FuzzFinding.unless(read.canonicalText == canonical, "not canonical: \(canonical)")
    }

    private func again<Document>(_ json: JSON, _ read: (JSON) -> Document?, _ write: (Document) -> JSON) throws {
        guard let document = read(json) else { return }
        let written = write(document)
        guard let other = read(written) else {
            throw FuzzFinding("\(Document.self) cannot be read again: \(written.compactText)")
        }
        try FuzzFinding.unless(
            write(other).canonicalText == written.canonicalText,
            "\(Document.self) reads otherwise: \(written.compactText)")
    }
}
