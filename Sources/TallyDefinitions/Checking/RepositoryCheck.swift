// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// One check of a whole repository: each definition together with the others.
final class RepositoryCheck {
    let repository: LoadedRepository
    let descriptions: [String: TableDescription]
    private let failures: [String: TallyError]
    private let listings: [String: Result<FileListing, TallyError>]
    let findings = DiagnosticCollector()
    private(set) var entities: [String: Entity] = [:]
    private(set) var views: [String: (view: FeatureView, located: LocatedDefinition)] = [:]
    private(set) var transforms: [String: (transform: PythonTransform, located: LocatedDefinition)] = [:]
    private(set) var sources: [String: Source] = [:]
    private(set) var columns: [String: SourceColumns] = [:]
    private var contracts: [String: Contract] = [:]
    private let declared: [Definition.Kind: Set<String>]
    private let unique: [LocatedDefinition]

    init(
        _ repository: LoadedRepository, descriptions: [String: TableDescription], failures: [String: TallyError],
        listings: [String: Result<FileListing, TallyError>]
    ) {
        self.failures = failures
        self.repository = repository
        self.descriptions = descriptions
        self.listings = listings
        declared = Dictionary(grouping: repository.declared, by: \.kind).mapValues { Set($0.map(\.name)) }
        var seen: Set<PositionIndex.Subject> = []
        unique = repository.definitions.filter {
            seen.insert(.definition($0.definition.kind, $0.definition.name)).inserted
        }
    }

    /// Checks everything; sources first, because views lean on them, and views before services.
    func run() -> CheckResult {
        checkDuplicates()
        for located in unique {
            switch located.definition {
            case .entity(let entity): entities[entity.name] = entity
            case .source(let source): sources[source.name] = source
            case .featureView(let view): views[view.name] = (view, located)
            case .pythonTransform(let transform): transforms[transform.name] = (transform, located)
            case .featureService: break
            }
        }
        for located in unique {
            if case .source(let source) = located.definition {
                if let failure = failures[source.name] { QueryCheck.report(failure, source, located, findings) }
                FilesCheck(source, located, descriptions[source.name], listings[source.name], findings).run()
                columns[source.name] = SourceCheck(source, located, descriptions[source.name], findings).run()
                contracts[source.name] = ContractCheck(check: self).contract(of: source, located)
            }
        }
        for located in unique {
            if case .featureView(let view) = located.definition { ViewCheck(view, located, self).run() }
        }
        for located in unique {
            if case .featureService(let service) = located.definition { ServiceCheck(service, located, self).run() }
        }
        // What looks unused may be used by a definition that could not be read, or under a mistyped name.
        let isClean = !(repository.diagnostics + findings.diagnostics).contains { $0.severity == .error }
        if isClean { checkUnused() }
        let diagnostics = (repository.diagnostics + findings.diagnostics).sorted()
        let hasErrors = diagnostics.contains { $0.severity == .error }
        return CheckResult(set: hasErrors ? nil : definitionSet(), diagnostics: diagnostics, unproven: unproven())
    }

    /// Whether a name was defined, though perhaps with mistakes.
    func isDeclared(_ kind: Definition.Kind, _ name: String) -> Bool { declared[kind]?.contains(name) ?? false }

    /// Reports that a name is not defined; silent for one whose definition could not be read.
    func reportUnknown(
        _ kind: Definition.Kind, _ name: String, _ code: DiagnosticCode, at location: SourceLocation
    ) {
        guard !isDeclared(kind, name), !repository.unread.names.contains(name) else { return }
        let near = findings.nearest(to: name, among: declared[kind] ?? [])
        // A document that could not be read may define it.
        guard near != nil || !repository.unread.isAny else { return }
        findings.error(
            code, "there is no \(kind.word) '\(name)'", at: location,
            help: near.map { "write '\($0)'" } ?? "add a document with 'kind: \(kind.rawValue)' and 'name: \(name)'")
    }

    /// Counts a check of a source's columns that could not be made.
    func skip(_ source: String, checks: Int) { columns[source]?.skippedChecks += checks }

    private func checkDuplicates() {
        var first: [PositionIndex.Subject: DeclaredName] = [:]
        for name in repository.declared {
            let subject = PositionIndex.Subject.definition(name.kind, name.name)
            guard let before = first[subject] else {
                first[subject] = name
                continue
            }
            findings.error(
                DefinitionCode.duplicateDefinition, "\(name.kind.word) '\(name.name)' is defined twice",
                at: name.location, note: "first defined at \(before.location.spelled)",
                help: "rename one of the two, or delete it")
        }
    }

    private func checkUnused() {
        var usedSources: Set<String> = []
        var usedEntities: Set<String> = []
        var labelKeys: [String: [Set<String>]] = [:]
        for located in unique {
            switch located.definition {
            case .featureView(let view):
                usedSources.insert(view.source)
                usedEntities.formUnion(view.entities)
            case .featureService(let service):
                guard let label = service.label else { break }
                usedSources.insert(label.source)
                for key in label.keys { labelKeys[key, default: []].append(Set(label.keys)) }
            // What a producer promises is verified, whether or not a view reads it already.
            case .source(let source): if source.contract != nil { usedSources.insert(source.name) }
            case .entity, .pythonTransform: break
            }
        }
        for located in unique {
            switch located.definition {
            case .source(let source) where !usedSources.contains(source.name):
                findings.warning(
                    DefinitionCode.unusedSource, "no feature view and no label uses source '\(source.name)'",
                    at: located.location, help: "use it, name its contract under 'contract:', or delete it")
            case .entity(let entity) where !usedEntities.contains(entity.name):
                // A label found by the entity's join keys is about that entity.
                let keys = entity.joinKeys.map(\.name)
                let labels = keys.first.flatMap { labelKeys[$0] } ?? []
                guard !labels.contains(where: { $0.isSuperset(of: keys) }) else { break }
                findings.warning(
                    DefinitionCode.unusedEntity, "no feature view and no label uses entity '\(entity.name)'",
                    at: located.location, help: "use it, or delete it")
            case .source, .entity, .featureView, .pythonTransform, .featureService: break
            }
        }
    }

    private func definitionSet() -> DefinitionSet? {
        guard let project = repository.project else { return nil }
        return DefinitionSet(
            project: project, entities: Array(entities.values), sources: Array(sources.values),
            views: views.values.map(\.view), transforms: transforms.values.map(\.transform),
            services: unique.compactMap {
                if case .featureService(let service) = $0.definition { service } else { nil }
            },
            sourceColumns: columns.compactMapValues(\.columns), contracts: contracts,
            missingFiles: listings.compactMapValues { try? $0.get() }.filter { $0.value.files.isEmpty })
    }

    private func unproven() -> [String] {
        columns.filter { $0.value.columns == nil }.sorted { $0.key < $1.key }.map { name, columns in
            let count = columns.skippedChecks
            let checks = count == 1 ? "1 check was" : "\(count) checks were"
            let reason =
                failures[name] != nil
                ? "it could not be described"
                : descriptions[name] == nil ? "it was not described" : "no file matches its path"
            return "the columns of source '\(name)' are not known (\(reason), and it declares no 'columns'): "
                + "\(checks) left out"
        }
    }
}
