// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Checks that the path of a source names files, and tells what it passes over.
struct FilesCheck {
    private let source: Source
    private let located: LocatedDefinition
    private let description: TableDescription?
    private let listing: Result<FileListing, TallyError>?
    private let findings: Findings

    init(
        _ source: Source, _ located: LocatedDefinition, _ description: TableDescription?,
        _ listing: Result<FileListing, TallyError>?, _ findings: Findings
    ) {
        self.source = source
        self.located = located
        self.description = description
        self.listing = listing
        self.findings = findings
    }

    /// Reports what it finds at the path.
    func run() {
        guard case .files(let path, _) = source.location else { return }
        switch listing {
        case .success(let listing):
            if listing.files.isEmpty { reportNone(path, help: listing.help) }
            for note in listing.notes {
                findings.warning(DefinitionCode.filesLeftOut, note, at: located.place("path"))
            }
        case .failure(let error):
            // What cannot be looked at is no fault of the definition.
            guard error.code == .invalidData else { return }
            findings.error(
                DefinitionCode.loggedTable, error.message, at: located.place("path"),
                note: error.subject.map { "for example \($0)" }, help: error.help)
        case nil:
            if let description, description.files.isEmpty {
                reportNone(path, help: "paths start at the folder of tally.yaml")
            }
        }
    }

    private func reportNone(_ path: String, help: String) {
        findings.warning(
            DefinitionCode.noFiles, "no file matches '\(path)'", at: located.place("path"), help: help)
    }
}
