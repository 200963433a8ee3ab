// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Checks that the path of a source names files, and tells what it passes over.
struct FilesCheck {
    private let source: Source
    private let located: LocatedDefinition
    private let description: TableDescription?
    private let listing: Result<FileListing, TallyError>?
    private let findings: DiagnosticCollector

    init(
        _ source: Source, _ located: LocatedDefinition, _ description: TableDescription?,
        _ listing: Result<FileListing, TallyError>?, _ findings: DiagnosticCollector
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
            checkPartitions(listing.files, under: path)
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

    /// Reports a file without partitions, and a partition that occurs twice.
    private func checkPartitions(_ files: [String], under path: String) {
        guard source.partitions == .hive else { return }
        var bare: [String] = []
        for file in files {
            do throws(TallyError) {
                if try HivePartitions.names(ofPath: file, under: path).isEmpty { bare.append(file) }
            } catch {
                findings.error(
                    DefinitionCode.partitions, error.message, at: located.place("partitions"),
                    note: "for example \(file)", help: error.help)
                return
            }
        }
        guard let first = bare.first else { return }
        findings.warning(
            DefinitionCode.partitions, "\(bare.count) of \(files.count) files lie in no folder called 'name=value'",
            at: located.place("partitions"), note: "for example \(first)",
            help: bare.count == files.count ? "delete 'partitions', or correct the path" : nil)
    }

    private func reportNone(_ path: String, help: String) {
        findings.warning(
            DefinitionCode.noFiles, "no file matches '\(path)'", at: located.place("path"), help: help)
    }
}
