// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Looks at the files of functions in Python, without running any.
struct TransformCode {
    /// The ending of such files.
    static let ending = ".py"

    let findings: DiagnosticCollector
    /// The text of a file of the repository; nil where it is none.
    let load: (String) -> DefinitionFile?

    /// The digest of a transform's file; nil, with a diagnostic, where it cannot be read.
    ///
    /// A byte order mark does not count: it is no part of the text.
    func digest(of transform: PythonTransform, _ located: LocatedDefinition) -> String? {
        let path = transform.source
        let place = located.place("source")
        guard path.hasSuffix(Self.ending) else {
            findings.error(
                DefinitionCode.missingCode, "'\(path)' is no Python file", at: place,
                help: "name the file that holds the function, such as 'transforms/\(transform.name).py'")
            return nil
        }
        guard let file = load(path) else {
            // What else is wrong with a file was told.
            guard !findings.diagnostics.contains(where: { $0.location.file == path }) else { return nil }
            findings.error(
                DefinitionCode.missingCode, "there is no file '\(path)' in the repository", at: place,
                help: "paths start at the folder of tally.yaml, and lead to what lies in it")
            return nil
        }
        let digest = Fingerprint(of: file.text.utf8).hex
        if let written = transform.sha256, written != digest {
            findings.error(
                DefinitionCode.changedCode, "'\(path)' is not the text whose SHA-256 is written here",
                at: located.place("sha256"), note: "the file has \(digest)",
                help: "if the change is meant, write 'sha256: \(digest)'")
        }
        if !Self.defines(transform.function, file.text) {
            findings.error(
                DefinitionCode.unknownFunction, "'\(path)' has no function '\(transform.function)'",
                at: located.place("function"),
                help: "write 'def \(transform.function)(…):' at the top level, without a blank before it")
        }
        return digest
    }

    /// Whether a line of the text begins with the function's definition.
    private static func defines(_ function: String, _ text: String) -> Bool {
        let start = Array("def \(function)".utf8)
        return text.utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).contains { line in
            line.starts(with: start) && line.dropFirst(start.count).first { $0 != 0x20 && $0 != 0x09 } == 0x28
        }
    }
}
