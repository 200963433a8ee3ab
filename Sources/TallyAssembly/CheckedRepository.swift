// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyDefinitions
public import TallyModel

/// Checked definitions, with the errors of sources whose files could not be described.
public struct CheckedRepository: Sendable {
    /// The definitions with their diagnostics.
    public let result: CheckResult
    /// The error of describing each source's files, by source.
    public let failures: [String: TallyError]
    /// The notes about columns that whole files have no value of.
    public let notes: [String]

    /// The reasons why parts could not be checked, one sentence each, sorted.
    public var unproven: [String] {
        (result.unproven + failures.values.filter { $0.code != .invalidData }.map(\.description)).sorted()
    }

    /// The errors of data that cannot be read, one for each source, sorted.
    public var unreadable: [TallyError] {
        failures.values.filter { $0.code == .invalidData }.sorted { $0.description < $1.description }
    }

    /// The definitions; `E-invalid-definitions` when there are errors, which `tally check` shows.
    ///
    /// `E-unreadable` where a file of them could not be read; why a source could not be looked at, unless `service` is named
    /// and reads nothing of it: then these are the definitions that the service needs.
    public func definitions(of service: String? = nil) throws(TallyError) -> DefinitionSet {
        if let unread = result.diagnostics.first(where: \.isUnreadable) {
            throw TallyError(.unreadable, unread.message, subject: unread.location.file, help: unread.help)
        }
        guard let set = result.set else {
            let errors = result.diagnostics.filter { $0.severity == .error }
            let first = errors.first.map { ": \($0.location.file):\($0.location.line): \($0.message)" } ?? ""
            throw TallyError(
                .invalidDefinitions,
                "the definitions have \(errors.count) \(errors.count == 1 ? "error" : "errors")\(first)",
                help: "run `\(.check)` to see where")
        }
        // A source that could not be looked at says why, before anybody misses its columns.
        let missing = failures.sorted { $0.key < $1.key }.filter { set.sourceColumns[$0.key] == nil }
        guard let first = missing.first else { return set }
        guard let needed = service.flatMap({ set.services[$0] }).map(set.needed(by:)) else { throw first.value }
        for (name, failure) in missing where needed.sources[name] != nil { throw failure }
        return needed
    }
}

extension DefinitionSet {
    /// A service with the views, sources, entities and functions that it needs.
    fileprivate func needed(by service: FeatureService) -> DefinitionSet {
        let views = service.selections.compactMap { self.views[$0.view] }.uniqued(by: \.name)
        let entities = views.flatMap(\.entities).compactMap { self.entities[$0] }.uniqued(by: \.name)
        let sources = (views.map(\.source) + [service.label?.source].compactMap(\.self)).uniqued(by: \.self)
            .compactMap { self.sources[$0] }
        func own<Value>(_ values: [String: Value]) -> [String: Value] {
            values.filter { entry in sources.contains { $0.name == entry.key } }
        }
        return DefinitionSet(
            project: project, entities: entities, sources: sources, views: views,
            transforms: service.transforms.uniqued(by: \.self).compactMap { transforms[$0] }, services: [service],
            sourceColumns: own(sourceColumns), contracts: own(contracts), missingFiles: own(missingFiles))
    }
}
