// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyStore
import Testing

/// Compares whole texts with files that a person has read; `TALLY_REWRITE=1` writes them anew.
enum GoldenText {
    static func check(
        _ text: String, in path: String, sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) throws {
        if ProcessInfo.processInfo.environment["TALLY_REWRITE"] == "1" {
            try AtomicFile.write(Array(text.utf8), to: path)
        }
        let expected = try AtomicFile.read(path).map { String(decoding: $0, as: UTF8.self) }
        #expect(
            text == expected, "look at the difference, then run with TALLY_REWRITE=1", sourceLocation: sourceLocation)
    }

    /// The path of a golden text.
    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path + "/Goldens/"
            + name
    }

    /// The canonical forms and digests of all definitions, one a line.
    static func vectors(of graph: FingerprintGraph) -> String {
        let lines = graph.nodes.flatMap { node in
            Fingerprints.Level.allCases.map { level -> String in
                let canonical = graph.forms[node.id].map { form in
                    switch level {
                    case .storage: form.storage.canonicalText
                    case .value: form.value.canonicalText
                    case .promise: form.promise.canonicalText
                    }
                }
                return JSON.object([
                    ("name", .string("\(node.id): \(level.rawValue)")), ("canonical", .optional(canonical)),
                    ("sha256", .string(node.fingerprints[level].hex)),
                ]).compactText
            }
        }
        return "[\n" + lines.joined(separator: ",\n") + "\n]\n"
    }
}
